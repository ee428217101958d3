"use client";

import { DataTable, type Column } from "@/components/data/DataTable";
import { RelativeTime } from "@/components/data/RelativeTime";
import { EmptyState } from "@/components/data/states";
import { Card } from "@/components/ui/card";
import type { Schemas } from "@/lib/api/client";
import { usePrices } from "@/lib/api/queries/prices";
import { formatDecimal } from "@/lib/format/decimal";
import { useInstruments } from "@/lib/socket/SocketProvider";
import { usePriceStore } from "@/lib/stores/priceStore";
import { useWatchlist } from "@/lib/hooks/useWatchlist";
import { formatPrice, spreadInPips } from "@/lib/trading/instrument";

interface SymbolRow {
  instrument: string;
  price: Pick<Schemas["Price"], "bid" | "ask" | "ts"> | undefined;
  isShared: boolean;
}

const COLUMNS: readonly Column<SymbolRow>[] = [
  {
    id: "symbol",
    head: "Symbol",
    cell: ({ instrument, isShared }) => (
      <>
        <span className="font-medium">{instrument}</span>
        {isShared && <span className="text-muted"> shared feed</span>}
      </>
    ),
  },
  {
    id: "bid",
    head: "Bid",
    align: "right",
    className: "tabular-nums",
    cell: ({ instrument, price }) => (price ? formatPrice(instrument, price.bid) : "–"),
  },
  {
    id: "spread",
    head: "Spread, pips",
    align: "right",
    from: "sm",
    className: "tabular-nums",
    cell: ({ instrument, price }) =>
      price ? formatDecimal(spreadInPips(instrument, price.bid, price.ask), 1) : "–",
  },
  {
    id: "age",
    head: "Last price",
    align: "right",
    cell: ({ price }) =>
      price ? (
        <RelativeTime at={price.ts} className="text-muted" />
      ) : (
        <span className="text-warn">no price yet</span>
      ),
  },
];

/** Which symbols the terminals deliver: those of the settings, and all that ever had a price. */
export function SymbolsCard() {
  const watchlist = useWatchlist();
  const prices = usePrices();
  useInstruments(watchlist);
  const live = usePriceStore((state) => state.prices);
  const rows =
    prices.data &&
    [...new Set([...watchlist, ...prices.data.items.map(({ instrument }) => instrument)])].map(
      (instrument): SymbolRow => {
        const last = prices.data.items.find((price) => price.instrument === instrument);
        return {
          instrument,
          price: live[instrument] ?? last,
          isShared: last !== undefined && last.source !== "own",
        };
      },
    );
  return (
    <Card title="Symbols">
      <p className="-mt-1 mb-2 text-xs text-muted">
        A symbol without a price is spelled otherwise by the broker: name it in the connection’s symbol map.
      </p>
      <DataTable
        className="-mx-4 -mb-4"
        caption="Symbols"
        columns={COLUMNS}
        query={{ ...prices, data: rows }}
        rowKey={({ instrument }) => instrument}
        skeletonRows={4}
        empty={<EmptyState title="No symbol is wanted">Name your pairs in the settings.</EmptyState>}
      />
    </Card>
  );
}
