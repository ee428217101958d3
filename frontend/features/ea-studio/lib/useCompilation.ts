import { useEffect, useRef, useState } from "react";
import { useCompile, type VersionSummary } from "@/lib/api/queries/ea";
import { useJob, type Job } from "@/lib/api/queries/trading";
import { useEaStore } from "@/lib/stores/eaStore";
import { messagesOfOutput, messagesOfText, type CompilerMessage } from "./compilerMessages";

interface Started {
  /** What was in the editor. */
  fromId: string;
  isDraft: boolean;
  /** What the compiler was given: a copy of it that will not change. */
  versionId: string;
  versionNumber: number;
  jobId: string;
}

export interface CompilationResult extends Started {
  isOk: boolean;
  messages: readonly CompilerMessage[];
  /** What went wrong besides the program. */
  reason: string | null;
}

function resultOf(started: Started, job: Job): CompilationResult | null {
  if (job.status === "pending" || job.status === "running") return null;
  const messages = messagesOfOutput(job.output);
  const isOk = job.status === "completed";
  const reason = isOk
    ? null
    : (job.error_message ??
      (job.status === "cancelled" ? "No agent took it in time. Is one online?" : "The compiler refused it."));
  return { ...started, isOk, messages, reason };
}

/** A compile job from its order to its result; what is compiled cannot be edited meanwhile, so that places stay right. */
export function useCompilation(onResult: (result: CompilationResult) => void) {
  const compile = useCompile();
  const [started, setStarted] = useState<Started | null>(null);
  const [result, setResult] = useState<CompilationResult | null>(null);
  const job = useJob(started?.jobId ?? null);

  const onResultNow = useRef(onResult);
  useEffect(() => {
    onResultNow.current = onResult;
  }, [onResult]);

  useEffect(() => {
    const over = started && job.data?.id === started.jobId ? resultOf(started, job.data) : null;
    if (!over) return;
    // eslint-disable-next-line react-hooks/set-state-in-effect -- the end of a job is an event, seen once
    setResult(over);
    setStarted(null);
    const { activeVersionId, unlock } = useEaStore.getState();
    if (over.isDraft && activeVersionId === over.fromId) unlock();
    onResultNow.current(over);
  }, [job.data, started]);

  const start = async (from: VersionSummary) => {
    setResult(null);
    const wasDraft = from.status === "draft";
    if (wasDraft) useEaStore.getState().lock();
    try {
      const { version, job: made } = await compile.mutateAsync(from.id);
      setStarted({
        fromId: from.id,
        isDraft: wasDraft,
        versionId: version.id,
        versionNumber: version.version_number,
        jobId: made.id,
      });
    } catch (error) {
      if (wasDraft) useEaStore.getState().unlock();
      throw error;
    }
  };

  return {
    isRunning: compile.isPending || started !== null,
    phase: job.data?.status === "running" ? "The agent compiles it" : "Waiting for the agent",
    started,
    result,
    start,
    clear: () => setResult(null),
  };
}

/** A failed version's own errors, for one that was compiled earlier. */
export function messagesOfVersion(version: VersionSummary | undefined): CompilerMessage[] {
  return version?.status === "failed" ? messagesOfText(version.compilation_error) : [];
}
