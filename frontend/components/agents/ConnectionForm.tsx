"use client";

import { PlusIcon, XIcon } from "lucide-react";
import { FormFooter, TextField } from "@/components/forms/fields";
import { Button } from "@/components/ui/button";
import { Input } from "@/components/ui/input";
import type { Schemas } from "@/lib/api/client";
import { useChangeConnection, useCreateConnection } from "@/lib/api/queries/account";
import { nameRule } from "@/lib/forms/rules";
import { useForm } from "@/lib/forms/useForm";
import { readSymbolMap, symbolMapProblem, toRows, writeRows } from "@/lib/agents/symbolMap";

type Connection = Schemas["BrokerConnection"];

interface ConnectionFormProps {
  /** Changed, or a new one where there is none. */
  connection?: Connection;
  onSaved: (connection: Connection) => void;
}

export function ConnectionForm({ connection, onSaved }: ConnectionFormProps) {
  const create = useCreateConnection();
  const change = useChangeConnection();
  const form = useForm({
    saved: { name: connection?.name ?? "", symbol_map: writeRows(toRows(connection?.symbol_map ?? {})) },
    rules: { name: nameRule, symbol_map: symbolMapProblem },
    save: async ({ name, symbol_map }) => {
      const body = { name: name.trim(), symbol_map: readSymbolMap(symbol_map) };
      onSaved(
        connection
          ? await change.mutateAsync({ id: connection.id, ...body })
          : await create.mutateAsync({ broker_type: "MT5_AGENT", ...body }),
      );
    },
  });
  const rows = JSON.parse(form.values.symbol_map) as [string, string][];
  const setRows = (next: [string, string][]) => form.set({ symbol_map: writeRows(next) });
  const mapError = form.errorOf("symbol_map");
  return (
    <form onSubmit={form.submit} noValidate className="grid gap-4">
      <TextField
        form={form}
        name="name"
        label="Name"
        placeholder="IC Markets demo"
        hint="As you call the account. It is reached by an MT5 agent; no password is stored here."
      />
      <fieldset className="grid gap-2">
        <legend className="mb-1 text-sm font-medium">Symbol map</legend>
        <p className="text-xs text-muted">
          Only for symbols the broker spells in a way that is not found by itself: EURUSD.i is found for
          EURUSD, GOLD for XAUUSD is not.
        </p>
        {rows.map(([ours, theirs], index) => (
          <div key={index} className="grid grid-cols-[1fr_auto_1fr_auto] items-center gap-2">
            <Input
              aria-label={`Symbol of alerts, line ${index + 1}`}
              aria-invalid={mapError ? true : undefined}
              placeholder="XAUUSD"
              value={ours}
              onChange={(event) =>
                setRows(rows.map((row, at) => (at === index ? [event.target.value, row[1]] : row)))
              }
            />
            <span aria-hidden className="text-muted">
              →
            </span>
            <Input
              aria-label={`Symbol of the broker, line ${index + 1}`}
              aria-invalid={mapError ? true : undefined}
              placeholder="GOLD"
              value={theirs}
              onChange={(event) =>
                setRows(rows.map((row, at) => (at === index ? [row[0], event.target.value] : row)))
              }
            />
            <Button
              variant="ghost"
              size="icon-sm"
              aria-label={`Remove line ${index + 1}`}
              onClick={() => setRows(rows.filter((_, at) => at !== index))}
            >
              <XIcon aria-hidden />
            </Button>
          </div>
        ))}
        {mapError && (
          <p role="alert" className="text-xs text-loss">
            {mapError}
          </p>
        )}
        <Button size="sm" className="justify-self-start" onClick={() => setRows([...rows, ["", ""]])}>
          <PlusIcon aria-hidden /> Add a symbol
        </Button>
      </fieldset>
      <FormFooter form={form} isNew={!connection} saveLabel={connection ? "Save" : "Make connection"} />
    </form>
  );
}
