"use client";

import {
  CodeIcon,
  GitCompareIcon,
  HammerIcon,
  LockIcon,
  PencilIcon,
  PlayIcon,
  SparklesIcon,
} from "lucide-react";
import dynamic from "next/dynamic";
import { EmptyState, ErrorState } from "@/components/data/states";
import { StatusBadge } from "@/components/data/StatusBadge";
import { Button } from "@/components/ui/button";
import { NativeSelect } from "@/components/ui/input";
import { Skeleton } from "@/components/ui/skeleton";
import { cn } from "@/lib/cn";
import type { VersionSummary } from "@/lib/api/queries/ea";
import { useEaStore } from "@/lib/stores/eaStore";
import type { CompilerMessage } from "../lib/compilerMessages";
import type { useAutoSave } from "../lib/useAutoSave";
import type { CompilationResult, useCompilation } from "../lib/useCompilation";

const CodeEditor = dynamic(() => import("../monaco/CodeEditor").then((module) => module.CodeEditor), {
  ssr: false,
  loading: () => <EditorSkeleton />,
});

const STATUS_WORDS = {
  draft: "draft",
  compiling: "compiling",
  compiled: "compiled",
  failed: "failed",
} as const;

export interface EditorPanelProps {
  versions: readonly VersionSummary[];
  summary: VersionSummary | undefined;
  shownId: string | null;
  isLoading: boolean;
  loadError: Error | null;
  onReload: () => void;
  /** The text is what a generation has written so far, of which nothing is saved. */
  isStreamShown: boolean;
  isStreaming: boolean;
  save: ReturnType<typeof useAutoSave>;
  compilation: ReturnType<typeof useCompilation>;
  result: CompilationResult | null;
  messages: readonly CompilerMessage[];
  jumpTo: { line: number; column: number } | null;
  isMakingDraft: boolean;
  onVersion: (id: string) => void;
  onCompile: (from: VersionSummary) => void;
  onEditAsDraft: () => void;
  onErrors: () => void;
  onFix: (() => void) | null;
  onCompare: () => void;
  onDeploy: (versionId: string) => void;
}

export function EditorPanel(props: EditorPanelProps) {
  const { summary, shownId, isStreamShown, isStreaming, messages, jumpTo } = props;
  const content = useEaStore((state) => state.editorContent);
  const lockState = useEaStore((state) => state.lockState);
  const activeVersionId = useEaStore((state) => state.activeVersionId);
  const edit = useEaStore((state) => state.edit);
  const isNothing = shownId === null && !isStreamShown;
  return (
    <section aria-label="Editor" className="flex min-w-0 flex-col rounded-lg border bg-surface">
      <Toolbar {...props} />
      <ResultStrip {...props} />
      <div className="relative h-[max(24rem,calc(100dvh-18rem))] min-w-0 overflow-hidden rounded-b-lg border-t">
        {isNothing ? (
          <EmptyState title="Nothing is written yet">
            Describe what it is to do and press Generate.
          </EmptyState>
        ) : props.loadError && !isStreamShown ? (
          <ErrorState
            title="The version could not be loaded"
            missing="There is no such version"
            error={props.loadError}
            onRetry={props.onReload}
          />
        ) : props.isLoading && !isStreamShown && activeVersionId === null && content === "" ? (
          <EditorSkeleton />
        ) : (
          <CodeEditor
            documentId={activeVersionId ?? "stream"}
            value={content}
            isReadOnly={lockState === "locked"}
            readOnlyReason={
              isStreaming
                ? "It is being written."
                : summary?.status === "draft"
                  ? "It is being compiled."
                  : "This version is kept as it is. Press “Edit as new draft” to change a copy."
            }
            isFollowing={isStreaming}
            messages={messages}
            jumpTo={jumpTo}
            onChange={edit}
          />
        )}
      </div>
    </section>
  );
}

