"use client";

import { Tooltip } from "@/components/ui/tooltip";
import { cn } from "@/lib/cn";
import { formatAge } from "@/lib/format/time";
import { useNow } from "@/lib/hooks/useNow";
import type { ConnectionState } from "@/lib/socket/connection";
import { useConnectionState } from "@/lib/socket/store";
import { usePriceStore } from "@/lib/stores/priceStore";

const LOOKS: Record<ConnectionState["status"], { dot: string; word: string }> = {
  open: { dot: "bg-profit", word: "Live" },
  connecting: { dot: "bg-warn", word: "Connecting" },
  waiting: { dot: "bg-loss", word: "No connection" },
  closed: { dot: "bg-line-strong", word: "Closed" },
};

/** The state of the socket, and how old the newest price is. */
export function ConnectionIndicator() {
  const state = useConnectionState();
  const heardAt = usePriceStore((prices) =>
    prices.heardAt === null ? null : Math.floor(prices.heardAt / 1000) * 1000,
  );
  const now = useNow(1_000, Date.now);
  const { dot, word } = LOOKS[state.status];
  const age = heardAt === null ? "no prices yet" : `prices ${formatAge(heardAt, now)}`;
  const detail = state.status === "waiting" ? `trying again ${formatAge(state.retryAt, now)}` : age;
  return (
    <Tooltip text={`${word}: ${detail}. Last known prices stay on the page.`}>
      <button
        type="button"
        className="flex h-8 items-center gap-2 rounded-md px-2 text-xs whitespace-nowrap text-muted hover:bg-hover"
        data-testid="connection"
        data-status={state.status}
      >
        <span aria-hidden className={cn("size-2 rounded-full", dot)} />
        <span className="sr-only sm:not-sr-only">{word}</span>
        <span className="hidden w-32 text-left tabular-nums xl:inline">{detail}</span>
      </button>
    </Tooltip>
  );
}
