"use client";

import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Confirm } from "@/components/ui/confirm";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import type { Position } from "@/lib/api/queries/trading";
import { decimal, formatVolume, parseDecimal } from "@/lib/format/decimal";
import { LiveProfit } from "./live";

/** Lots to close, or what is wrong with them. */
export function closeVolumeProblem(text: string, open: number): string | null {
  const volume = parseDecimal(text);
  if (!volume || volume.lte(0)) return "Lots above zero";
  return volume.gt(open) ? `At most the open ${formatVolume(open)} lots` : null;
}

interface CloseButtonProps {
  position: Position;
  currency: string | undefined;
  onClose: (position: Position, volume: string | undefined) => Promise<void>;
}

/** Asks how much of it, then closes at the market. */
export function CloseButton({ position, currency, onClose }: CloseButtonProps) {
  const { symbol, side, ticket, volume: open } = position;
  const [volume, setVolume] = useState("");
  const problem = volume === "" ? null : closeVolumeProblem(volume, open);
  return (
    <Confirm
      trigger={
        <Button size="sm" aria-label={`Close ${symbol} ticket ${ticket}`}>
          Close
        </Button>
      }
      onOpenChange={() => setVolume("")}
      title={`Close ${side} ${formatVolume(open)} ${symbol}?`}
      confirmLabel="Close at market"
      isDanger
      onConfirm={async () => {
        if (problem) throw new Error(problem);
        const isWhole = volume === "" || decimal(volume).eq(open);
        await onClose(position, isWhole ? undefined : volume);
      }}
    >
      <p>
        Ticket {ticket}, now{" "}
        {currency ? <LiveProfit position={position} currency={currency} /> : "of unknown result"}. It is
        closed at the market’s price, which may have moved by then.
      </p>
      <Field
        label="Lots"
        error={problem ?? undefined}
        hint={`${formatVolume(open)} open; less closes a part`}
      >
        {(control) => (
          <div className="flex gap-2">
            <Input
              {...control}
              inputMode="decimal"
              autoComplete="off"
              placeholder={formatVolume(open)}
              value={volume}
              onChange={(event) => setVolume(event.target.value)}
            />
            <Button onClick={() => setVolume(halfOf(open))} aria-label="Half of it">
              Half
            </Button>
            <Button onClick={() => setVolume("")} aria-label="All of it">
              All
            </Button>
          </div>
        )}
      </Field>
    </Confirm>
  );
}

const STEP = "0.01";

/** In whole hundredths, rounded down, and one at least. */
function halfOf(open: number): string {
  const half = decimal(open).div(2).round(2, 0);
  return (half.gt(0) ? half : decimal(STEP)).toString();
}
