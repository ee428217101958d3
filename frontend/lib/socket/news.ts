import type { QueryClient } from "@tanstack/react-query";
import type { Schemas } from "@/lib/api/client";
import { keys } from "@/lib/api/keys";
import type { AgentNews, JobNews, SocketMessage } from "./messages";

/** An end is not marked: it comes together with its result, when the job itself was asked for again. */
function patchJob(client: QueryClient, { id, status }: JobNews): void {
  if (status !== "running") return;
  client.setQueryData<Schemas["Job"]>(keys.jobs.one(id), (job) =>
    job?.status === "pending" ? { ...job, status } : job,
  );
}

function patchAgent(client: QueryClient, { id, status }: AgentNews): void {
  client.setQueryData<Schemas["Page_Agent"]>(
    keys.agents.list,
    (page) =>
      page && {
        ...page,
        items: page.items.map((agent) =>
          agent.id === id ? { ...agent, status: status as Schemas["AgentStatus"] } : agent,
        ),
      },
  );
}

/** What a job touches when it moves. */
function queriesOf(jobType: string): readonly (readonly string[])[] {
  switch (jobType) {
    case "compile":
      return [keys.versions.all, keys.projects.all];
    case "deploy":
    case "run":
    case "stop":
      return [keys.deployments.all];
    default:
      return [keys.positions.all, keys.account, keys.history.all, keys.signals.all];
  }
}

/** The socket brings news and never the truth: what it names is marked at once, and asked for again. */
export function applyNews(client: QueryClient, message: SocketMessage): void {
  const askAgain = (...stale: (readonly string[])[]) => {
    for (const queryKey of stale) void client.invalidateQueries({ queryKey });
  };
  switch (message.type) {
    case "signal":
      return askAgain(keys.signals.all, keys.onboarding);
    case "job":
      patchJob(client, message.job);
      return askAgain(keys.jobs.one(message.job.id), ...queriesOf(message.job.job_type));
    case "agent":
      patchAgent(client, message.agent);
      return askAgain(keys.agents.all, keys.onboarding);
    case "prices":
    case "pong":
    case "error":
      return;
  }
}

/** After a gap nobody knows what was missed. */
export function catchUp(client: QueryClient): void {
  for (const queryKey of [
    keys.signals.all,
    keys.jobs.all,
    keys.agents.all,
    keys.positions.all,
    keys.deployments.all,
  ]) {
    void client.invalidateQueries({ queryKey });
  }
}
