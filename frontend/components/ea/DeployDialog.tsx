"use client";

import { useState, type FormEvent } from "react";
import { Button } from "@/components/ui/button";
import { Dialog, DialogContent, DialogFooter } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Input, NativeSelect, Textarea } from "@/components/ui/input";
import { toast } from "@/components/ui/toaster";
import type { Schemas } from "@/lib/api/client";
import { useSettings } from "@/lib/api/queries/account";
import { useAgents } from "@/lib/api/queries/agents";
import { useDeploy, type Deployment } from "@/lib/api/queries/deployments";
import { useProjects, useVersion, useVersions } from "@/lib/api/queries/ea";
import { changedInputs, inputsOf, readInputsJson, type ProgramInput } from "@/lib/ea/inputs";
import { magicNumberRule, wholeOrNull } from "@/lib/forms/rules";

const TIMEFRAMES: readonly Schemas["ChartTimeframe"][] = [
  "M1",
  "M5",
  "M15",
  "M30",
  "H1",
  "H4",
  "D1",
  "W1",
  "MN1",
];

interface DeployDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  /** What to begin with; the reader may choose another. */
  projectId?: string | null;
  versionId?: string | null;
  onDeployed?: (deployment: Deployment) => void;
}

export function DeployDialog({ open, onOpenChange, ...props }: DeployDialogProps) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange}>
      <DialogContent
        title="Deploy an expert advisor"
        description="The agent places it in its terminal and attaches it to a chart of its own."
        className="max-w-2xl"
      >
        <DeployForm {...props} onClose={() => onOpenChange(false)} />
      </DialogContent>
    </Dialog>
  );
}

