"use client";

import { PlusIcon } from "lucide-react";
import Link from "next/link";
import { useState } from "react";
import { DataTable, type Column } from "@/components/data/DataTable";
import { RelativeTime } from "@/components/data/RelativeTime";
import { EmptyState } from "@/components/data/states";
import { StatusBadge } from "@/components/data/StatusBadge";
import { DeployDialog } from "@/components/ea/DeployDialog";
import { PageHeader } from "@/components/layout/PageHeader";
import { Button, buttonVariants } from "@/components/ui/button";
import { NativeSelect } from "@/components/ui/input";
import type { Schemas } from "@/lib/api/client";
import { useAgents } from "@/lib/api/queries/agents";
import { useDeployments, type Deployment } from "@/lib/api/queries/deployments";
import { cn } from "@/lib/cn";
import { useFilters } from "@/lib/hooks/useFilters";
import { deploymentInWords } from "@/lib/trading/deploymentInWords";
import { DeploymentActions } from "./DeploymentActions";
import { InputsButton } from "./InputsButton";

const DEFAULTS = { status: "", agent: "" };
const STATUSES: readonly { value: Schemas["DeploymentStatus"]; label: string }[] = [
  { value: "running", label: "Running" },
  { value: "pending", label: "Pending" },
  { value: "deploying", label: "Deploying" },
  { value: "stopped", label: "Stopped" },
  { value: "failed", label: "Failed" },
];

const COLUMNS: readonly Column<Deployment>[] = [
  {
    id: "name",
    head: "Expert advisor",
    className: "sm:min-w-36",
    cell: ({ project_name, version_number, ea_project_id, ea_version_id, symbol, timeframe, agent_name }) => (
      <span className="grid py-1">
        <Link
          prefetch={false}
          href={`/ea-studio/?id=${ea_project_id}&version=${ea_version_id}`}
          className="font-medium hover:underline"
        >
          {project_name} <span className="text-muted">v{version_number}</span>
        </Link>
        <span className="text-xs text-muted md:hidden">
          {symbol} {timeframe}, {agent_name ?? "agent deleted"}
        </span>
      </span>
    ),
  },
  {
    id: "chart",
    head: "Chart",
    from: "md",
    className: "whitespace-nowrap",
    cell: ({ symbol, timeframe }) => `${symbol} ${timeframe}`,
  },
  {
    id: "agent",
    head: "Agent",
    from: "md",
    cell: ({ agent_name }) => agent_name ?? <span className="text-muted">deleted</span>,
  },
  {
    id: "status",
    head: "Status",
    cell: (deployment) => {
      const { text, isMoving } = deploymentInWords(deployment);
      return (
        <span className="grid justify-items-start gap-0.5 py-1">
          <StatusBadge status={deployment.status} />
          <span className={cn("text-xs text-muted", isMoving && "animate-pulse")}>{text}</span>
          {deployment.error_message && (
            <span className="max-w-80 text-xs break-words text-loss">{deployment.error_message}</span>
          )}
        </span>
      );
    },
  },
  {
    id: "magic",
    head: "Magic number",
    align: "right",
    from: "lg",
    cell: ({ magic_number }) => <span className="tabular-nums">{magic_number}</span>,
  },
  {
    id: "inputs",
    head: "Inputs",
    from: "lg",
    cell: (deployment) => <InputsButton deployment={deployment} />,
  },
  {
    id: "since",
    head: "Deployed",
    align: "right",
    from: "xl",
    cell: ({ deployed_at }) =>
      deployed_at ? (
        <RelativeTime at={deployed_at} className="text-muted" />
      ) : (
        <span className="text-muted">not yet</span>
      ),
  },
  {
    id: "actions",
    head: <span className="sr-only">Actions</span>,
    align: "right",
    cell: (deployment) => <DeploymentActions deployment={deployment} />,
  },
];

export function DeploymentsPage() {
  const { filters, setFilters, isFiltered } = useFilters(DEFAULTS);
  const [isOpen, setOpen] = useState(false);
  const agents = useAgents();
  const status = STATUSES.find(({ value }) => value === filters.status)?.value;
  const deployments = useDeployments({
    ...(status ? { status } : {}),
    ...(filters.agent ? { mt5_agent_id: filters.agent } : {}),
  });
  const deployButton = (
    <Button variant="primary" onClick={() => setOpen(true)}>
      <PlusIcon aria-hidden /> Deploy
    </Button>
  );
  return (
    <>
      <PageHeader
        title="Deployments"
        description="Expert advisors on the charts of your agents, each with the version it was deployed with."
        actions={
          <>
            <NativeSelect
              aria-label="Status"
              className="w-auto"
              value={status ?? ""}
              onChange={(event) => setFilters({ status: event.target.value })}
            >
              <option value="">Every status</option>
              {STATUSES.map(({ value, label }) => (
                <option key={value} value={value}>
                  {label}
                </option>
              ))}
            </NativeSelect>
            <NativeSelect
              aria-label="Agent"
              className="w-auto max-w-48"
              value={filters.agent}
              onChange={(event) => setFilters({ agent: event.target.value })}
            >
              <option value="">Every agent</option>
              {agents.data?.items.map(({ id, agent_name }) => (
                <option key={id} value={id}>
                  {agent_name}
                </option>
              ))}
            </NativeSelect>
            {deployButton}
          </>
        }
      />
      <div className="rounded-lg border bg-surface">
        <DataTable
          caption="Deployments"
          columns={COLUMNS}
          query={{ ...deployments, data: deployments.data?.items }}
          rowKey={({ id }) => id}
          empty={
            isFiltered ? (
              <EmptyState
                title="No deployment is like that"
                action={<Button onClick={() => setFilters(DEFAULTS)}>Show all</Button>}
              />
            ) : (
              <EmptyState
                title="Nothing is deployed yet"
                action={
                  <Link
                    href="/ea-studio/"
                    prefetch={false}
                    className={buttonVariants({ variant: "secondary" })}
                  >
                    Go to EA Studio
                  </Link>
                }
              >
                Describe an expert advisor in EA Studio, compile it, then deploy it to an agent.
              </EmptyState>
            )
          }
        />
      </div>
      <DeployDialog open={isOpen} onOpenChange={setOpen} />
    </>
  );
}
