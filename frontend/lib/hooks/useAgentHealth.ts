"use client";

import { useAgents, type Agent } from "@/lib/api/queries/agents";
import { useAccount } from "@/lib/api/queries/trading";
import { agentHealth, lastHeard, type AgentHealth } from "@/lib/trading/agentHealth";
import { useNow } from "./useNow";

export interface WatchedAgent {
  agent: Agent;
  health: AgentHealth;
  heardAt: number | null;
}

/** The user's agents with what their last sign of life comes to, second by second. */
export function useAgentHealth(): {
  agents: WatchedAgent[] | undefined;
  query: ReturnType<typeof useAgents>;
} {
  const query = useAgents();
  const { data: accounts } = useAccount();
  const now = useNow(1_000);
  const reportOf = (agent: Agent) => {
    if (agent.broker_connection_id == null) return null;
    // Two agents on one connection cannot be told apart by its reports; one that was never heard sent none.
    const peers = query.data?.items.filter(
      (other) => other.broker_connection_id === agent.broker_connection_id && other.last_heartbeat != null,
    );
    if (peers?.length !== 1) return null;
    return accounts?.items.find((account) => account.broker_connection_id === agent.broker_connection_id)
      ?.reported_at;
  };
  const agents = query.data?.items.map((agent) => {
    const signs = [agent.last_heartbeat, agent.last_heartbeat == null ? null : reportOf(agent)];
    return { agent, health: agentHealth(signs, now), heardAt: lastHeard(signs) };
  });
  return { agents, query };
}
