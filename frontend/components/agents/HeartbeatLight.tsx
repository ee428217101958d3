"use client";

import { useAgents } from "@/lib/api/queries/agents";
import { cn } from "@/lib/cn";
import { formatAge } from "@/lib/format/time";
import { useNow } from "@/lib/hooks/useNow";

const WAIT_POLL_MS = 2_000;

/** Amber while nothing was heard of the agent, green from its first heartbeat on. */
export function HeartbeatLight({ agentId }: { agentId: string }) {
  const agents = useAgents({ pollMs: WAIT_POLL_MS });
  const now = useNow(1_000);
  const agent = agents.data?.items.find(({ id }) => id === agentId);
  const heardAt = agent?.last_heartbeat;
  return (
    <div
      role="status"
      data-testid="heartbeat"
      data-heard={heardAt != null}
      className={cn(
        "flex min-h-12 items-center gap-3 rounded-md border px-3 py-2 text-sm",
        heardAt != null ? "border-profit/40 bg-profit-soft" : "bg-bg",
      )}
    >
      <span className="relative grid size-3 shrink-0 place-items-center" aria-hidden>
        {heardAt == null && <span className="absolute size-3 animate-ping rounded-full bg-warn/60" />}
        <span className={cn("size-3 rounded-full", heardAt != null ? "bg-profit" : "bg-warn")} />
      </span>
      {heardAt != null ? (
        <span>
          <strong className="font-semibold text-profit">Connected.</strong> {agent?.agent_name} was heard
          {/* The seconds would be read out again and again. */}{" "}
          <span aria-live="off" className="tabular-nums">
            {formatAge(heardAt, now)}
          </span>
          {agent?.terminal_server && `, on ${agent.terminal_server}`}
        </span>
      ) : (
        <span>
          <strong className="font-semibold">Waiting for the first heartbeat.</strong>{" "}
          <span className="text-muted">This turns green by itself; you may leave this page.</span>
        </span>
      )}
    </div>
  );
}
