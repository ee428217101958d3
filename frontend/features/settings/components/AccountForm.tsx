"use client";

import { useEffect, useMemo } from "react";
import { FormFooter, TextAreaField, TextField } from "@/components/forms/fields";
import type { Schemas } from "@/lib/api/client";
import { useChangeSettings } from "@/lib/api/queries/account";
import { readSymbols, symbolsRule } from "@/lib/forms/rules";
import { useForm } from "@/lib/forms/useForm";
import { formatDateTime, localZone } from "@/lib/format/time";
import { useNow } from "@/lib/hooks/useNow";

const CURRENCIES = ["USD", "EUR", "GBP", "CHF", "JPY", "AUD", "CAD", "NZD"];

function isZone(name: string): boolean {
  try {
    return Intl.DateTimeFormat("en-GB", { timeZone: name }).format(0) !== "";
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

const RULES = {
  account_currency: (text: string) =>
    /^[A-Z]{3}$/.test(text.trim().toUpperCase()) ? null : "Three letters, as USD",
  timezone: (text: string) =>
    isZone(text.trim()) ? null : "A name of the time zone database, as Europe/London",
  preferred_pairs: symbolsRule(100),
};

interface AccountFormProps {
  settings: Schemas["Settings"];
  onDirty: (isDirty: boolean) => void;
}

export function AccountForm({ settings, onDirty }: AccountFormProps) {
  const change = useChangeSettings();
  const form = useForm({
    saved: {
      account_currency: settings.account_currency,
      timezone: settings.timezone,
      preferred_pairs: settings.preferred_pairs.join(", "),
    },
    rules: RULES,
    save: (values) =>
      change.mutateAsync({
        account_currency: values.account_currency.trim().toUpperCase(),
        timezone: values.timezone.trim(),
        preferred_pairs: readSymbols(values.preferred_pairs),
      }),
  });
  const { isDirty } = form;
  useEffect(() => onDirty(isDirty), [isDirty, onDirty]);

  const zones = useMemo(() => ["UTC", ...Intl.supportedValuesOf("timeZone")], []);
  const now = useNow(60_000);
  const zone = form.values.timezone.trim();
  const isKnown = isZone(zone);
  return (
    <form onSubmit={form.submit} noValidate className="grid gap-4">
      <div className="grid items-start gap-4 sm:grid-cols-2">
        <TextField
          form={form}
          name="account_currency"
          label="Account currency"
          list="currencies"
          maxLength={3}
          hint="An agent’s report has the last word on its own account."
        />
        <TextField
          form={form}
          name="timezone"
          label="Time zone of the trading day"
          list="zones"
          hint={
            isKnown
              ? `Its midnight begins the day of the loss limit. Now ${formatDateTime(now, zone)}.`
              : "Its midnight begins the day of the loss limit."
          }
        />
        <datalist id="currencies">
          {CURRENCIES.map((code) => (
            <option key={code} value={code} />
          ))}
        </datalist>
        <datalist id="zones">
          {zones.map((name) => (
            <option key={name} value={name} />
          ))}
        </datalist>
      </div>
      <TextAreaField
        form={form}
        name="preferred_pairs"
        label="Preferred pairs"
        rows={2}
        placeholder="EURUSD, GBPUSD, USDJPY, XAUUSD"
        hint="Shown in the ticker strip and offered first. Empty: the four most traded."
      />
      <p className="text-xs text-muted">
        Times on all pages are in this browser’s zone, {localZone()}; this setting moves only the trading day.
      </p>
      <FormFooter form={form} saveLabel="Save account" />
    </form>
  );
}
