"use client";

import { useEffect } from "react";
import { FormFooter, NumberField, TextField } from "@/components/forms/fields";
import type { Schemas } from "@/lib/api/client";
import { useChangeSettings } from "@/lib/api/queries/account";
import { decimalOrNull, decimalRule, textOf, wholeOrNull, wholeRule } from "@/lib/forms/rules";
import { useForm } from "@/lib/forms/useForm";

const RULES = {
  risk_percent: decimalRule({ most: 100, digits: 2, unit: " %" }),
  daily_loss_limit_pct: decimalRule({ most: 100, digits: 2, isOptional: true, unit: " %" }),
  max_open_positions: wholeRule({ least: 0, most: 2_147_483_647 }),
  max_lot_size: decimalRule({ most: 10_000, digits: 2, isOptional: true, unit: " lots" }),
};

interface RiskFormProps {
  settings: Schemas["Settings"];
  onDirty: (isDirty: boolean) => void;
}

export function RiskForm({ settings, onDirty }: RiskFormProps) {
  const change = useChangeSettings();
  const form = useForm({
    saved: {
      risk_percent: textOf(settings.risk_percent),
      daily_loss_limit_pct: textOf(settings.daily_loss_limit_pct),
      max_open_positions: textOf(settings.max_open_positions),
      max_lot_size: textOf(settings.max_lot_size),
    },
    rules: RULES,
    save: (values) =>
      change.mutateAsync({
        risk_percent: decimalOrNull(values.risk_percent),
        daily_loss_limit_pct: decimalOrNull(values.daily_loss_limit_pct),
        max_open_positions: wholeOrNull(values.max_open_positions),
        max_lot_size: decimalOrNull(values.max_lot_size),
      }),
  });
  const { isDirty } = form;
  useEffect(() => onDirty(isDirty), [isDirty, onDirty]);
  return (
    <form onSubmit={form.submit} noValidate className="grid gap-4">
      <div className="grid items-start gap-4 sm:grid-cols-2">
        <NumberField
          form={form}
          name="risk_percent"
          label="Risk per trade, %"
          hint="Of equity, lost when the stop is hit; where neither alert nor strategy says."
        />
        <NumberField
          form={form}
          name="daily_loss_limit_pct"
          label="Daily loss limit, %"
          placeholder="no limit"
          hint="Of the day's first equity. Reached, no entry passes until your midnight."
        />
        <TextField
          form={form}
          name="max_open_positions"
          label="Open positions at most"
          inputMode="numeric"
          placeholder="no limit"
          hint="0 lets no entry pass."
        />
        <NumberField
          form={form}
          name="max_lot_size"
          label="Lots per order at most"
          placeholder="no limit"
          hint="Larger orders are discarded; a size by risk is cut to it."
        />
      </div>
      <FormFooter form={form} saveLabel="Save risk" />
    </form>
  );
}
