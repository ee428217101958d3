"use client";

import { CheckIcon, LoaderIcon, XIcon } from "lucide-react";
import { Button } from "@/components/ui/button";
import { cn } from "@/lib/cn";
import { useJob } from "@/lib/api/queries/trading";
import { jobInWords } from "@/lib/trading/jobReport";

export interface SentOrder {
  jobId: string;
  symbol: string;
  /** What was ordered, as "Buy 0.10 EURUSD". */
  what: string;
}

const LOOKS = {
  underway: { icon: LoaderIcon, style: "border-line bg-bg text-muted", spin: true },
  done: { icon: CheckIcon, style: "border-profit/30 bg-profit-soft text-profit", spin: false },
  failed: { icon: XIcon, style: "border-loss/30 bg-loss-soft text-loss", spin: false },
} as const;

/** An order from sent to filled or failed. */
export function OrderProgress({ order, onDismiss }: { order: SentOrder; onDismiss: () => void }) {
  const { data: job } = useJob(order.jobId);
  const { outcome, text } = jobInWords(job, order.symbol);
  const { icon: Icon, style, spin } = LOOKS[outcome];
  return (
    <li
      data-outcome={outcome}
      className={cn("flex items-start gap-2 rounded-md border px-3 py-2 text-sm", style)}
    >
      <Icon aria-hidden className={cn("mt-0.5 size-4 shrink-0", spin && "animate-spin")} />
      <span role="status" className="min-w-0 flex-1">
        <span className="block font-medium text-fg">{order.what}</span>
        <span className="block tabular-nums">{text}</span>
      </span>
      {outcome !== "underway" && (
        <Button variant="ghost" size="icon-sm" className="-mr-1.5" aria-label="Dismiss" onClick={onDismiss}>
          <XIcon aria-hidden />
        </Button>
      )}
    </li>
  );
}
