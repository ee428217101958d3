import { useQuery } from "@tanstack/react-query";
import { api, unwrap, type Schemas } from "../client";
import { keys } from "../keys";
import { useChange, useCreation } from "../mutation";
import { POLL_MS } from "../polling";

export type Agent = Schemas["Agent"];

/** `pollMs` where somebody waits for a first heartbeat. */
export function useAgents({ pollMs = POLL_MS.agents }: { pollMs?: number } = {}) {
  return useQuery({
    queryKey: keys.agents.list,
    queryFn: ({ signal }) => unwrap(api().GET("/agents", { params: { query: { limit: 200 } }, signal })),
    refetchInterval: pollMs,
  });
}

export function useAgent(id: string) {
  return useQuery({
    queryKey: keys.agents.one(id),
    queryFn: ({ signal }) => unwrap(api().GET("/agents/{id}", { params: { path: { id } }, signal })),
    refetchInterval: POLL_MS.agents,
  });
}

/** The answer holds the agent's key, which is shown this once. */
export function useCreateAgent() {
  return useCreation(
    (body: Schemas["NewAgent"], header) => unwrap(api().POST("/agents", { body, params: { header } })),
    keys.agents.all,
    keys.onboarding,
  );
}

export function useChangeAgent() {
  return useChange(
    ({ id, ...body }: { id: string } & Schemas["AgentChange"]) =>
      unwrap(api().PATCH("/agents/{id}", { params: { path: { id } }, body })),
    keys.agents.all,
  );
}

export function useDeleteAgent() {
  return useChange(
    (id: string) => unwrap(api().DELETE("/agents/{id}", { params: { path: { id } } })),
    keys.agents.all,
    keys.deployments.all,
    keys.onboarding,
  );
}

export function useRotateAgentKey() {
  return useChange(
    (id: string) => unwrap(api().POST("/agents/{id}/rotate-key", { params: { path: { id } } })),
    keys.agents.all,
  );
}
