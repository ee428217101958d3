"use client";

import { DownloadIcon } from "lucide-react";
import { useMemo, useState } from "react";
import { DataTable, type Column } from "@/components/data/DataTable";
import { RelativeTime } from "@/components/data/RelativeTime";
import { EmptyState } from "@/components/data/states";
import { StatusBadge } from "@/components/data/StatusBadge";
import { LatencyBar } from "@/components/signals/LatencyTrail";
import { outcomeOf, whatOf } from "@/components/signals/SignalOutcome";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { NativeSelect } from "@/components/ui/input";
import { toast, toastError } from "@/components/ui/toaster";
import { readSignals, useSignals, type Signal, type Strategy } from "@/lib/api/queries/signals";
import { cn } from "@/lib/cn";
import { downloadCsv, toCsv } from "@/lib/format/csv";
import { csvColumns } from "../export";
import { signalFilter, STATUSES, type PageFilters } from "../filters";

interface FeedCardProps {
  filters: PageFilters;
  setFilters: (change: Partial<PageFilters>) => void;
  strategies: readonly Strategy[] | undefined;
}

export function FeedCard({ filters, setFilters, strategies }: FeedCardProps) {
  const filter = useMemo(
    () => signalFilter({ strategy: filters.strategy, status: filters.status }),
    [filters.strategy, filters.status],
  );
  const signals = useSignals(filter);
  const [isExporting, setExporting] = useState(false);
  const nameOf = (id: string) => strategies?.find((strategy) => strategy.id === id)?.name;
  const isFiltered = Object.keys(filter).length > 0;

  const exportCsv = async () => {
    setExporting(true);
    try {
      const { items, isCut } = await readSignals(filter);
      downloadCsv(`signals-${new Date().toISOString().slice(0, 10)}.csv`, toCsv(csvColumns(nameOf), items));
      if (isCut) toast.warning(`The newest ${items.length} signals were exported; filter for the rest.`);
    } catch (error) {
      toastError("The signals could not be exported", error, () => void exportCsv());
    } finally {
      setExporting(false);
    }
  };

  const columns: readonly Column<Signal>[] = [
    {
      id: "at",
      head: "Received",
      className: "w-20",
      from: "sm",
      cell: ({ latency }) => <RelativeTime at={latency.received_at} className="text-muted" />,
    },
    {
      id: "strategy",
      head: "Strategy",
      from: "md",
      cell: ({ strategy_id }) => (
        <span className="block max-w-40 truncate">{nameOf(strategy_id) ?? "–"}</span>
      ),
    },
    {
      id: "what",
      head: "Signal",
      className: "py-1 whitespace-nowrap max-sm:pl-4",
      cell: (signal) => (
        <button
          type="button"
          className="rounded-sm text-left font-medium tabular-nums hover:text-accent hover:underline"
          aria-label={`${whatOf(signal)}: details`}
          onClick={() => setFilters({ signal: signal.id })}
        >
          {whatOf(signal)}
          <span className="block max-w-52 truncate text-xs font-normal text-muted sm:hidden">
            <RelativeTime at={signal.latency.received_at} /> · {outcomeOf(signal)}
          </span>
        </button>
      ),
    },
    { id: "status", head: "Status", cell: ({ status }) => <StatusBadge status={status} /> },
    {
      id: "outcome",
      head: "Outcome",
      from: "sm",
      className: "w-full max-w-0",
      cell: (signal) => (
        <span
          className={cn("block truncate", signal.status !== "executed" && "text-muted")}
          title={signal.error_message ?? outcomeOf(signal)}
        >
          {outcomeOf(signal)}
        </span>
      ),
    },
    {
      id: "latency",
      head: "Latency",
      align: "right",
      from: "lg",
      className: "whitespace-nowrap",
      cell: ({ latency }) => <LatencyBar trail={latency} />,
    },
  ];

  return (
    <Card
      title="Signal feed"
      isFlush
      actions={
        <Button size="sm" isBusy={isExporting} onClick={() => void exportCsv()} aria-label="Export as CSV">
          <DownloadIcon aria-hidden /> CSV
        </Button>
      }
    >
      <div className="flex flex-wrap gap-2 px-4 pb-2">
        <NativeSelect
          aria-label="Strategy"
          className="h-7 w-auto max-w-36 sm:max-w-56"
          value={filters.strategy}
          onChange={(event) => setFilters({ strategy: event.target.value })}
        >
          <option value="">All strategies</option>
          {strategies?.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </NativeSelect>
        <NativeSelect
          aria-label="Status"
          className="h-7 w-auto"
          value={filter.status ?? ""}
          onChange={(event) => setFilters({ status: event.target.value })}
        >
          <option value="">Any status</option>
          {Object.entries(STATUSES).map(([status, label]) => (
            <option key={status} value={status}>
              {label}
            </option>
          ))}
        </NativeSelect>
      </div>
      <DataTable
        caption="Signals"
        columns={columns}
        query={signals}
        rowKey={({ id }) => id}
        skeletonRows={8}
        className={signals.isPlaceholderData ? "opacity-60 transition-opacity" : undefined}
        empty={
          isFiltered ? (
            <EmptyState
              title="No signal is like that"
              action={<Button onClick={() => setFilters({ strategy: "", status: "" })}>Show all</Button>}
            >
              Other strategies or states may have some.
            </EmptyState>
          ) : (
            <EmptyState title="No alert has come in yet">
              Paste a strategy’s webhook address and alert text into TradingView, or send a test alert.
            </EmptyState>
          )
        }
      />
    </Card>
  );
}
