"use client";

import { RadioGroup } from "radix-ui";
import { useState } from "react";
import { StatusBadge } from "@/components/data/StatusBadge";
import { ModeConfirm } from "@/components/layout/TradingModeSwitch";
import { MODES, type Mode } from "@/lib/trading/modes";

export function TradingModeCard({ mode }: { mode: Mode }) {
  const [wanted, setWanted] = useState<Mode | null>(null);
  return (
    <>
      <RadioGroup.Root
        value={mode}
        onValueChange={(next) => setWanted(next as Mode)}
        aria-label="Trading mode"
        className="grid gap-2"
      >
        {(Object.keys(MODES) as Mode[]).map((each) => (
          <RadioGroup.Item
            key={each}
            value={each}
            className="grid gap-1 rounded-md border p-3 text-left hover:border-line-strong data-[state=checked]:border-accent data-[state=checked]:bg-accent-soft"
          >
            <span className="flex items-center gap-2 text-sm">
              <StatusBadge status={each} />
              <span className="font-medium">{MODES[each].hint}</span>
            </span>
            <span className="text-xs text-muted">
              {each === mode ? "As it is now." : MODES[each].consequence}
            </span>
          </RadioGroup.Item>
        ))}
      </RadioGroup.Root>
      <ModeConfirm wanted={wanted} onClose={() => setWanted(null)} />
    </>
  );
}