function Toolbar(props: EditorPanelProps) {
  const { versions, summary, shownId, isStreamShown, isStreaming, compilation } = props;
  const activeVersionId = useEaStore((state) => state.activeVersionId);
  const isReady = !isStreamShown && summary !== undefined && activeVersionId === shownId;
  const isLocked = summary !== undefined && summary.status !== "draft";
  const compiledId =
    summary?.status === "compiled" ? summary.id : props.result?.isOk ? props.result.versionId : null;
  return (
    <div role="toolbar" aria-label="Version" className="flex min-h-12 flex-wrap items-center gap-2 px-3 py-2">
      <NativeSelect
        aria-label="Version"
        className="w-44"
        value={isStreamShown ? "" : (shownId ?? "")}
        disabled={isStreaming || versions.length === 0}
        onChange={(event) => event.target.value !== "" && props.onVersion(event.target.value)}
      >
        {(isStreamShown || versions.length === 0) && (
          <option value="">
            {isStreaming ? "Being written…" : isStreamShown ? "Not saved" : "No version"}
          </option>
        )}
        {versions.map(({ id, version_number, status }) => (
          <option key={id} value={id}>
            Version {version_number} ({STATUS_WORDS[status]})
          </option>
        ))}
      </NativeSelect>
      {isReady && <StatusBadge status={summary.status} />}
      {isReady && isLocked && (
        <span className="inline-flex items-center gap-1 text-xs text-muted">
          <LockIcon className="size-3" aria-hidden /> Read-only
        </span>
      )}
      {isReady && !isLocked && <SaveState save={props.save} />}
      <span className="flex-1" />
      <Button
        variant="ghost"
        disabled={!isReady || versions.length < 2}
        onClick={props.onCompare}
        title="What changed between two versions"
      >
        <GitCompareIcon aria-hidden /> Compare
      </Button>
      {isReady && isLocked && (
        <Button isBusy={props.isMakingDraft} onClick={props.onEditAsDraft}>
          <PencilIcon aria-hidden /> Edit as new draft
        </Button>
      )}
      {compiledId && isReady && (
        <Button onClick={() => props.onDeploy(compiledId)}>
          <PlayIcon aria-hidden /> Deploy
        </Button>
      )}
      {summary?.status !== "compiled" && (
        <Button
          variant="primary"
          className="min-w-28"
          disabled={!isReady || summary.status === "compiling"}
          isBusy={compilation.isRunning}
          onClick={() => summary && props.onCompile(summary)}
        >
          <HammerIcon aria-hidden /> Compile
        </Button>
      )}
    </div>
  );
}

function SaveState({ save: { isSaving, failure, conflict, flush } }: Pick<EditorPanelProps, "save">) {
  const isDirty = useEaStore((state) => state.isDirty);
  if (failure && isDirty && !isSaving && !conflict)
    return (
      <span role="alert" className="inline-flex items-center gap-2 text-xs text-loss" title={failure.detail}>
        Not saved
        <Button size="sm" onClick={() => void flush()}>
          Save again
        </Button>
      </span>
    );
  return (
    <span role="status" className="inline-block w-28 text-xs text-muted">
      {conflict ? "Changed elsewhere" : isSaving ? "Saving…" : isDirty ? "Unsaved changes" : "Saved"}
    </span>
  );
}

/** How compiling goes, and how it went. */
function ResultStrip(props: EditorPanelProps) {
  const { compilation, result, summary, messages, isStreamShown } = props;
  if (compilation.isRunning)
    return (
      <Strip tone="info">
        <span role="status">
          {compilation.started ? `Version ${compilation.started.versionNumber}: ` : ""}
          {compilation.phase}…
        </span>
      </Strip>
    );
  if (isStreamShown) return null;
  if (result?.isOk && summary?.id === result.fromId && summary.id !== result.versionId)
    return (
      <Strip tone="good">
        <span>
          Compiled as version {result.versionNumber}
          {messages.length > 0 && `, with ${messages.length} warning${messages.length === 1 ? "" : "s"}`}
        </span>
        <span className="flex-1" />
        <Button size="sm" onClick={() => props.onVersion(result.versionId)}>
          <CodeIcon aria-hidden /> Open it
        </Button>
      </Strip>
    );
  const isFailed = (result !== null && !result.isOk) || (result === null && summary?.status === "failed");
  if (!isFailed) return null;
  return (
    <Strip tone="bad">
      <span>
        {messages.length > 0
          ? `${messages.length} message${messages.length === 1 ? "" : "s"} of the compiler`
          : (result?.reason ?? summary?.compilation_error ?? "It did not compile")}
      </span>
      <span className="flex-1" />
      {messages.length > 0 && (
        <Button size="sm" onClick={props.onErrors}>
          Show errors
        </Button>
      )}
      {props.onFix && (
        <Button size="sm" variant="primary" onClick={props.onFix}>
          <SparklesIcon aria-hidden /> Fix with AI
        </Button>
      )}
    </Strip>
  );
}

const TONES = {
  info: "bg-accent-soft text-accent",
  good: "bg-profit-soft text-profit",
  bad: "bg-loss-soft text-loss",
} as const;

function Strip({ tone, children }: { tone: keyof typeof TONES; children: React.ReactNode }) {
  return (
    <div className={cn("flex min-h-10 flex-wrap items-center gap-2 border-t px-3 py-1 text-sm", TONES[tone])}>
      {children}
    </div>
  );
}

function EditorSkeleton() {
  return (
    <div className="grid content-start gap-2 p-4" aria-busy>
      {["w-2/5", "w-3/5", "w-1/3", "w-1/2", "w-2/5", "w-3/4"].map((width, index) => (
        <Skeleton key={index} className={cn("h-3.5", width)} />
      ))}
    </div>
  );
}
