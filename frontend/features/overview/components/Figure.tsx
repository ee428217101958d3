import type { ReactNode } from "react";

/** One figure with its name above and its context below; of the same height, whatever it says. */
export function Figure({
  label,
  value,
  children,
}: {
  label: string;
  value: ReactNode;
  children?: ReactNode;
}) {
  return (
    <div className="flex min-h-28 min-w-0 flex-col gap-1 rounded-lg border bg-surface p-4">
      <dt className="text-sm text-muted">{label}</dt>
      <dd className="text-2xl font-semibold tracking-tight tabular-nums">{value}</dd>
      <dd className="mt-auto text-xs text-muted">{children}</dd>
    </div>
  );
}
