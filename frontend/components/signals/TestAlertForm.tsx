"use client";

import { SendIcon } from "lucide-react";
import { useState } from "react";
import { NumberField, SelectField, TextField } from "@/components/forms/fields";
import { Button } from "@/components/ui/button";
import type { Schemas } from "@/lib/api/client";
import { useSendTestAlert, type Strategy } from "@/lib/api/queries/signals";
import { serverNow } from "@/lib/clock";
import { formatVolume } from "@/lib/format/decimal";
import { decimalRule, symbolsRule } from "@/lib/forms/rules";
import { useForm } from "@/lib/forms/useForm";
import { useWatchlist } from "@/lib/hooks/useWatchlist";
import { writeTestAlert, type TestAlert } from "@/lib/trading/testAlert";
import { SignalOutcome } from "./SignalOutcome";

const RULES = {
  symbol: (text: string) => (text.trim() === "" ? "Needed" : symbolsRule(1)(text)),
  volume: decimalRule({ most: 10_000, digits: 2, isOptional: true, unit: " lots" }),
  slPips: decimalRule({ most: 1_000_000, digits: 1, isOptional: true, unit: " pips" }),
};

/** Sends an alert by the strategy's own webhook and follows what becomes of it. */
export function TestAlertForm({ strategy }: { strategy: Strategy }) {
  const watchlist = useWatchlist();
  const send = useSendTestAlert();
  const [received, setReceived] = useState<Schemas["Received"] | null>(null);
  const symbols = strategy.allowed_pairs?.length ? strategy.allowed_pairs : watchlist;
  // The next alert begins with what the last one said.
  const [last, setLast] = useState<Record<keyof TestAlert, string> | null>(null);
  const form = useForm({
    saved: last ?? {
      symbol: symbols[0] ?? "",
      action: "buy",
      volume: strategy.default_volume == null ? "0.01" : "",
      slPips: "",
    },
    rules: RULES,
    save: async (values) => {
      const alert = writeTestAlert(
        values as unknown as TestAlert,
        crypto.randomUUID(),
        new Date(serverNow()),
      );
      setReceived(await send.mutateAsync({ secret: strategy.webhook_secret, alert }));
      setLast(values);
    },
  });
  const isEntry = form.values.action !== "close";
  return (
    <div className="grid gap-4">
      <form onSubmit={form.submit} noValidate className="grid gap-3">
        <p className="text-sm text-muted">
          It takes the way of any alert and is traded like one: on a real account it opens a real position.
        </p>
        <div className="grid grid-cols-2 items-start gap-3 sm:grid-cols-4">
          <TextField form={form} name="symbol" label="Symbol" list={`symbols-${strategy.id}`} />
          <datalist id={`symbols-${strategy.id}`}>
            {symbols.map((symbol) => (
              <option key={symbol} value={symbol} />
            ))}
          </datalist>
          <SelectField form={form} name="action" label="Action">
            <option value="buy">Buy</option>
            <option value="sell">Sell</option>
            <option value="close">Close</option>
          </SelectField>
          <NumberField
            form={form}
            name="volume"
            label="Lots"
            disabled={!isEntry}
            placeholder={strategy.default_volume == null ? "by risk" : formatVolume(strategy.default_volume)}
          />
          <NumberField form={form} name="slPips" label="Stop, pips" disabled={!isEntry} placeholder="none" />
        </div>
        {form.failure && (
          <p role="alert" className="rounded-md bg-loss-soft px-3 py-2 text-sm text-loss">
            {form.failure}
          </p>
        )}
        <Button type="submit" variant="primary" isBusy={form.isBusy} className="justify-self-start">
          <SendIcon aria-hidden /> Send test alert
        </Button>
      </form>
      {received && (
        <section aria-label="What became of the test alert" className="rounded-md border bg-bg p-3">
          <SignalOutcome key={received.signal_id} id={received.signal_id} />
        </section>
      )}
    </div>
  );
}
