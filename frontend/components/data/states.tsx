import { RotateCwIcon } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "@/components/ui/button";
import { ApiProblem, describeError } from "@/lib/api/problem";

/** An empty list says what to do next. */
export function EmptyState({
  title,
  children,
  action,
}: {
  title: string;
  children?: ReactNode;
  action?: ReactNode;
}) {
  return (
    <div className="grid h-full place-content-center justify-items-center gap-2 px-4 py-8 text-center">
      <p className="font-medium">{title}</p>
      {children && <p className="max-w-md text-sm text-muted">{children}</p>}
      {action && <div className="mt-2">{action}</div>}
    </div>
  );
}

export function ErrorState({
  title,
  error,
  missing,
  onRetry,
}: {
  title: string;
  error: unknown;
  /** Of one thing that the address names: what to say where there is none, which trying again does not change. */
  missing?: string;
  onRetry: () => void;
}) {
  // 422: what the address names is no id at all.
  if (missing !== undefined && error instanceof ApiProblem && (error.status === 404 || error.status === 422))
    return (
      <div role="alert" className="grid justify-items-center gap-2 px-4 py-8 text-center">
        <p className="font-medium">{missing}</p>
        <p className="max-w-md text-sm text-muted">The address may be mistyped, or it was deleted.</p>
      </div>
    );
  return (
    <div role="alert" className="grid justify-items-center gap-2 px-4 py-8 text-center">
      <p className="font-medium">{title}</p>
      <p className="max-w-md text-sm text-muted">{describeError(error)}</p>
      <Button onClick={onRetry} className="mt-2">
        <RotateCwIcon aria-hidden /> Try again
      </Button>
    </div>
  );
}
