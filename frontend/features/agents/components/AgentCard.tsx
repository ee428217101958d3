"use client";

import { EllipsisIcon } from "lucide-react";
import { useState, type ReactNode } from "react";
import { AgentForm } from "@/components/agents/AgentForm";
import { StatusBadge } from "@/components/data/StatusBadge";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Confirm } from "@/components/ui/confirm";
import { Dialog, DialogContent } from "@/components/ui/dialog";
import { Menu, MenuContent, MenuItem, MenuSeparator, MenuTrigger } from "@/components/ui/menu";
import { toast } from "@/components/ui/toaster";
import { useConnections } from "@/lib/api/queries/account";
import { useDeleteAgent, useRotateAgentKey } from "@/lib/api/queries/agents";
import { formatAge, formatDateTime } from "@/lib/format/time";
import { serverNow } from "@/lib/clock";
import type { WatchedAgent } from "@/lib/hooks/useAgentHealth";
import { readAgentReport } from "@/lib/trading/agentReport";
import { readAccountReport } from "../accountReport";
import type { IssuedKey } from "./KeyDialog";

const STATUS = { fresh: "online", quiet: "quiet", offline: "offline", never_seen: "never_seen" } as const;

interface AgentCardProps {
  watched: WatchedAgent;
  onKey: (issued: IssuedKey) => void;
}

export function AgentCard({ watched: { agent, health, heardAt }, onKey }: AgentCardProps) {
  const connections = useConnections();
  const rotate = useRotateAgentKey();
  const remove = useDeleteAgent();
  const [asked, setAsked] = useState<"edit" | "rotate" | "delete" | null>(null);
  const close = (isOpen: boolean) => {
    if (!isOpen) setAsked(null);
  };

  const report = readAgentReport(agent.status_reported);
  const account = readAccountReport(agent.status_reported);
  const connection = connections.data?.items.find(({ id }) => id === agent.broker_connection_id);
  return (
    <Card
      title={agent.agent_name}
      className="h-full"
      actions={
        <span className="flex items-center gap-1">
          <StatusBadge status={STATUS[health]} />
          <Menu>
            <MenuTrigger asChild>
              <Button variant="ghost" size="icon-sm" aria-label={`Actions for ${agent.agent_name}`}>
                <EllipsisIcon aria-hidden />
              </Button>
            </MenuTrigger>
            <MenuContent>
              <MenuItem onSelect={() => setAsked("edit")}>Rename or connect…</MenuItem>
              <MenuItem onSelect={() => setAsked("rotate")}>Rotate key…</MenuItem>
              <MenuSeparator />
              <MenuItem className="text-loss" onSelect={() => setAsked("delete")}>
                Delete…
              </MenuItem>
            </MenuContent>
          </Menu>
        </span>
      }
    >
      <div className="@container">
        <dl className="grid grid-cols-[7.5rem_1fr] gap-y-1.5 text-sm @2xl:grid-cols-[7.5rem_1fr_7.5rem_1fr]">
          <Fact label="Last sign of life">
            {heardAt === null ? (
              "Never: pair it on the machine of your terminal"
            ) : (
              <time dateTime={new Date(heardAt).toISOString()} title={formatDateTime(heardAt)}>
                {formatAge(heardAt, serverNow())}
              </time>
            )}
          </Fact>
          <Fact label="Terminal">
            {report.connected === null ? (
              "–"
            ) : report.connected ? (
              <>
                connected
                {account.build !== null && <span className="text-muted">, build {account.build}</span>}
              </>
            ) : (
              <span className="text-loss">not connected to the broker</span>
            )}
          </Fact>
          <Fact label="Algo trading">
            {report.tradeAllowed === null ? (
              "–"
            ) : report.tradeAllowed ? (
              "allowed"
            ) : (
              <span className="text-warn">off: press Algo Trading in the terminal</span>
            )}
          </Fact>
          <Fact label="Account">
            {agent.login || agent.terminal_server ? (
              <span className="flex flex-wrap items-center gap-x-2">
                <span className="break-all">
                  {[agent.login, agent.terminal_server].filter(Boolean).join(" @ ")}
                </span>
                {account.tradeMode && (
                  <Badge tone={account.tradeMode === "real" ? "warn" : "neutral"}>{account.tradeMode}</Badge>
                )}
              </span>
            ) : (
              "–"
            )}
          </Fact>
          <Fact label="Connection">
            {agent.broker_connection_id == null ? (
              <span className="text-warn">none: it gets no trades</span>
            ) : (
              (connection?.name ?? "…")
            )}
          </Fact>
          <Fact label="CPU, memory">
            {report.cpuPercent === null ? "–" : `${Math.round(report.cpuPercent)}\u00a0%`},{" "}
            {report.memoryMb === null
              ? "–"
              : `${Math.round(report.memoryMb).toLocaleString("en-GB")}\u00a0MB`}
          </Fact>
          <Fact label="Version">{report.version ?? "–"}</Fact>
          <Fact label="Key">
            <code className="font-mono text-xs">fxa_{agent.pairing_key_prefix}_…</code>
          </Fact>
        </dl>
      </div>
      <Dialog open={asked === "edit"} onOpenChange={close}>
        <DialogContent title={`Change ${agent.agent_name}`}>
          <AgentForm agent={agent} onChanged={() => setAsked(null)} />
        </DialogContent>
      </Dialog>
      <Confirm
        open={asked === "rotate"}
        onOpenChange={close}
        title={`Give ${agent.agent_name} a new key?`}
        confirmLabel="Rotate key"
        isDanger
        onConfirm={async () => {
          const paired = await rotate.mutateAsync(agent.id);
          onKey({
            agentId: agent.id,
            agentName: agent.agent_name,
            agentKey: paired.agent_key,
            isRotated: agent.last_heartbeat != null,
          });
        }}
      >
        <p>
          The old key ends at once: the agent stops until it is paired with the new one. Orders wait
          meanwhile, and old entries expire. Open positions stay.
        </p>
      </Confirm>
      <Confirm
        open={asked === "delete"}
        onOpenChange={close}
        title={`Delete ${agent.agent_name}?`}
        confirmLabel="Delete agent"
        isDanger
        onConfirm={async () => {
          await remove.mutateAsync(agent.id);
          toast.success(`${agent.agent_name} is deleted`);
        }}
      >
        <p>
          Its key ends at once, and what it has claimed is given to no other agent. Positions and stops at the
          broker stay as they are. This cannot be undone.
        </p>
      </Confirm>
    </Card>
  );
}

function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-muted">{label}</dt>
      <dd className="min-w-0 tabular-nums">{children}</dd>
    </>
  );
}
