"use client";

import { ToggleGroup } from "radix-ui";
import { memo } from "react";
import { cn } from "@/lib/cn";
import { formatDecimal } from "@/lib/format/decimal";
import { usePrice } from "@/lib/stores/priceStore";
import { formatPrice, spreadInPips } from "@/lib/trading/instrument";
import type { Side } from "@/lib/trading/pnl";

interface SideChoiceProps {
  instrument: string;
  side: Side;
  onChange: (side: Side) => void;
}

const ARROWS = { up: "▲", down: "▼", same: "" } as const;

/** Bid and ask, and which of them is wanted. It chooses and sends nothing. */
export const SideChoice = memo(function SideChoice({ instrument, side, onChange }: SideChoiceProps) {
  const price = usePrice(instrument);
  const choices = [
    { side: "sell", word: "Sell", value: price?.bid },
    { side: "buy", word: "Buy", value: price?.ask },
  ] as const;
  return (
    <div className="grid gap-1">
      <ToggleGroup.Root
        type="single"
        aria-label="Side"
        value={side}
        onValueChange={(next) => {
          if (next === "buy" || next === "sell") onChange(next);
        }}
        className="grid grid-cols-2 gap-2"
      >
        {choices.map((choice) => (
          <ToggleGroup.Item
            key={choice.side}
            value={choice.side}
            className={cn(
              "grid rounded-md border bg-bg px-3 py-2 text-left text-muted hover:border-line-strong",
              "data-[state=on]:border-accent data-[state=on]:bg-accent-soft data-[state=on]:text-fg",
            )}
          >
            <span className="text-xs font-medium">{choice.word}</span>
            <span data-testid={`price-${choice.side}`} className="text-lg font-semibold tabular-nums">
              {choice.value === undefined ? "–" : formatPrice(instrument, choice.value)}
            </span>
          </ToggleGroup.Item>
        ))}
      </ToggleGroup.Root>
      <p className="flex h-4 justify-between text-xs text-muted tabular-nums">
        {price ? (
          <>
            <span>Spread {formatDecimal(spreadInPips(instrument, price.bid, price.ask), 1)} pips</span>
            <span aria-hidden>{ARROWS[price.move]}</span>
          </>
        ) : (
          "No price yet"
        )}
      </p>
    </div>
  );
});
