"use client";

import { AgentForm } from "@/components/agents/AgentForm";
import { HeartbeatLight } from "@/components/agents/HeartbeatLight";
import { PairingKey } from "@/components/agents/PairingKey";
import { ErrorState } from "@/components/data/states";
import { Button } from "@/components/ui/button";
import { Confirm } from "@/components/ui/confirm";
import { Skeleton } from "@/components/ui/skeleton";
import { useAgents, useRotateAgentKey, type Agent } from "@/lib/api/queries/agents";
import { NextButton } from "./NextButton";

export interface Issued {
  agentId: string;
  agentKey: string;
}

interface AgentStepProps {
  issued: Issued | null;
  onIssued: (issued: Issued) => void;
  onDone: () => void;
}

export function AgentStep({ issued, onIssued, onDone }: AgentStepProps) {
  const agents = useAgents();
  const rotate = useRotateAgentKey();
  if (!agents.data) {
    return agents.error ? (
      <ErrorState
        title="The agents could not be loaded"
        error={agents.error}
        onRetry={() => void agents.refetch()}
      />
    ) : (
      <Skeleton className="h-24" />
    );
  }
  const agent = pairedNow(agents.data.items, issued);
  if (!agent) {
    return (
      <div className="grid gap-4">
        <p className="max-w-prose text-sm text-muted">
          The agent is a small program beside your MetaTrader 5 terminal, on your PC or a VPS. It only calls
          out: no port is opened, and your broker’s password stays in the terminal.
        </p>
        <AgentForm
          onMade={({ agent: made, agent_key }) => onIssued({ agentId: made.id, agentKey: agent_key })}
        />
      </div>
    );
  }
  const isHeard = agent.last_heartbeat != null;
  return (
    <div className="grid min-w-0 grid-cols-1 gap-4">
      {issued ? (
        <PairingKey agentId={issued.agentId} agentKey={issued.agentKey} />
      ) : (
        !isHeard && (
          <div className="flex flex-wrap items-center justify-between gap-2 text-sm">
            <p>
              <strong className="font-medium">{agent.agent_name}</strong> is made; its key was shown once.
            </p>
            <Confirm
              trigger={<Button size="sm">I do not have the key…</Button>}
              title={`Give ${agent.agent_name} a new key?`}
              confirmLabel="Show a new key"
              onConfirm={async () => {
                const paired = await rotate.mutateAsync(agent.id);
                onIssued({ agentId: agent.id, agentKey: paired.agent_key });
              }}
            >
              <p>The one before ends at once. An agent that was started with it has to be paired again.</p>
            </Confirm>
          </div>
        )
      )}
      <HeartbeatLight agentId={agent.id} />
      {isHeard && <NextButton onClick={onDone} />}
    </div>
  );
}

/** The one whose key is on the page; else one that was heard, else one that waits to be. */
function pairedNow(agents: readonly Agent[], issued: Issued | null): Agent | undefined {
  if (issued) return agents.find(({ id }) => id === issued.agentId);
  return agents.find(({ last_heartbeat }) => last_heartbeat != null) ?? agents[0];
}
