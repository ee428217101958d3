"use client";

import { DataTable, type Column } from "@/components/data/DataTable";
import { RelativeTime } from "@/components/data/RelativeTime";
import { EmptyState } from "@/components/data/states";
import { Card } from "@/components/ui/card";
import { useDeployments, type Deployment } from "@/lib/api/queries/deployments";
import { CardLink } from "./AgentsCard";

const RUNNING = { status: "running" } as const;

const COLUMNS: readonly Column<Deployment>[] = [
  {
    id: "name",
    head: "Expert advisor",
    cell: ({ project_name, version_number }) => (
      <>
        {project_name} <span className="text-muted">v{version_number}</span>
      </>
    ),
  },
  { id: "chart", head: "Chart", cell: ({ symbol, timeframe }) => `${symbol} ${timeframe}` },
  { id: "agent", head: "Agent", from: "sm", cell: ({ agent_name }) => agent_name ?? "deleted" },
  {
    id: "since",
    head: "Deployed",
    align: "right",
    from: "md",
    cell: ({ deployed_at }) => (deployed_at ? <RelativeTime at={deployed_at} className="text-muted" /> : "–"),
  },
];

export function RunningEasCard() {
  const deployments = useDeployments(RUNNING);
  return (
    <Card title="Running EAs" isFlush actions={<CardLink href="/deployments/">All deployments</CardLink>}>
      <DataTable
        caption="Running expert advisors"
        columns={COLUMNS}
        query={{ ...deployments, data: deployments.data?.items }}
        rowKey={({ id }) => id}
        skeletonRows={2}
        empty={
          <EmptyState title="No expert advisor is running">
            Describe one in EA Studio, compile it, then deploy it to an agent.
          </EmptyState>
        }
      />
    </Card>
  );
}
