"use client";

import { BanIcon, CheckIcon, CircleHelpIcon } from "lucide-react";
import { useState, type FormEvent } from "react";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Textarea } from "@/components/ui/input";
import { useExplainAlert, type Strategy } from "@/lib/api/queries/signals";
import { cn } from "@/lib/cn";
import { explain, type PlainExplanation } from "@/lib/trading/explanation";

const VERDICTS = {
  trade: { icon: CheckIcon, style: "border-profit/40 bg-profit-soft", tone: "text-profit" },
  discard: { icon: BanIcon, style: "border-warn/40 bg-warn-soft", tone: "text-warn" },
  unreadable: { icon: CircleHelpIcon, style: "border-loss/40 bg-loss-soft", tone: "text-loss" },
} as const;

export function ExplainPanel({ strategy }: { strategy: Strategy }) {
  const [alert, setAlert] = useState("");
  const question = useExplainAlert();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    question.mutate({ id: strategy.id, alert });
  };
  const error = question.error?.fieldErrors.alert ?? question.error?.detail;
  return (
    <section className="grid grid-cols-1 gap-3 border-t pt-4">
      <h3 className="text-sm font-semibold">Explain an alert</h3>
      <form onSubmit={submit} className="grid gap-3">
        <Field
          label="Alert message"
          hint="As TradingView sends it, placeholders filled. Nothing is stored or traded."
          error={error}
        >
          {(control) => (
            <Textarea
              {...control}
              className="font-mono text-xs"
              rows={4}
              spellCheck={false}
              placeholder='{"symbol": "EURUSD", "action": "buy", "sl_pips": 20}'
              value={alert}
              onChange={(event) => setAlert(event.target.value)}
            />
          )}
        </Field>
        <Button
          type="submit"
          className="justify-self-start"
          isBusy={question.isPending}
          disabled={alert.trim() === ""}
        >
          Explain this alert
        </Button>
      </form>
      {question.data && <Answer told={explain(question.data)} />}
    </section>
  );
}

function Answer({ told }: { told: PlainExplanation }) {
  const { icon: Icon, style, tone } = VERDICTS[told.verdict];
  return (
    <div role="status" data-verdict={told.verdict} className={cn("grid gap-2 rounded-md border p-3", style)}>
      <p className={cn("flex items-start gap-2 text-sm font-medium", tone)}>
        <Icon className="mt-0.5 size-4 shrink-0" aria-hidden /> {told.headline}
      </p>
      {told.facts.length > 0 && (
        <dl className="grid grid-cols-[7.5rem_1fr] gap-y-1 text-sm">
          {told.facts.map(({ label, text }) => (
            <div key={label} className="contents">
              <dt>{label}</dt>
              <dd className="min-w-0 break-words tabular-nums">{text}</dd>
            </div>
          ))}
        </dl>
      )}
      {told.notes.length > 0 && (
        <ul className="list-inside list-disc text-sm">
          {told.notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
    </div>
  );
}
