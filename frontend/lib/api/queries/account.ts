import { useQuery } from "@tanstack/react-query";
import { api, unwrap, type Schemas } from "../client";
import { keys } from "../keys";
import { useChange, useCreation } from "../mutation";

export function useMe() {
  return useQuery({ queryKey: keys.me, queryFn: ({ signal }) => unwrap(api().GET("/auth/me", { signal })) });
}

export function useProfile() {
  return useQuery({
    queryKey: keys.profile,
    queryFn: ({ signal }) => unwrap(api().GET("/profile", { signal })),
  });
}

export function useChangeProfile() {
  return useChange(
    (body: Schemas["ProfileChange"]) => unwrap(api().PATCH("/profile", { body })),
    keys.profile,
    keys.me,
  );
}

export function useSettings() {
  return useQuery({
    queryKey: keys.settings,
    queryFn: ({ signal }) => unwrap(api().GET("/settings", { signal })),
  });
}

export function useChangeSettings() {
  return useChange(
    (body: Schemas["SettingsChange"]) => unwrap(api().PATCH("/settings", { body })),
    keys.settings,
    keys.me,
    keys.account,
  );
}

export function useAcceptDisclaimer() {
  return useChange(
    () => unwrap(api().POST("/onboarding/disclaimer", { body: { accepted: true } })),
    keys.settings,
    keys.onboarding,
    keys.me,
  );
}

/** `pollMs` where somebody waits for a step to turn green. */
export function useOnboarding({ pollMs = false }: { pollMs?: number | false } = {}) {
  return useQuery({
    queryKey: keys.onboarding,
    queryFn: ({ signal }) => unwrap(api().GET("/onboarding/status", { signal })),
    refetchInterval: pollMs,
  });
}

export function useConnections() {
  return useQuery({
    queryKey: keys.connections,
    queryFn: ({ signal }) =>
      unwrap(api().GET("/broker-connections", { params: { query: { limit: 200 } }, signal })),
  });
}

export function useCreateConnection() {
  return useCreation(
    (body: Schemas["NewConnection"], header) =>
      unwrap(api().POST("/broker-connections", { body, params: { header } })),
    keys.connections,
    keys.onboarding,
  );
}

export function useChangeConnection() {
  return useChange(
    ({ id, ...body }: { id: string } & Schemas["ConnectionChange"]) =>
      unwrap(api().PATCH("/broker-connections/{id}", { params: { path: { id } }, body })),
    keys.connections,
    keys.account,
  );
}

export function useDeleteConnection() {
  return useChange(
    (id: string) => unwrap(api().DELETE("/broker-connections/{id}", { params: { path: { id } } })),
    keys.connections,
    keys.account,
    keys.agents.all,
    keys.onboarding,
  );
}
