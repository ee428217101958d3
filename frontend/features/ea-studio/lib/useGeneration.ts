import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import type { Schemas } from "@/lib/api/client";
import { keys } from "@/lib/api/keys";
import { ApiProblem } from "@/lib/api/problem";
import { cancelGeneration, generate, type Version } from "@/lib/api/queries/ea";
import { useEaStore } from "@/lib/stores/eaStore";
import { findingsOf, type Finding } from "./findings";

export interface GenerationRequest {
  projectId: string;
  body: Schemas["Request"];
}

export type GenerationState =
  | { phase: "idle" }
  | { phase: "running"; startedAt: number }
  | { phase: "stopped" }
  | { phase: "failed"; problem: ApiProblem; findings: readonly Finding[]; request: GenerationRequest };

interface Ends {
  onVersion: (version: Version, projectId: string) => void;
  onFailure: (problem: ApiProblem, request: GenerationRequest) => void;
}

/** One program at a time: its words go into the store as they come, once per frame however many came. */
export function useGeneration({ onVersion, onFailure }: Ends) {
  const queryClient = useQueryClient();
  const [state, setState] = useState<GenerationState>({ phase: "idle" });
  const running = useRef<{ abort: AbortController; projectId: string } | null>(null);
  const ends = useRef({ onVersion, onFailure });
  useEffect(() => {
    ends.current = { onVersion, onFailure };
  }, [onVersion, onFailure]);

  const start = useCallback(
    async (request: GenerationRequest) => {
      if (running.current) return;
      const own = { abort: new AbortController(), projectId: request.projectId };
      running.current = own;
      const store = useEaStore.getState();
      store.startStream();
      setState({ phase: "running", startedAt: Date.now() });
      let waiting = "";
      let frame = 0;
      const flush = () => {
        frame = 0;
        if (running.current === own) store.appendStream(waiting);
        waiting = "";
      };
      try {
        for await (const event of generate(request.projectId, request.body, own.abort.signal)) {
          if (event.type === "token") {
            waiting += event.text;
            frame ||= requestAnimationFrame(flush);
            continue;
          }
          setState({ phase: "idle" });
          ends.current.onVersion(event.version, request.projectId);
        }
      } catch (error) {
        if (own.abort.signal.aborted) return;
        const problem = error instanceof ApiProblem ? error : ApiProblem.unreachable(error);
        if (problem.code === "cancelled") {
          setState({ phase: "stopped" });
          return;
        }
        setState({ phase: "failed", problem, findings: findingsOf(problem.body), request });
        ends.current.onFailure(problem, request);
      } finally {
        cancelAnimationFrame(frame);
        if (waiting !== "") flush();
        if (running.current === own) running.current = null;
        void queryClient.invalidateQueries({ queryKey: keys.projects.all });
      }
    },
    [queryClient],
  );

  const stop = useCallback(() => {
    const own = running.current;
    if (!own) return;
    own.abort.abort();
    running.current = null;
    setState({ phase: "stopped" });
    // The server does not see that nobody reads any more. Should this fail, it ends when the program is written.
    cancelGeneration(own.projectId).catch(() => undefined);
  }, []);

  useEffect(() => stop, [stop]);

  const dismiss = useCallback(() => setState({ phase: "idle" }), []);
  return { state, start, stop, dismiss };
}
