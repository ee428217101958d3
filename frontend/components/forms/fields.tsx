"use client";

import { CheckIcon } from "lucide-react";
import type { ComponentProps, ReactNode } from "react";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Input, NativeSelect, Textarea } from "@/components/ui/input";
import type { Form, Values } from "@/lib/forms/useForm";

interface Common<V extends Values> {
  form: Form<V>;
  name: keyof V & string;
  label: ReactNode;
  hint?: ReactNode;
}

type Rest<Props, V extends Values> = Omit<Props, keyof Common<V> | "value" | "onChange" | "onBlur">;

export function TextField<V extends Values>({
  form,
  name,
  label,
  hint,
  ...props
}: Common<V> & Rest<ComponentProps<"input">, V>) {
  return (
    <Field label={label} hint={hint} error={form.errorOf(name)}>
      {(control) => <Input {...control} {...form.bind(name)} autoComplete="off" {...props} />}
    </Field>
  );
}

/** Decimals are text: a number field would round them, and spin at a turn of the wheel. */
export function NumberField<V extends Values>(props: ComponentProps<typeof TextField<V>>) {
  return <TextField inputMode="decimal" {...props} />;
}

export function TextAreaField<V extends Values>({
  form,
  name,
  label,
  hint,
  ...props
}: Common<V> & Rest<ComponentProps<"textarea">, V>) {
  return (
    <Field label={label} hint={hint} error={form.errorOf(name)}>
      {(control) => <Textarea {...control} {...form.bind(name)} {...props} />}
    </Field>
  );
}

export function SelectField<V extends Values>({
  form,
  name,
  label,
  hint,
  children,
  ...props
}: Common<V> & Rest<ComponentProps<"select">, V>) {
  return (
    <Field label={label} hint={hint} error={form.errorOf(name)}>
      {(control) => (
        <NativeSelect {...control} {...form.bind(name)} {...props}>
          {children}
        </NativeSelect>
      )}
    </Field>
  );
}

interface FormFooterProps<V extends Values> {
  form: Form<V>;
  saveLabel?: string;
  /** A form that makes something may be sent as it stands. */
  isNew?: boolean;
  children?: ReactNode;
}

/** Why it was not saved, whether it is, and the button that saves. */
export function FormFooter<V extends Values>({
  form,
  saveLabel = "Save",
  isNew,
  children,
}: FormFooterProps<V>) {
  return (
    <div className="grid gap-3">
      {form.failure && (
        <p role="alert" className="rounded-md bg-loss-soft px-3 py-2 text-sm text-loss">
          {form.failure}
        </p>
      )}
      <div className="flex min-h-8 flex-wrap items-center justify-end gap-2">
        <span role="status" className="mr-auto flex items-center gap-1 text-xs text-muted">
          {form.isSaved ? (
            <>
              <CheckIcon className="size-3.5 text-profit" aria-hidden /> Saved
            </>
          ) : form.isDirty && !isNew ? (
            "Unsaved changes"
          ) : null}
        </span>
        {form.isDirty && !isNew && (
          <Button variant="ghost" onClick={form.reset} disabled={form.isBusy}>
            Discard
          </Button>
        )}
        {children}
        <Button type="submit" variant="primary" isBusy={form.isBusy} disabled={!isNew && !form.isDirty}>
          {saveLabel}
        </Button>
      </div>
    </div>
  );
}
