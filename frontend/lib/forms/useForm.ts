"use client";

import { useRef, useState, type ChangeEvent, type FormEvent } from "react";
import { ApiProblem, describeError } from "@/lib/api/problem";
import type { Rule } from "./rules";

export type Values = Record<string, string>;

export interface Form<V extends Values> {
  values: V;
  isDirty: boolean;
  isBusy: boolean;
  /** The last save succeeded and nothing was edited since. */
  isSaved: boolean;
  /** What belongs to no field. */
  failure: string | null;
  errorOf: (name: keyof V & string) => string | undefined;
  set: (change: Partial<V>) => void;
  reset: () => void;
  bind: (name: keyof V & string) => {
    name: string;
    value: string;
    onChange: (event: ChangeEvent<HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement>) => void;
    onBlur: () => void;
  };
  submit: (event: FormEvent<HTMLFormElement>) => void;
}

interface FormOptions<V extends Values> {
  /** What is saved; edits lie over it, so that news from the server shows in fields nobody touched. */
  saved: V;
  rules?: { readonly [Name in keyof V]?: Rule };
  save: (values: V) => Promise<unknown>;
}

export function useForm<V extends Values>({ saved, rules, save }: FormOptions<V>): Form<V> {
  const [edits, setEdits] = useState<Partial<V>>({});
  const [touched, setTouched] = useState<Partial<Record<keyof V, true>>>({});
  const [refused, setRefused] = useState<Readonly<Record<string, string>>>({});
  const [failure, setFailure] = useState<string | null>(null);
  const [isTried, setTried] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [isSaved, setSaved] = useState(false);
  const isRunning = useRef(false);

  const values: V = { ...saved, ...edits };
  const names = Object.keys(saved) as (keyof V & string)[];
  const isDirty = names.some((name) => values[name] !== saved[name]);
  const textOf = (name: keyof V & string) => values[name] ?? "";
  const ruleErrorOf = (name: keyof V & string) => rules?.[name]?.(textOf(name)) ?? undefined;

  const set = (change: Partial<V>) => {
    setEdits((before) => ({ ...before, ...change }));
    setRefused((before) => Object.fromEntries(Object.entries(before).filter(([name]) => !(name in change))));
    setFailure(null);
    setSaved(false);
  };
  const clear = () => {
    setEdits({});
    setTouched({});
    setRefused({});
    setFailure(null);
    setTried(false);
  };

  const run = async (form: HTMLFormElement) => {
    setTried(true);
    if (names.some((name) => ruleErrorOf(name) !== undefined)) {
      focusFirstError(form);
      return;
    }
    isRunning.current = true;
    setBusy(true);
    setFailure(null);
    try {
      await save(values);
      clear();
      setSaved(true);
    } catch (error) {
      const fieldErrors = error instanceof ApiProblem ? error.fieldErrors : {};
      setRefused(fieldErrors);
      // A refused field that this form does not show would be refused in silence.
      const elsewhere = Object.entries(fieldErrors).filter(([name]) => !(name in saved));
      if (elsewhere.length > 0) setFailure(elsewhere.map(([name, why]) => `${name}: ${why}`).join(". "));
      else if (Object.keys(fieldErrors).length === 0) setFailure(describeError(error));
      focusFirstError(form);
    } finally {
      isRunning.current = false;
      setBusy(false);
    }
  };

  return {
    values,
    isDirty,
    isBusy,
    isSaved: isSaved && !isDirty,
    failure,
    errorOf: (name) => refused[name] ?? (isTried || touched[name] ? ruleErrorOf(name) : undefined),
    set,
    reset: clear,
    bind: (name) => ({
      name,
      value: textOf(name),
      onChange: (event) => set({ [name]: event.target.value } as Partial<V>),
      onBlur: () => {
        if (values[name] !== saved[name]) setTouched((before) => ({ ...before, [name]: true }));
      },
    }),
    submit: (event) => {
      event.preventDefault();
      // A form in a dialog is also inside the form of the page that React draws it from.
      event.stopPropagation();
      if (!isRunning.current) void run(event.currentTarget);
    },
  };
}

/** After the errors were drawn. */
function focusFirstError(form: HTMLFormElement): void {
  requestAnimationFrame(() => form.querySelector<HTMLElement>("[aria-invalid=true]")?.focus());
}
