"use client";

import { EllipsisIcon, PlusIcon } from "lucide-react";
import { DataTable, type Column } from "@/components/data/DataTable";
import { EmptyState } from "@/components/data/states";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Menu, MenuContent, MenuItem, MenuTrigger } from "@/components/ui/menu";
import { Switch } from "@/components/ui/switch";
import { toast, toastError } from "@/components/ui/toaster";
import { useConnections } from "@/lib/api/queries/account";
import { useChangeStrategy, type Strategy, type useStrategies } from "@/lib/api/queries/signals";
import { formatPercent, formatVolume } from "@/lib/format/decimal";

interface StrategiesCardProps {
  query: ReturnType<typeof useStrategies>;
  onOpen: (id: string, tab: "connect" | "test" | "settings") => void;
  onCreate: () => void;
}

export function StrategiesCard({ query, onOpen, onCreate }: StrategiesCardProps) {
  const connections = useConnections();
  const change = useChangeStrategy();
  const setEnabled = ({ id, name }: Strategy, is_enabled: boolean) =>
    change.mutate(
      { id, is_enabled },
      {
        onSuccess: () => toast.success(`${name} is switched ${is_enabled ? "on" : "off"}`),
        onError: (error) => toastError(`${name} was not changed`, error),
      },
    );
  const copyUrl = async ({ webhook_url }: Strategy) => {
    try {
      await navigator.clipboard.writeText(webhook_url);
      toast.success("Webhook address copied");
    } catch (error) {
      toastError("Copying was not allowed", error);
    }
  };

  const columns: readonly Column<Strategy>[] = [
    {
      id: "enabled",
      head: "On",
      className: "w-12",
      cell: (strategy) => (
        <Switch
          className="align-middle"
          aria-label={`${strategy.name} takes alerts`}
          checked={strategy.is_enabled}
          disabled={change.isPending && change.variables.id === strategy.id}
          onCheckedChange={(isEnabled) => setEnabled(strategy, isEnabled)}
        />
      ),
    },
    {
      id: "name",
      head: "Strategy",
      cell: ({ id, name }) => (
        <button
          type="button"
          className="max-w-48 truncate rounded-sm font-medium hover:text-accent hover:underline sm:max-w-72"
          onClick={() => onOpen(id, "connect")}
        >
          {name}
        </button>
      ),
    },
    {
      id: "account",
      head: "Account",
      from: "md",
      cell: ({ broker_connection_id }) =>
        connections.data?.items.find(({ id }) => id === broker_connection_id)?.name ?? "–",
    },
    { id: "size", head: "Size", from: "sm", className: "whitespace-nowrap tabular-nums", cell: sizeOf },
    {
      id: "stops",
      head: "Stop / target, pips",
      from: "lg",
      className: "whitespace-nowrap tabular-nums",
      cell: ({ default_sl_pips, default_tp_pips }) =>
        `${default_sl_pips ?? "by alert"} / ${default_tp_pips ?? "by alert"}`,
    },
    {
      id: "pairs",
      head: "Pairs",
      from: "lg",
      cell: ({ allowed_pairs }) => (
        <span className="block max-w-56 truncate" title={allowed_pairs?.join(", ")}>
          {allowed_pairs?.join(", ") ?? "all"}
        </span>
      ),
    },
    {
      id: "magic",
      head: "Magic",
      align: "right",
      from: "xl",
      className: "tabular-nums",
      cell: ({ magic_number }) => magic_number,
    },
    {
      id: "actions",
      head: <span className="sr-only">Actions</span>,
      align: "right",
      className: "whitespace-nowrap",
      cell: (strategy) => (
        <>
          <Button size="sm" className="hidden sm:inline-flex" onClick={() => onOpen(strategy.id, "test")}>
            Test
          </Button>{" "}
          <Menu>
            <MenuTrigger asChild>
              <Button variant="ghost" size="icon-sm" aria-label={`Actions for ${strategy.name}`}>
                <EllipsisIcon aria-hidden />
              </Button>
            </MenuTrigger>
            <MenuContent>
              <MenuItem onSelect={() => void copyUrl(strategy)}>Copy webhook address</MenuItem>
              <MenuItem onSelect={() => onOpen(strategy.id, "connect")}>Alert text…</MenuItem>
              <MenuItem onSelect={() => onOpen(strategy.id, "test")}>Test and explain…</MenuItem>
              <MenuItem onSelect={() => onOpen(strategy.id, "settings")}>Settings…</MenuItem>
            </MenuContent>
          </Menu>
        </>
      ),
    },
  ];

  const newStrategy = (
    <Button variant="primary" size="sm" onClick={onCreate}>
      <PlusIcon aria-hidden /> New strategy
    </Button>
  );
  return (
    <Card title="Strategies" isFlush actions={newStrategy}>
      <DataTable
        caption="Strategies"
        columns={columns}
        query={{ ...query, data: query.data?.items }}
        rowKey={({ id }) => id}
        skeletonRows={2}
        empty={
          <EmptyState title="No strategy yet" action={newStrategy}>
            A strategy is a webhook address for TradingView with rules for size, stops and pairs.
          </EmptyState>
        }
      />
    </Card>
  );
}

function sizeOf({ default_volume, risk_override_pct }: Strategy): string {
  if (default_volume != null) return `${formatVolume(default_volume)} lots`;
  return risk_override_pct != null ? `${formatPercent(risk_override_pct)} risk` : "risk as in settings";
}
