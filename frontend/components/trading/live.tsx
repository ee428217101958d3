"use client";

import { memo, useMemo } from "react";
import { PnL } from "@/components/data/PnL";
import type { Position } from "@/lib/api/queries/trading";
import { decimal, sum } from "@/lib/format/decimal";
import { usePrice, usePricesOf } from "@/lib/stores/priceStore";
import { formatPrice } from "@/lib/trading/instrument";
import { closingPrice, conversionPairs, liveProfit, type Side } from "@/lib/trading/pnl";

/** What must be streamed to value these positions. */
export function quotedNames(
  positions: readonly Pick<Position, "symbol" | "broker_connection_id">[],
  currencies: Readonly<Record<string, string | undefined>>,
): string[] {
  const names = positions.flatMap(({ symbol, broker_connection_id }) => {
    const currency = currencies[broker_connection_id];
    return [symbol, ...(currency === undefined ? [] : conversionPairs(symbol, currency))];
  });
  return [...new Set(names)];
}

/** The price at which the position would be closed now. */
export const ClosingPrice = memo(function ClosingPrice({ symbol, side }: { symbol: string; side: Side }) {
  const price = usePrice(symbol);
  return (
    <span className="inline-block min-w-16 tabular-nums">
      {price ? formatPrice(symbol, closingPrice(side, price)) : "–"}
    </span>
  );
});

interface LiveProfitProps {
  position: Position;
  currency: string;
}

/** Moves with the price; what was reported stands in where no price is known. */
export const LiveProfit = memo(function LiveProfit({ position, currency }: LiveProfitProps) {
  const names = useMemo(
    () => [position.symbol, ...conversionPairs(position.symbol, currency)],
    [position.symbol, currency],
  );
  const quotes = usePricesOf(names);
  return <PnL value={liveProfit(position, currency, quotes) ?? position.profit} currency={currency} />;
});

interface LiveTotalProps {
  positions: readonly Position[];
  currency: string;
  className?: string;
}

/** Of positions in one currency, with their swap. */
export const LiveTotal = memo(function LiveTotal({ positions, currency, className }: LiveTotalProps) {
  const names = useMemo(
    () => [...new Set(positions.flatMap(({ symbol }) => [symbol, ...conversionPairs(symbol, currency)]))],
    [positions, currency],
  );
  const quotes = usePricesOf(names);
  const total = sum(
    positions.map((position) =>
      (liveProfit(position, currency, quotes) ?? decimal(position.profit)).plus(position.swap),
    ),
  );
  return <PnL value={total} currency={currency} className={className} />;
});
