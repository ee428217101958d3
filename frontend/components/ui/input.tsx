import type { ComponentProps } from "react";
import { cn } from "@/lib/cn";

export const fieldStyle =
  "w-full rounded-md border border-line-strong/60 bg-surface px-2.5 text-sm text-fg placeholder:text-muted hover:border-line-strong disabled:opacity-55 aria-invalid:border-loss";

export function Input({ className, ...props }: ComponentProps<"input">) {
  return <input className={cn(fieldStyle, "h-8", className)} {...props} />;
}

export function Textarea({ className, ...props }: ComponentProps<"textarea">) {
  return <textarea className={cn(fieldStyle, "min-h-20 py-1.5", className)} {...props} />;
}

/** The browser's own: right on phones, reachable by keys and readers without a line of script. */
export function NativeSelect({ className, ...props }: ComponentProps<"select">) {
  return <select className={cn(fieldStyle, "h-8 pr-7", className)} {...props} />;
}
