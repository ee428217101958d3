"use client";

import { useCallback, useEffect, useMemo, useState } from "react";
import { DeployDialog } from "@/components/ea/DeployDialog";
import { ErrorState } from "@/components/data/states";
import { toast, toastError } from "@/components/ui/toaster";
import {
  useCreateProject,
  useCreateVersion,
  useProject,
  useProjects,
  useVersion,
  useVersions,
  type VersionSummary,
} from "@/lib/api/queries/ea";
import { useUnsavedGuard } from "@/lib/hooks/useUnsavedGuard";
import { useEaStore } from "@/lib/stores/eaStore";
import { forTheModel, type CompilerMessage } from "../lib/compilerMessages";
import { SKELETON } from "../lib/skeleton";
import { useAutoSave } from "../lib/useAutoSave";
import { useBackGuard } from "../lib/useBackGuard";
import { messagesOfVersion, useCompilation } from "../lib/useCompilation";
import { useGeneration, type GenerationRequest } from "../lib/useGeneration";
import { CompileDialog } from "./CompileDialog";
import { ConflictDialog } from "./ConflictDialog";
import { DiffDialog } from "./DiffDialog";
import { EditorPanel } from "./EditorPanel";
import { GeneratePanel, type Description } from "./GeneratePanel";

interface StudioProps {
  projectParam: string;
  versionParam: string;
  onGo: (projectId: string, versionId: string) => void;
}

const NO_MESSAGES: readonly CompilerMessage[] = [];

