import type { ReactNode } from "react";
import { cn } from "@/lib/cn";

export type Tone = "neutral" | "good" | "bad" | "warn" | "info";

const TONES: Record<Tone, string> = {
  neutral: "border-line bg-hover text-muted",
  good: "border-profit/30 bg-profit-soft text-profit",
  bad: "border-loss/30 bg-loss-soft text-loss",
  warn: "border-warn/30 bg-warn-soft text-warn",
  info: "border-accent/30 bg-accent-soft text-accent",
};

export function Badge({
  tone = "neutral",
  className,
  children,
}: {
  tone?: Tone;
  className?: string;
  children: ReactNode;
}) {
  return (
    <span
      className={cn(
        "inline-flex h-5 items-center gap-1 rounded-sm border px-1.5 text-xs font-medium whitespace-nowrap",
        TONES[tone],
        className,
      )}
    >
      {children}
    </span>
  );
}
