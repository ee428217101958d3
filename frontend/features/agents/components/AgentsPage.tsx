"use client";

import { PlusIcon } from "lucide-react";
import { useState } from "react";
import { AgentForm } from "@/components/agents/AgentForm";
import { EmptyState, ErrorState } from "@/components/data/states";
import { PageHeader } from "@/components/layout/PageHeader";
import { Button } from "@/components/ui/button";
import { Dialog, DialogContent } from "@/components/ui/dialog";
import { Skeleton } from "@/components/ui/skeleton";
import { useAgentHealth } from "@/lib/hooks/useAgentHealth";
import { AgentCard } from "./AgentCard";
import { ConnectionsCard } from "./ConnectionsCard";
import { KeyDialog, type IssuedKey } from "./KeyDialog";
import { SymbolsCard } from "./SymbolsCard";

export function AgentsPage() {
  const { agents, query } = useAgentHealth();
  const [isCreating, setCreating] = useState(false);
  const [issued, setIssued] = useState<IssuedKey | null>(null);
  const newAgent = (
    <Button variant="primary" onClick={() => setCreating(true)}>
      <PlusIcon aria-hidden /> New agent
    </Button>
  );
  return (
    <>
      <PageHeader
        title="Agents"
        description="Each runs beside a MetaTrader terminal and sends its orders."
        actions={newAgent}
      />
      <div className="grid items-start gap-4 xl:grid-cols-[minmax(0,2fr)_minmax(0,1fr)]">
        <div className="grid min-w-0 gap-4">
          {!agents && query.error ? (
            <div className="rounded-lg border bg-surface">
              <ErrorState
                title="The agents could not be loaded"
                error={query.error}
                onRetry={() => void query.refetch()}
              />
            </div>
          ) : agents?.length === 0 ? (
            <div className="rounded-lg border bg-surface">
              <EmptyState title="No agent is paired" action={newAgent}>
                Make one, paste its key into the agent on the machine of your terminal, and it is online
                within seconds.
              </EmptyState>
            </div>
          ) : (
            <ul
              className="grid grid-cols-[repeat(auto-fit,minmax(min(24rem,100%),1fr))] gap-4"
              aria-label="Agents"
              aria-busy={!agents}
            >
              {agents ? (
                agents.map((watched) => (
                  <li key={watched.agent.id} className="min-w-0">
                    <AgentCard watched={watched} onKey={setIssued} />
                  </li>
                ))
              ) : (
                <li>
                  <Skeleton className="h-64 rounded-lg" />
                </li>
              )}
            </ul>
          )}
          <ConnectionsCard agents={agents} />
        </div>
        <SymbolsCard />
      </div>
      <Dialog open={isCreating} onOpenChange={setCreating}>
        <DialogContent title="New agent" description="Its key is shown once, on the next page.">
          <AgentForm
            onMade={({ agent, agent_key }) => {
              setCreating(false);
              setIssued({ agentId: agent.id, agentName: agent.agent_name, agentKey: agent_key });
            }}
          />
        </DialogContent>
      </Dialog>
      <KeyDialog issued={issued} onClose={() => setIssued(null)} />
    </>
  );
}
