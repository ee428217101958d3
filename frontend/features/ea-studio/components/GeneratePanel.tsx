"use client";

import type { UseQueryResult } from "@tanstack/react-query";
import { RotateCwIcon, SparklesIcon, SquareIcon } from "lucide-react";
import { useState, type FormEvent } from "react";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Field } from "@/components/ui/field";
import { Input, NativeSelect, Textarea } from "@/components/ui/input";
import type { Schemas } from "@/lib/api/client";
import type { ApiProblem } from "@/lib/api/problem";
import type { Project } from "@/lib/api/queries/ea";
import { formatDateTime } from "@/lib/format/time";
import { useNow } from "@/lib/hooks/useNow";
import { useEaStore } from "@/lib/stores/eaStore";
import { withLocalTimes } from "../lib/findings";
import type { GenerationRequest, GenerationState } from "../lib/useGeneration";

export interface Description {
  name: string;
  text: string;
  isBasedOnShown: boolean;
}

interface GeneratePanelProps {
  projects: UseQueryResult<Schemas["Page_Project"], Error>;
  project: Project | undefined;
  projectId: string | null;
  shownVersion: number | null;
  generation: GenerationState;
  createProblem: ApiProblem | null;
  isCreating: boolean;
  onProject: (id: string) => void;
  onGenerate: (description: Description) => void;
  onBlank: (name: string) => void;
  onStop: () => void;
  onRetry: (request: GenerationRequest) => void;
  onDismiss: () => void;
}

const EXAMPLE =
  "Buy EURUSD on H1 when EMA 12 crosses above EMA 26, sell when it crosses below. Stop at 2 ATR, target 1.5 times the stop, 1 % risk.";
const MOST_CHARS = 20_000;

export function GeneratePanel(props: GeneratePanelProps) {
  const { projects, project, projectId, shownVersion, generation, createProblem } = props;
  const isNew = projectId === null;
  const [name, setName] = useState("");
  const [typed, setTyped] = useState<string | null>(null);
  const [isBasedOnShown, setBasedOnShown] = useState(false);
  const [isChecked, setChecked] = useState(false);
  const text = typed ?? project?.description ?? "";
  const isRunning = generation.phase === "running";
  const refused = createProblem?.fieldErrors ?? {};
  const isNamed = !isNew || name.trim() !== "";

  const submit = (event: FormEvent) => {
    event.preventDefault();
    setChecked(true);
    if (isRunning || text.trim() === "" || !isNamed) return;
    props.onGenerate({ name: name.trim(), text, isBasedOnShown: isBasedOnShown && shownVersion !== null });
  };

  return (
    <Card title="Describe it" className="self-start">
      <form onSubmit={submit} noValidate className="grid gap-3">
        <Field
          label="Project"
          hint={projects.error && !projects.data ? "The list could not be loaded." : undefined}
        >
          {(control) => (
            <NativeSelect
              {...control}
              value={projectId ?? "new"}
              disabled={isRunning || projects.isPending}
              onChange={(event) => props.onProject(event.target.value)}
            >
              <option value="new">New project…</option>
              {projects.data?.items.map((each) => (
                <option key={each.id} value={each.id}>
                  {each.name}
                </option>
              ))}
            </NativeSelect>
          )}
        </Field>
        {isNew && (
          <Field label="Name" error={refused.name ?? (isChecked && !isNamed ? "Give it a name" : undefined)}>
            {(control) => (
              <Input
                {...control}
                value={name}
                maxLength={80}
                placeholder="Trend rider"
                onChange={(event) => setName(event.target.value)}
              />
            )}
          </Field>
        )}
        <Field
          label="What it is to do"
          hint="In plain words: when it buys and sells, stops, targets, risk, hours."
          error={refused.description ?? (isChecked && text.trim() === "" ? "Describe it first" : undefined)}
        >
          {(control) => (
            <Textarea
              {...control}
              className="min-h-40"
              value={text}
              maxLength={MOST_CHARS}
              placeholder={EXAMPLE}
              onChange={(event) => setTyped(event.target.value)}
            />
          )}
        </Field>
        {shownVersion !== null && (
          <label className="flex items-start gap-2 text-sm">
            <input
              type="checkbox"
              className="mt-1 accent-accent"
              checked={isBasedOnShown}
              onChange={(event) => setBasedOnShown(event.target.checked)}
            />
            Change version {shownVersion} instead of writing anew
          </label>
        )}
        {createProblem && Object.keys(refused).length === 0 && (
          <p role="alert" className="text-sm text-loss">
            {createProblem.detail}
          </p>
        )}
        <div className="flex flex-wrap gap-2">
          {/* Keys: one element for both would become the submit button within its own click, and begin anew. */}
          {isRunning ? (
            <Button key="stop" variant="danger-soft" onClick={props.onStop} className="min-w-28">
              <SquareIcon aria-hidden /> Stop
            </Button>
          ) : (
            <Button
              key="generate"
              type="submit"
              variant="primary"
              isBusy={props.isCreating}
              className="min-w-28"
            >
              <SparklesIcon aria-hidden /> Generate
            </Button>
          )}
          {isNew && !isRunning && (
            <Button
              isBusy={props.isCreating}
              onClick={() => {
                setChecked(true);
                if (isNamed) props.onBlank(name.trim());
              }}
            >
              Write it by hand
            </Button>
          )}
        </div>
      </form>
      <GenerationReport {...props} />
    </Card>
  );
}

