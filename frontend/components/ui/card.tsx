import { useId, type ReactNode } from "react";
import { cn } from "@/lib/cn";

interface CardProps {
  title: ReactNode;
  actions?: ReactNode;
  className?: string;
  /** Tables and charts reach the edge. */
  isFlush?: boolean;
  children: ReactNode;
}

export function Card({ title, actions, className, isFlush, children }: CardProps) {
  const id = useId();
  return (
    <section
      aria-labelledby={id}
      className={cn("flex min-w-0 flex-col rounded-lg border bg-surface", className)}
    >
      <div className="flex min-h-11 items-center justify-between gap-2 px-4 py-1.5">
        <h2 id={id} className="text-sm font-semibold">
          {title}
        </h2>
        {actions}
      </div>
      <div className={cn("min-w-0 flex-1", isFlush ? "" : "px-4 pb-4")}>{children}</div>
    </section>
  );
}