function DeployForm({
  projectId: firstProject = null,
  versionId: firstVersion = null,
  onDeployed,
  onClose,
}: Omit<DeployDialogProps, "open" | "onOpenChange"> & { onClose: () => void }) {
  const projects = useProjects();
  const agents = useAgents();
  const settings = useSettings();
  const deploy = useDeploy();
  const [project, setProject] = useState(firstProject);
  const [chosenVersion, setChosenVersion] = useState(firstVersion);
  const [chosenAgent, setAgent] = useState<string | null>(null);
  const [symbol, setSymbol] = useState<string | null>(null);
  const [timeframe, setTimeframe] = useState<Schemas["ChartTimeframe"]>("H1");
  const [magic, setMagic] = useState("");
  const [texts, setTexts] = useState<Record<string, string>>({});
  const [json, setJson] = useState("");
  const [isChecked, setChecked] = useState(false);

  const projectId = project ?? projects.data?.items[0]?.id ?? null;
  const versions = useVersions(projectId);
  const compiled = (versions.data?.items ?? []).filter(({ status }) => status === "compiled");
  const versionId = compiled.find(({ id }) => id === chosenVersion)?.id ?? compiled[0]?.id ?? null;
  const version = useVersion(versionId);
  const inputs = version.data ? inputsOf(version.data.data.source_code) : null;
  const agentList = agents.data?.items ?? [];
  const agentId =
    chosenAgent ?? (agentList.find(({ status }) => status === "online") ?? agentList[0])?.id ?? null;
  const pairs = settings.data?.preferred_pairs ?? [];
  const symbolText = symbol ?? pairs[0] ?? "";

  const typed = changedInputs(inputs ?? [], texts);
  const free = readInputsJson(json);
  const isFree = inputs?.length === 0;
  const magicError = magicNumberRule(magic) ?? undefined;
  const isReadable = isFree ? "values" in free : Object.keys(typed.errors).length === 0;
  const refused = deploy.error?.fieldErrors ?? {};

  const submit = (event: FormEvent) => {
    event.preventDefault();
    // Submits bubble through portals by React's tree.
    event.stopPropagation();
    setChecked(true);
    if (!versionId || !agentId || !isReadable || magicError || symbolText.trim() === "") return;
    const values = isFree && "values" in free ? free.values : typed.values;
    deploy.mutate(
      {
        ea_version_id: versionId,
        mt5_agent_id: agentId,
        symbol: symbolText.trim(),
        timeframe,
        inputs: values as Schemas["NewDeployment"]["inputs"],
        magic_number: wholeOrNull(magic),
      },
      {
        onSuccess: (deployment) => {
          toast.success(
            `${deployment.project_name} v${deployment.version_number} is on its way to its chart`,
          );
          onDeployed?.(deployment);
          onClose();
        },
      },
    );
  };

  return (
    <form onSubmit={submit} noValidate className="grid gap-4">
      <div className="grid gap-3 sm:grid-cols-2">
        <Field label="Project">
          {(control) => (
            <NativeSelect
              {...control}
              value={projectId ?? ""}
              onChange={(event) => {
                setProject(event.target.value);
                setChosenVersion(null);
                setTexts({});
              }}
            >
              {projects.data?.items.map(({ id, name }) => (
                <option key={id} value={id}>
                  {name}
                </option>
              ))}
            </NativeSelect>
          )}
        </Field>
        <Field
          label="Version"
          error={refused.ea_version_id}
          hint={
            versions.data && compiled.length === 0
              ? "None is compiled yet: compile one in EA Studio first."
              : "Only compiled versions. The deployment keeps this one whatever is written later."
          }
        >
          {(control) => (
            <NativeSelect
              {...control}
              value={versionId ?? ""}
              disabled={compiled.length === 0}
              onChange={(event) => {
                setChosenVersion(event.target.value);
                setTexts({});
              }}
            >
              {compiled.map(({ id, version_number }) => (
                <option key={id} value={id}>
                  Version {version_number}
                </option>
              ))}
            </NativeSelect>
          )}
        </Field>
        <Field
          label="Agent"
          error={refused.mt5_agent_id}
          hint={
            agents.data && agentList.length === 0
              ? "Pair an agent first."
              : "One that is offline starts it once it is back."
          }
        >
          {(control) => (
            <NativeSelect
              {...control}
              value={agentId ?? ""}
              onChange={(event) => setAgent(event.target.value)}
            >
              {agentList.map(({ id, agent_name, status }) => (
                <option key={id} value={id}>
                  {agent_name} ({status === "online" ? "online" : "offline"})
                </option>
              ))}
            </NativeSelect>
          )}
        </Field>
        <div className="grid grid-cols-2 gap-3">
          <Field
            label="Symbol"
            error={
              refused.symbol ?? (isChecked && symbolText.trim() === "" ? "The chart's symbol" : undefined)
            }
          >
            {(control) => (
              <>
                <Input
                  {...control}
                  value={symbolText}
                  list={`${control.id}-pairs`}
                  autoCapitalize="characters"
                  spellCheck={false}
                  maxLength={32}
                  onChange={(event) => setSymbol(event.target.value)}
                />
                <datalist id={`${control.id}-pairs`}>
                  {pairs.map((pair) => (
                    <option key={pair} value={pair} />
                  ))}
                </datalist>
              </>
            )}
          </Field>
          <Field label="Timeframe" error={refused.timeframe}>
            {(control) => (
              <NativeSelect
                {...control}
                value={timeframe}
                onChange={(event) => setTimeframe(event.target.value as Schemas["ChartTimeframe"])}
              >
                {TIMEFRAMES.map((each) => (
                  <option key={each}>{each}</option>
                ))}
              </NativeSelect>
            )}
          </Field>
        </div>
      </div>
      <Field
        label="Magic number"
        hint="By which its orders are known in the terminal. Chosen for you unless you name one."
        error={refused.magic_number ?? magicError}
      >
        {(control) => (
          <Input
            {...control}
            value={magic}
            inputMode="numeric"
            className="sm:max-w-48"
            onChange={(event) => setMagic(event.target.value.trim())}
          />
        )}
      </Field>
      {versionId && (
        <fieldset className="grid min-h-24 gap-3 rounded-md border p-3">
          <legend className="px-1 text-sm font-medium">Inputs</legend>
          {inputs === null ? (
            <p className="text-sm text-muted">Reading them from the source…</p>
          ) : isFree ? (
            <Field
              label="Inputs as JSON"
              hint="No input line could be read in the source. Leave it empty for the program's own values."
              error={isChecked && "error" in free ? free.error : refused.inputs}
            >
              {(control) => (
                <Textarea
                  {...control}
                  className="font-mono"
                  spellCheck={false}
                  value={json}
                  onChange={(event) => setJson(event.target.value)}
                />
              )}
            </Field>
          ) : (
            <InputFields
              inputs={inputs}
              texts={texts}
              errors={isChecked ? typed.errors : {}}
              onChange={(name, text) => setTexts((old) => ({ ...old, [name]: text }))}
            />
          )}
          {refused.inputs && !isFree && (
            <p role="alert" className="text-xs text-loss">
              {refused.inputs}
            </p>
          )}
        </fieldset>
      )}
      {deploy.error && (
        <p role="alert" className="rounded-md bg-loss-soft px-3 py-2 text-sm text-loss">
          {deploy.error.detail}
        </p>
      )}
      <DialogFooter>
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" variant="primary" isBusy={deploy.isPending} disabled={!versionId || !agentId}>
          Deploy
        </Button>
      </DialogFooter>
    </form>
  );
}

function InputFields({
  inputs,
  texts,
  errors,
  onChange,
}: {
  inputs: readonly ProgramInput[];
  texts: Readonly<Record<string, string>>;
  errors: Readonly<Record<string, string>>;
  onChange: (name: string, text: string) => void;
}) {
  const groups = [...new Set(inputs.map(({ group }) => group))];
  return groups.map((group) => (
    <div key={group ?? ""} className="grid gap-2">
      {group && <p className="text-xs font-medium text-muted">{group}</p>}
      <div className="grid gap-x-3 gap-y-2 sm:grid-cols-2">
        {inputs
          .filter((input) => input.group === group)
          .map((input) => {
            const text = texts[input.name] ?? input.fallback;
            return (
              <Field key={input.name} label={input.label} error={errors[input.name]}>
                {(control) =>
                  input.kind === "truth" ? (
                    <NativeSelect
                      {...control}
                      value={text}
                      onChange={(event) => onChange(input.name, event.target.value)}
                    >
                      <option value="true">Yes</option>
                      <option value="false">No</option>
                    </NativeSelect>
                  ) : (
                    <Input
                      {...control}
                      title={`${input.type} ${input.name}`}
                      value={text}
                      spellCheck={false}
                      inputMode={input.kind === "text" ? "text" : "decimal"}
                      className="tabular-nums"
                      onChange={(event) => onChange(input.name, event.target.value)}
                    />
                  )
                }
              </Field>
            );
          })}
      </div>
    </div>
  ));
}
