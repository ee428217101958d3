import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { api, unwrap, type Schemas } from "../client";
import { keys } from "../keys";
import { useChange, useCreation } from "../mutation";
import { POLL_MS } from "../polling";

export type Deployment = Schemas["Deployment"];
export interface DeploymentFilter {
  status?: Schemas["DeploymentStatus"];
  mt5_agent_id?: string;
}

export function useDeployments(filter: DeploymentFilter = {}) {
  return useQuery({
    queryKey: keys.deployments.list(filter),
    queryFn: ({ signal }) =>
      unwrap(api().GET("/deployments", { params: { query: { ...filter, limit: 200 } }, signal })),
    refetchInterval: POLL_MS.deployments,
    placeholderData: keepPreviousData,
  });
}

export function useDeployment(id: string) {
  return useQuery({
    queryKey: keys.deployments.one(id),
    queryFn: ({ signal }) => unwrap(api().GET("/deployments/{id}", { params: { path: { id } }, signal })),
    refetchInterval: POLL_MS.deployments,
  });
}

export function useDeploy() {
  return useCreation(
    (body: Schemas["NewDeployment"], header) =>
      unwrap(api().POST("/deployments", { body, params: { header } })),
    keys.deployments.all,
  );
}

export function useRunDeployment() {
  return useChange(
    (id: string) => unwrap(api().POST("/deployments/{id}/run", { params: { path: { id } } })),
    keys.deployments.all,
  );
}

export function useStopDeployment() {
  return useChange(
    (id: string) => unwrap(api().POST("/deployments/{id}/stop", { params: { path: { id } } })),
    keys.deployments.all,
  );
}

export function useDeleteDeployment() {
  return useChange(
    (id: string) => unwrap(api().DELETE("/deployments/{id}", { params: { path: { id } } })),
    keys.deployments.all,
  );
}
