"use client";

import { useQueryClient } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import { useCallback, useEffect, useMemo, useRef } from "react";
import { EmptyState, ErrorState } from "@/components/data/states";
import { Card } from "@/components/ui/card";
import { Segmented } from "@/components/ui/segmented";
import { Skeleton } from "@/components/ui/skeleton";
import { useCandles, type Timeframe } from "@/lib/api/queries/prices";
import type { Position } from "@/lib/api/queries/trading";
import { formatVolume } from "@/lib/format/decimal";
import { useConnectionState } from "@/lib/socket/store";
import { TIMEFRAMES } from "../bars";
import type { PriceLevel } from "./CandleChart";

const CandleChart = dynamic(() => import("./CandleChart"), {
  ssr: false,
  loading: () => <Skeleton className="size-full" />,
});

const OPTIONS = TIMEFRAMES.map((value) => ({ value, label: value }));

interface ChartCardProps {
  instrument: string;
  timeframe: Timeframe;
  onTimeframe: (timeframe: Timeframe) => void;
  positions: readonly Position[];
}

function levelsOf(positions: readonly Position[]): PriceLevel[] {
  return positions.flatMap(({ ticket, side, volume, open_price, sl, tp }) => {
    const levels: PriceLevel[] = [
      { id: `${ticket}-open`, price: open_price, kind: "open", label: `${side} ${formatVolume(volume)}` },
    ];
    if (sl != null) levels.push({ id: `${ticket}-sl`, price: sl, kind: "stop", label: "SL" });
    if (tp != null) levels.push({ id: `${ticket}-tp`, price: tp, kind: "target", label: "TP" });
    return levels;
  });
}

export function ChartCard({ instrument, timeframe, onTimeframe, positions }: ChartCardProps) {
  const candles = useCandles(instrument, timeframe);
  const queryClient = useQueryClient();
  const askAgain = useCallback(
    () => void queryClient.invalidateQueries({ queryKey: ["candles", instrument, timeframe] }),
    [queryClient, instrument, timeframe],
  );
  useAfterGap(askAgain);

  // Positions are new objects with each report; their lines are not.
  const key = JSON.stringify(levelsOf(positions));
  const levels = useMemo(() => JSON.parse(key) as PriceLevel[], [key]);

  return (
    <Card
      title={instrument}
      isFlush
      className="overflow-hidden"
      actions={
        <div className="-mr-2 min-w-0 overflow-x-auto">
          <Segmented label="Timeframe" value={timeframe} options={OPTIONS} onChange={onTimeframe} />
        </div>
      }
    >
      <div className="h-80 sm:h-[28rem] xl:h-[34rem]" aria-busy={candles.isPending}>
        {candles.error && !candles.data ? (
          <ErrorState
            title="The candles could not be loaded"
            error={candles.error}
            onRetry={() => void candles.refetch()}
          />
        ) : !candles.data ? (
          <Skeleton className="size-full" />
        ) : candles.data.items.length === 0 ? (
          <EmptyState title={`No candles of ${instrument} yet`}>
            They come with the prices of an agent whose broker knows the symbol. Check its spelling, or wait
            for the first minute.
          </EmptyState>
        ) : (
          <CandleChart
            instrument={instrument}
            timeframe={timeframe}
            candles={candles.data.items}
            levels={levels}
            onBarEnd={askAgain}
          />
        )}
      </div>
    </Card>
  );
}

/** Prices that went by while the socket was away are in the stored candles. */
function useAfterGap(askAgain: () => void): void {
  const since = useConnectionState((state) => (state.status === "open" ? state.since : null));
  const seen = useRef(since);
  useEffect(() => {
    if (since === null || since === seen.current) return;
    const isFirst = seen.current === null;
    seen.current = since;
    if (!isFirst) askAgain();
  }, [since, askAgain]);
}
