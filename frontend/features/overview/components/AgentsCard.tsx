"use client";

import Link from "next/link";
import { DataTable, type Column } from "@/components/data/DataTable";
import { EmptyState } from "@/components/data/states";
import { StatusBadge } from "@/components/data/StatusBadge";
import { buttonVariants } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { formatAge } from "@/lib/format/time";
import { serverNow } from "@/lib/clock";
import { useAgentHealth, type WatchedAgent } from "@/lib/hooks/useAgentHealth";
import { readAgentReport } from "@/lib/trading/agentReport";

const STATUS = { fresh: "online", quiet: "quiet", offline: "offline", never_seen: "never_seen" } as const;

const COLUMNS: readonly Column<WatchedAgent>[] = [
  { id: "name", head: "Agent", cell: ({ agent }) => agent.agent_name },
  { id: "status", head: "Status", cell: ({ health }) => <StatusBadge status={STATUS[health]} /> },
  {
    id: "heard",
    head: "Heard",
    align: "right",
    cell: ({ heardAt }) => (heardAt === null ? "–" : formatAge(heardAt, serverNow())),
    className: "whitespace-nowrap",
  },
  {
    id: "terminal",
    head: "Terminal",
    from: "md",
    cell: ({ agent }) => {
      const { connected, tradeAllowed } = readAgentReport(agent.status_reported);
      if (connected === null) return "–";
      if (!connected) return <span className="text-loss">no broker</span>;
      return tradeAllowed === false ? <span className="text-warn">trading off</span> : "connected";
    },
  },
  {
    id: "cpu",
    head: "CPU",
    align: "right",
    from: "sm",
    cell: ({ agent }) => {
      const { cpuPercent } = readAgentReport(agent.status_reported);
      return cpuPercent === null ? "–" : `${Math.round(cpuPercent)}\u00a0%`;
    },
  },
];

export function AgentsCard() {
  const { agents, query } = useAgentHealth();
  return (
    <Card title="Agents" isFlush actions={<CardLink href="/agents/">All agents</CardLink>}>
      <DataTable
        caption="Agents"
        columns={COLUMNS}
        query={{ ...query, data: agents }}
        rowKey={({ agent }) => agent.id}
        skeletonRows={2}
        empty={
          <EmptyState
            title="No agent is paired"
            action={
              <Link href="/agents/" prefetch={false} className={buttonVariants({ variant: "primary" })}>
                Pair an agent
              </Link>
            }
          >
            It runs beside your MetaTrader terminal and sends its orders.
          </EmptyState>
        }
      />
    </Card>
  );
}

export function CardLink({ href, children }: { href: string; children: string }) {
  return (
    <Link href={href} prefetch={false} className="rounded-sm text-xs font-medium text-accent hover:underline">
      {children}
    </Link>
  );
}
