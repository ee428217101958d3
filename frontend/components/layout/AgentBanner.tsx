"use client";

import { TriangleAlertIcon } from "lucide-react";
import Link from "next/link";
import { formatAge } from "@/lib/format/time";
import { serverNow } from "@/lib/clock";
import { useAgentHealth, type WatchedAgent } from "@/lib/hooks/useAgentHealth";
import { cn } from "@/lib/cn";

/** Orders wait while their agent is away: nobody should find that out by a missing fill. */
export function AgentBanner() {
  const { agents } = useAgentHealth();
  const offline = agents?.filter(({ health }) => health === "offline") ?? [];
  const quiet = agents?.filter(({ health }) => health === "quiet") ?? [];
  if (offline.length > 0) return <Banner isOffline agents={offline} />;
  if (quiet.length > 0) return <Banner agents={quiet} />;
  return null;
}

function Banner({ agents, isOffline }: { agents: WatchedAgent[]; isOffline?: boolean }) {
  const [first] = agents;
  if (!first) return null;
  const heard = first.heardAt === null ? "" : `, last heard of ${formatAge(first.heardAt, serverNow())}`;
  const who = agents.length === 1 ? `${first.agent.agent_name}${heard}` : `${agents.length} agents`;
  return (
    <div
      role={isOffline ? "alert" : "status"}
      className={cn(
        "flex flex-wrap items-center gap-x-2 border-b px-4 py-1.5 text-sm lg:px-6",
        isOffline ? "bg-loss-soft text-loss" : "bg-warn-soft text-warn",
      )}
    >
      <TriangleAlertIcon className="size-4 shrink-0" aria-hidden />
      <strong className="font-semibold">{isOffline ? "Agent offline" : "Agent quiet"}</strong>
      {/* The seconds would be read out again and again. */}
      <span aria-live="off">{who}.</span>
      <span className="hidden md:inline">
        {isOffline
          ? "Orders wait in the queue until it is back; old entries expire."
          : "It may be busy or restarting."}
      </span>
      <Link href="/agents/" prefetch={false} className="underline underline-offset-2">
        Look at agents
      </Link>
    </div>
  );
}
