"use client";

import Link from "next/link";
import { useEffect } from "react";
import { FormFooter, NumberField, SelectField, TextAreaField, TextField } from "@/components/forms/fields";
import { useConnections, useSettings } from "@/lib/api/queries/account";
import { useChangeStrategy, useCreateStrategy, type Strategy } from "@/lib/api/queries/signals";
import { formatPercent } from "@/lib/format/decimal";
import {
  decimalOrNull,
  decimalRule,
  magicNumberRule,
  nameRule,
  readSymbols,
  symbolsRule,
  textOf,
  wholeOrNull,
  wholeRule,
} from "@/lib/forms/rules";
import { useForm } from "@/lib/forms/useForm";

const PIPS = decimalRule({ most: 1_000_000, digits: 1, isOptional: true });
const RULES = {
  name: nameRule,
  broker_connection_id: (text: string) => (text === "" ? "Choose the account it trades" : null),
  risk_override_pct: decimalRule({ most: 100, digits: 2, isOptional: true, unit: " %" }),
  default_volume: decimalRule({ most: 10_000, digits: 2, isOptional: true, unit: " lots" }),
  default_sl_pips: PIPS,
  default_tp_pips: PIPS,
  max_signal_age_seconds: wholeRule({ least: 1, most: 2_592_000 }),
  magic_number: magicNumberRule,
  allowed_pairs: symbolsRule(200),
};

interface StrategyFormProps {
  /** Changed, or a new one where there is none. */
  strategy?: Strategy;
  /** A first strategy asks for little; the rest can be changed later. */
  isBrief?: boolean;
  onSaved?: (strategy: Strategy) => void;
  onDirty?: (isDirty: boolean) => void;
}

export function StrategyForm({ strategy, isBrief, onSaved, onDirty }: StrategyFormProps) {
  const connections = useConnections();
  const settings = useSettings();
  const create = useCreateStrategy();
  const change = useChangeStrategy();
  const form = useForm({
    saved: {
      name: strategy?.name ?? "",
      broker_connection_id: strategy?.broker_connection_id ?? connections.data?.items[0]?.id ?? "",
      risk_override_pct: textOf(strategy?.risk_override_pct),
      default_volume: strategy ? textOf(strategy.default_volume) : "0.01",
      default_sl_pips: textOf(strategy?.default_sl_pips),
      default_tp_pips: textOf(strategy?.default_tp_pips),
      max_signal_age_seconds: strategy ? textOf(strategy.max_signal_age_seconds) : "60",
      magic_number: textOf(strategy?.magic_number),
      allowed_pairs: strategy?.allowed_pairs?.join(", ") ?? "",
    },
    rules: RULES,
    save: async (values) => {
      const pairs = readSymbols(values.allowed_pairs);
      const body = {
        name: values.name.trim(),
        broker_connection_id: values.broker_connection_id,
        risk_override_pct: decimalOrNull(values.risk_override_pct),
        default_volume: decimalOrNull(values.default_volume),
        default_sl_pips: decimalOrNull(values.default_sl_pips),
        default_tp_pips: decimalOrNull(values.default_tp_pips),
        max_signal_age_seconds: wholeOrNull(values.max_signal_age_seconds),
        allowed_pairs: pairs.length > 0 ? pairs : null,
      };
      // Not within the call of onSaved: where there is none, its argument would never be evaluated.
      const saved = strategy
        ? await change.mutateAsync({ id: strategy.id, ...body })
        : await create.mutateAsync({ ...body, magic_number: wholeOrNull(values.magic_number) });
      onSaved?.(saved);
    },
  });
  const { isDirty } = form;
  useEffect(() => onDirty?.(isDirty), [isDirty, onDirty]);

  const inherited = settings.data ? formatPercent(settings.data.risk_percent) : "your settings";
  return (
    <form onSubmit={form.submit} noValidate className="grid gap-4">
      <div className="grid items-start gap-4 sm:grid-cols-2">
        <TextField form={form} name="name" label="Name" placeholder="London breakout" />
        <SelectField
          form={form}
          name="broker_connection_id"
          label="Account it trades"
          hint={
            connections.data?.items.length === 0 && (
              <>
                None is there yet:{" "}
                <Link href="/agents/" prefetch={false} className="underline underline-offset-2">
                  make its connection
                </Link>{" "}
                first.
              </>
            )
          }
        >
          <option value="" disabled>
            Choose one
          </option>
          {connections.data?.items.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </SelectField>
        <NumberField
          form={form}
          name="default_volume"
          label="Lots per order"
          placeholder="by risk"
          hint="Where the alert says neither lots nor risk. Empty: the risk decides."
        />
        {!isBrief && (
          <>
            <NumberField
              form={form}
              name="risk_override_pct"
              label="Risk per trade, %"
              placeholder={inherited}
              hint={`Of equity, with a stop. Empty: ${inherited} as in your settings.`}
            />
            <NumberField
              form={form}
              name="default_sl_pips"
              label="Stop loss, pips"
              placeholder="none"
              hint="Where the alert names no stop."
            />
            <NumberField
              form={form}
              name="default_tp_pips"
              label="Take profit, pips"
              placeholder="none"
              hint="Where the alert names none."
            />
            <TextField
              form={form}
              name="max_signal_age_seconds"
              label="Oldest entry, seconds"
              inputMode="numeric"
              placeholder="no limit"
              hint="Older entries are discarded; exits never are. Empty: no limit."
            />
            <TextField
              form={form}
              name="magic_number"
              label="Magic number"
              inputMode="numeric"
              placeholder="chosen for you"
              readOnly={strategy !== undefined}
              hint={
                strategy
                  ? "Marks its orders in the terminal; it stays as it is."
                  : "Marks its orders in the terminal. Empty: chosen for you."
              }
            />
          </>
        )}
      </div>
      {!isBrief && (
        <TextAreaField
          form={form}
          name="allowed_pairs"
          label="Allowed pairs"
          rows={2}
          placeholder="EURUSD, GBPUSD, XAUUSD"
          hint="Alerts for others are discarded. Empty: every pair passes."
        />
      )}
      <FormFooter form={form} isNew={!strategy} saveLabel={strategy ? "Save" : "Make strategy"} />
    </form>
  );
}
