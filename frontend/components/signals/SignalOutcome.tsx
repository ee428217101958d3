"use client";

import { StatusBadge } from "@/components/data/StatusBadge";
import { ErrorState } from "@/components/data/states";
import { Skeleton } from "@/components/ui/skeleton";
import { useSignal, type Signal } from "@/lib/api/queries/signals";
import { formatVolume } from "@/lib/format/decimal";
import { formatPrice } from "@/lib/trading/instrument";
import { reasonInWords } from "@/lib/trading/reasons";
import { LatencyTrail } from "./LatencyTrail";

/** What became of a signal, in words. */
export function outcomeOf({ status, fill_price, symbol, reason_code, error_message }: Signal): string {
  switch (status) {
    case "executed":
      return fill_price != null && symbol ? `Filled at ${formatPrice(symbol, fill_price)}` : "Done";
    case "pending":
      return "Waiting for the agent";
    case "failed":
    case "discarded":
      return reasonInWords(reason_code, error_message) ?? "No reason was given";
  }
}

export function whatOf({ action, symbol, volume }: Signal): string {
  if (!action) return "Unreadable";
  const size = volume == null || action === "close" ? "" : `, ${formatVolume(volume)} lots`;
  return `${action.charAt(0).toUpperCase()}${action.slice(1)} ${symbol ?? ""}${size}`;
}

/** A signal followed to its end: its state moves by itself. */
export function SignalOutcome({ id }: { id: string }) {
  const query = useSignal(id);
  const signal = query.data;
  if (!signal) {
    return query.error ? (
      <ErrorState
        title="The signal could not be loaded"
        missing="There is no such signal"
        error={query.error}
        onRetry={() => void query.refetch()}
      />
    ) : (
      <Skeleton className="h-36 w-full" />
    );
  }
  const why = outcomeOf(signal);
  const detail = signal.error_message && signal.error_message !== why ? signal.error_message : null;
  return (
    <div className="grid gap-3" data-testid="signal-outcome" data-status={signal.status}>
      <div role="status" className="grid gap-1">
        <p className="flex flex-wrap items-center gap-2 text-sm">
          <StatusBadge status={signal.status} />
          <span className="font-medium">{whatOf(signal)}</span>
        </p>
        <p className="text-sm">{why}</p>
        {detail && <p className="text-xs break-words text-muted">{detail}</p>}
      </div>
      <LatencyTrail trail={signal.latency} />
    </div>
  );
}