function GenerationReport({ generation, shownVersion, onRetry, onDismiss }: GeneratePanelProps) {
  if (generation.phase === "idle") return null;
  const back = (
    <Button onClick={onDismiss}>
      {shownVersion === null ? "Discard it" : `Back to version ${shownVersion}`}
    </Button>
  );
  if (generation.phase === "running") return <Progress startedAt={generation.startedAt} />;
  if (generation.phase === "stopped")
    return (
      <div role="status" className="mt-4 grid gap-2 border-t pt-4 text-sm">
        <p className="font-medium">Stopped. Nothing was saved.</p>
        <div>{back}</div>
      </div>
    );
  const { problem, findings, request } = generation;
  const isLimit = problem.code === "generation_limit";
  return (
    <div role="alert" className="mt-4 grid gap-2 border-t pt-4 text-sm">
      <p className="font-medium text-loss">
        {isLimit ? "The day’s programs are used up" : "Nothing was generated, no version was made"}
      </p>
      <p className="break-words text-muted">{withLocalTimes(problem.detail, formatDateTime)}</p>
      {findings.length > 0 && (
        <ul className="grid list-disc gap-1 pl-4">
          {findings.map(({ line, column, message }, index) => (
            <li key={index}>
              {line > 0 && (
                <span className="text-muted tabular-nums">
                  Line {line}, column {column}:{" "}
                </span>
              )}
              {message}
            </li>
          ))}
        </ul>
      )}
      <div className="flex flex-wrap gap-2">
        {!isLimit && (
          <Button onClick={() => onRetry(request)}>
            <RotateCwIcon aria-hidden /> Try again
          </Button>
        )}
        {back}
      </div>
    </div>
  );
}

function Progress({ startedAt }: { startedAt: number }) {
  const now = useNow(1_000);
  const characters = useEaStore((state) => state.editorContent.length);
  const seconds = Math.max(0, Math.round((now - startedAt) / 1_000));
  return (
    <div className="mt-4 grid gap-2 border-t pt-4 text-sm">
      <p role="status" className="font-medium">
        {characters === 0 ? "GLM-5 is thinking…" : "GLM-5 is writing…"}
      </p>
      <div className="h-1 overflow-hidden rounded-full bg-hover" aria-hidden>
        <div className="h-full w-1/3 animate-pulse rounded-full bg-accent" />
      </div>
      <p className="text-xs text-muted tabular-nums">
        {characters.toLocaleString("en")} characters, {seconds} s
      </p>
    </div>
  );
}