export function Studio({ projectParam, versionParam, onGo }: StudioProps) {
  const projects = useProjects();
  const projectId =
    projectParam === "new"
      ? null
      : projectParam !== ""
        ? projectParam
        : (projects.data?.items[0]?.id ?? null);
  const project = useProject(projectId);
  const versions = useVersions(projectId);
  const list = versions.data?.items ?? [];
  const shownId =
    projectId === null ? null : versionParam || project.data?.current_version_id || list[0]?.id || null;
  const version = useVersion(shownId);
  const summary = list.find(({ id }) => id === shownId) ?? version.data?.data;

  const openVersion = useEaStore((state) => state.openVersion);
  const activeVersionId = useEaStore((state) => state.activeVersionId);
  const isDirty = useEaStore((state) => state.isDirty);

  const createProject = useCreateProject();
  const createVersion = useCreateVersion();
  const [jumpTo, setJumpTo] = useState<{ line: number; column: number } | null>(null);
  const [dialog, setDialog] = useState<"errors" | "diff" | "deploy" | null>(null);
  const [deployVersion, setDeployVersion] = useState<string | null>(null);
  const save = useAutoSave();

  const generation = useGeneration({
    onVersion: (made, ofProject) => {
      toast.success(`Version ${made.version_number} is written`);
      onGo(ofProject, made.id);
    },
    onFailure: (problem, request) => {
      // A limit that is used up does not pass by trying again.
      const mayRetry = problem.code !== "generation_limit" && problem.isTransient;
      toastError("Nothing was generated", problem, mayRetry ? () => void retry(request) : undefined);
    },
  });
  const retry = (request: GenerationRequest) => generation.start(request);
  const isStreaming = generation.state.phase === "running";
  const isStreamShown = generation.state.phase !== "idle";

  const compilation = useCompilation((result) => {
    if (result.isOk) toast.success(`Version ${result.versionNumber} is compiled`);
    else setDialog("errors");
  });

  useUnsavedGuard(isDirty || isStreaming);
  useBackGuard(isDirty || isStreaming);

  // What is typed stays until it is saved, also when the address changes by the browser's buttons.
  useEffect(() => {
    if (!isDirty && !isStreaming) useEaStore.getState().openProject(projectId);
  }, [projectId, isDirty, isStreaming]);

  const loaded = version.data;
  useEffect(() => {
    if (isStreamShown || !loaded || loaded.data.id !== shownId) return;
    if (isDirty || activeVersionId === shownId) return;
    openVersion({
      id: loaded.data.id,
      source: loaded.data.source_code,
      isDraft: loaded.data.status === "draft",
      etag: loaded.etag,
    });
  }, [loaded, shownId, activeVersionId, isStreamShown, isDirty, openVersion]);

  /** Elsewhere only with what was typed here saved. */
  const go = useCallback(
    async (nextProject: string, nextVersion: string) => {
      if (!(await save.flush())) {
        toast.error("The draft could not be saved, so it stays open");
        return;
      }
      generation.dismiss();
      onGo(nextProject, nextVersion);
    },
    [save, generation, onGo],
  );

  const generateFrom = async ({ name, text, isBasedOnShown }: Description) => {
    if (!(await save.flush())) return;
    let ofProject = projectId;
    if (ofProject === null) {
      const made = await createProject
        .mutateAsync({ name, description: text.length <= 2_000 ? text : null })
        .catch(() => null);
      if (!made) return;
      ofProject = made.id;
      useEaStore.getState().openProject(made.id);
      onGo(made.id, "");
    }
    const base = isBasedOnShown ? shownId : null;
    await generation.start({
      projectId: ofProject,
      body: { description: text, ...(base ? { based_on_version_id: base } : {}) },
    });
  };

  const startBlank = async (name: string) => {
    const made = await createProject.mutateAsync({ name, source_code: SKELETON }).catch(() => null);
    if (made) onGo(made.id, "");
  };

  const isResultShown =
    compilation.result !== null &&
    (compilation.result.fromId === shownId || compilation.result.versionId === shownId);
  const result = isResultShown ? compilation.result : null;
  const messages = useMemo(() => {
    if (isStreamShown) return NO_MESSAGES;
    return result ? result.messages : messagesOfVersion(summary);
  }, [isStreamShown, result, summary]);

  /** The version whose errors are shown: the compiled copy of a draft, or the one that is open. */
  const failedId =
    result && !result.isOk ? result.versionId : summary?.status === "failed" ? summary.id : null;

  const fixWithAi = async () => {
    if (!failedId || !projectId || !(await save.flush())) return;
    setDialog(null);
    compilation.clear();
    await generation.start({
      projectId,
      body: {
        description: project.data?.description || `Keep what ${project.data?.name ?? "it"} does.`,
        based_on_version_id: failedId,
        compiler_errors: forTheModel(messages),
      },
    });
  };

  const compile = async (from: VersionSummary) => {
    if (!(await save.flush())) return;
    await compilation.start(from).catch((error: unknown) => toastError("It could not be compiled", error));
  };

  const editAsDraft = async () => {
    if (!projectId) return;
    const source_code = useEaStore.getState().editorContent;
    try {
      const made = await createVersion.mutateAsync({ projectId, source_code });
      onGo(projectId, made.id);
      toast.success(`Version ${made.version_number} is a draft of its own`);
    } catch (error) {
      toastError("No draft was made", error);
    }
  };

  if (project.error && !project.data)
    return (
      <div className="rounded-lg border bg-surface">
        <ErrorState
          title="The project could not be loaded"
          missing="There is no such project"
          error={project.error}
          onRetry={() => void project.refetch()}
        />
      </div>
    );

  return (
    <div className="grid gap-4 xl:grid-cols-[22rem_minmax(0,1fr)]">
      <GeneratePanel
        key={projectId ?? "new"}
        projects={projects}
        project={project.data}
        projectId={projectId}
        shownVersion={summary?.version_number ?? null}
        generation={generation.state}
        createProblem={createProject.error}
        isCreating={createProject.isPending}
        onProject={(id) => void go(id, "")}
        onGenerate={(description) => void generateFrom(description)}
        onBlank={(name) => void startBlank(name)}
        onStop={generation.stop}
        onRetry={(request) => void generation.start(request)}
        onDismiss={generation.dismiss}
      />
      <EditorPanel
        versions={list}
        summary={summary}
        shownId={shownId}
        isLoading={shownId !== null && version.isPending}
        loadError={version.data ? null : version.error}
        onReload={() => void version.refetch()}
        isStreamShown={isStreamShown}
        isStreaming={isStreaming}
        save={save}
        compilation={compilation}
        result={result}
        messages={messages}
        jumpTo={jumpTo}
        isMakingDraft={createVersion.isPending}
        onVersion={(id) => projectId && void go(projectId, id)}
        onCompile={(from) => void compile(from)}
        onEditAsDraft={() => void editAsDraft()}
        onErrors={() => setDialog("errors")}
        onFix={failedId && messages.length > 0 ? () => void fixWithAi() : null}
        onCompare={() => setDialog("diff")}
        onDeploy={(id) => {
          setDeployVersion(id);
          setDialog("deploy");
        }}
      />
      <CompileDialog
        open={dialog === "errors"}
        onOpenChange={(open) => setDialog(open ? "errors" : null)}
        versionNumber={result?.versionNumber ?? summary?.version_number ?? 0}
        reason={result?.reason ?? null}
        messages={messages}
        onJump={(message) => {
          setDialog(null);
          setJumpTo({ line: message.line, column: message.column });
        }}
        onFix={failedId && messages.length > 0 ? () => void fixWithAi() : null}
      />
      {dialog === "diff" && shownId && (
        <DiffDialog versions={list} shownId={shownId} onClose={() => setDialog(null)} />
      )}
      {save.conflict && (
        <ConflictDialog
          conflict={save.conflict}
          onTakeTheirs={save.takeTheirs}
          onOverwrite={() => void save.overwrite()}
        />
      )}
      <DeployDialog
        open={dialog === "deploy"}
        onOpenChange={(open) => setDialog(open ? "deploy" : null)}
        projectId={projectId}
        versionId={deployVersion}
      />
    </div>
  );
}
