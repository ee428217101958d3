"use client";

import { formatAge, formatDateTime } from "@/lib/format/time";
import { useNow } from "@/lib/hooks/useNow";
import { cn } from "@/lib/cn";

/** How long ago; the moment itself, with its zone, on hover. */
export function RelativeTime({ at, className }: { at: string; className?: string }) {
  const now = useNow(1_000);
  return (
    <time
      dateTime={at}
      title={formatDateTime(at)}
      className={cn("whitespace-nowrap tabular-nums", className)}
    >
      {formatAge(at, now)}
    </time>
  );
}
