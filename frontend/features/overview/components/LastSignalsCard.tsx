"use client";

import { DataTable, type Column } from "@/components/data/DataTable";
import { RelativeTime } from "@/components/data/RelativeTime";
import { EmptyState } from "@/components/data/states";
import { StatusBadge } from "@/components/data/StatusBadge";
import { Card } from "@/components/ui/card";
import { useSignals, type Signal } from "@/lib/api/queries/signals";
import { formatPrice } from "@/lib/trading/instrument";
import { formatDuration } from "@/lib/trading/latency";
import { reasonInWords } from "@/lib/trading/reasons";
import { CardLink } from "./AgentsCard";

const FILTER = { limit: 8 };

const COLUMNS: readonly Column<Signal>[] = [
  {
    id: "at",
    head: "Received",
    cell: ({ latency }) => <RelativeTime at={latency.received_at} className="text-muted" />,
  },
  {
    id: "what",
    head: "Signal",
    className: "whitespace-nowrap",
    cell: ({ action, symbol }) => (
      <>
        <span className="capitalize">{action ?? "unreadable"}</span>{" "}
        <span className="font-medium">{symbol}</span>
      </>
    ),
  },
  { id: "status", head: "Status", cell: ({ status }) => <StatusBadge status={status} /> },
  {
    id: "outcome",
    head: "Outcome",
    from: "sm",
    className: "w-full max-w-0",
    cell: ({ fill_price, symbol, reason_code, error_message }) => {
      if (fill_price != null && symbol) return `Filled at ${formatPrice(symbol, fill_price)}`;
      const reason = reasonInWords(reason_code, error_message);
      return (
        <span className="block truncate text-muted" title={error_message ?? undefined}>
          {reason ?? "Waiting for the agent"}
        </span>
      );
    },
  },
  {
    id: "latency",
    head: "Latency",
    align: "right",
    from: "md",
    className: "whitespace-nowrap",
    cell: ({ latency }) => (latency.total_ms == null ? "–" : formatDuration(latency.total_ms)),
  },
];

export function LastSignalsCard() {
  const signals = useSignals(FILTER);
  return (
    <Card title="Last signals" isFlush actions={<CardLink href="/signals/">All signals</CardLink>}>
      <DataTable
        caption="Last signals"
        columns={COLUMNS}
        query={{ ...signals, data: signals.data?.slice(0, FILTER.limit), hasNextPage: false }}
        rowKey={({ id }) => id}
        empty={
          <EmptyState title="No alert has come in yet">
            Make a strategy, paste its webhook into a TradingView alert, or send a test alert.
          </EmptyState>
        }
      />
    </Card>
  );
}
