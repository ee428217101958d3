import { useQuery } from "@tanstack/react-query";
import { api, streamRequest, unwrap, unwrapTagged, type Schemas } from "../client";
import { keys } from "../keys";
import { useChange, useCreation } from "../mutation";
import { ApiProblem } from "../problem";
import { readEvents } from "../sse";

export type Project = Schemas["Project"];
export type Version = Schemas["Version"];
export type VersionSummary = Schemas["VersionSummary"];

export function useProjects() {
  return useQuery({
    queryKey: keys.projects.list,
    queryFn: ({ signal }) => unwrap(api().GET("/ea/projects", { params: { query: { limit: 200 } }, signal })),
  });
}

export function useProject(id: string | null) {
  return useQuery({
    queryKey: keys.projects.one(id ?? ""),
    queryFn: ({ signal }) =>
      unwrap(api().GET("/ea/projects/{id}", { params: { path: { id: id ?? "" } }, signal })),
    enabled: id !== null,
  });
}

export function useCreateProject() {
  return useCreation(
    (body: Schemas["NewProject"], header) => unwrap(api().POST("/ea/projects", { body, params: { header } })),
    keys.projects.all,
  );
}

export function useChangeProject() {
  return useChange(
    ({ id, ...body }: { id: string } & Schemas["ProjectChange"]) =>
      unwrap(api().PATCH("/ea/projects/{id}", { params: { path: { id } }, body })),
    keys.projects.all,
  );
}

export function useDeleteProject() {
  return useChange(
    (id: string) => unwrap(api().DELETE("/ea/projects/{id}", { params: { path: { id } } })),
    keys.projects.all,
    keys.deployments.all,
  );
}

export function useVersions(projectId: string | null) {
  return useQuery({
    queryKey: keys.projects.versions(projectId ?? ""),
    queryFn: ({ signal }) =>
      unwrap(
        api().GET("/ea/projects/{id}/versions", {
          params: { path: { id: projectId ?? "" }, query: { limit: 200 } },
          signal,
        }),
      ),
    enabled: projectId !== null,
  });
}

/** With the ETag that the next save of it is to send. */
export function useVersion(id: string | null) {
  return useQuery({
    queryKey: keys.versions.one(id ?? ""),
    queryFn: ({ signal }) => readVersion(id ?? "", signal),
    enabled: id !== null,
  });
}

export function readVersion(id: string, signal?: AbortSignal) {
  return unwrapTagged(api().GET("/ea/versions/{id}", { params: { path: { id } }, signal }));
}

export function useCreateVersion() {
  return useCreation(
    ({ projectId, ...body }: { projectId: string } & Schemas["NewVersion"], header) =>
      unwrap(api().POST("/ea/projects/{id}/versions", { params: { path: { id: projectId }, header }, body })),
    keys.projects.all,
  );
}

/** Saves a draft. 412 when somebody saved in between: its problem's `body.current` is their version. */
export function saveDraft(id: string, etag: string, body: Schemas["VersionChange"]) {
  return unwrapTagged(
    api().PATCH("/ea/versions/{id}", { params: { path: { id }, header: { "If-Match": etag } }, body }),
  );
}

export function useSaveDraft() {
  return useChange(({ id, etag, ...body }: { id: string; etag: string } & Schemas["VersionChange"]) =>
    saveDraft(id, etag, body),
  );
}

/** Makes a version that will not change any more, and the job that compiles it: follow that with useJob. */
export function useCompile() {
  return useCreation(
    (versionId: string, header) =>
      unwrap(api().POST("/ea/versions/{id}/compile", { params: { path: { id: versionId }, header } })),
    keys.projects.all,
  );
}

/** A signed address, good for a short while. */
export function useArtifactUrl() {
  return useChange((id: string) =>
    unwrap(api().GET("/ea/artifacts/{id}/download", { params: { path: { id } } })),
  );
}

export type GenerationEvent = { type: "token"; text: string } | { type: "version"; version: Version };

/**
 * A program as it is written: tokens, and at the end its version. Throws an ApiProblem, also in midstream; then nothing was
 * saved. Whoever stops reading calls cancelGeneration.
 */
export async function* generate(
  projectId: string,
  body: Schemas["Request"],
  signal: AbortSignal,
): AsyncGenerator<GenerationEvent> {
  const answer = await streamRequest(`/ea/projects/${encodeURIComponent(projectId)}/generate`, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "text/event-stream" },
    body: JSON.stringify(body),
    signal,
  });
  if (!answer.ok || !answer.body) {
    throw ApiProblem.from(answer.status, await answer.json().catch(() => undefined));
  }
  for await (const { event, data } of readEvents(answer.body)) {
    if (event === "token") yield { type: "token", text: (JSON.parse(data) as { text: string }).text };
    else if (event === "version") {
      yield { type: "version", version: JSON.parse(data) as Version };
      return;
    } else if (event === "error") throw ApiProblem.from(503, JSON.parse(data));
  }
  throw ApiProblem.unreachable(new Error("the stream ended before its version"));
}

export function cancelGeneration(projectId: string) {
  return unwrap(api().POST("/ea/projects/{id}/generate/cancel", { params: { path: { id: projectId } } }));
}
