import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import { keys } from "@/lib/api/keys";
import { ApiProblem } from "@/lib/api/problem";
import { readVersion, saveDraft, type Version } from "@/lib/api/queries/ea";
import { useEaStore } from "@/lib/stores/eaStore";

export const AUTO_SAVE_MS = 800;

export interface Conflict {
  theirs: Version;
  etag: string | null;
}

/** Saves the draft a moment after the last key, one save at a time. A conflict stops it until somebody decides. */
export function useAutoSave() {
  const queryClient = useQueryClient();
  const content = useEaStore((state) => state.editorContent);
  const isDirty = useEaStore((state) => state.isDirty);
  const [isSaving, setSaving] = useState(false);
  const [failure, setFailure] = useState<ApiProblem | null>(null);
  const [conflict, setConflict] = useState<Conflict | null>(null);
  const pending = useRef<Promise<boolean> | null>(null);

  const save = useCallback(async (): Promise<boolean> => {
    const { activeVersionId: id, editorContent: source_code, etag, isDirty, saved } = useEaStore.getState();
    if (id === null || !isDirty) return true;
    setSaving(true);
    try {
      const answer = await saveDraft(id, etag ?? "*", { source_code });
      queryClient.setQueryData(keys.versions.one(id), answer);
      saved(id, source_code, answer.etag);
      setFailure(null);
      return true;
    } catch (error) {
      const problem = error instanceof ApiProblem ? error : ApiProblem.unreachable(error);
      setFailure(problem);
      if (problem.status === 412) {
        // The refusal holds their text but not its tag, without which it could not be overwritten knowingly.
        const theirs = await readVersion(id).catch(() => null);
        if (theirs) setConflict({ theirs: theirs.data, etag: theirs.etag });
      }
      return false;
    } finally {
      setSaving(false);
    }
  }, [queryClient]);

  /** Resolves with whether everything that was typed until now is saved. */
  const flush = useCallback(async (): Promise<boolean> => {
    while (pending.current) await pending.current;
    pending.current = save().finally(() => {
      pending.current = null;
    });
    return pending.current;
  }, [save]);

  useEffect(() => {
    if (!isDirty || conflict) return;
    const timer = setTimeout(() => void flush(), AUTO_SAVE_MS);
    return () => clearTimeout(timer);
  }, [content, isDirty, conflict, flush]);

  const takeTheirs = useCallback(() => {
    if (!conflict) return;
    const { id, source_code, status } = conflict.theirs;
    queryClient.setQueryData(keys.versions.one(id), { data: conflict.theirs, etag: conflict.etag });
    useEaStore
      .getState()
      .openVersion({ id, source: source_code, isDraft: status === "draft", etag: conflict.etag });
    setConflict(null);
    setFailure(null);
  }, [conflict, queryClient]);

  const overwrite = useCallback(async () => {
    if (!conflict) return;
    useEaStore.setState({ etag: conflict.etag });
    setConflict(null);
    await flush();
  }, [conflict, flush]);

  return { isSaving, failure, conflict, flush, takeTheirs, overwrite };
}
