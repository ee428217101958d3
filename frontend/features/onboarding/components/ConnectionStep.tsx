"use client";

import { CheckIcon } from "lucide-react";
import { ConnectionForm } from "@/components/agents/ConnectionForm";
import { ErrorState } from "@/components/data/states";
import { Skeleton } from "@/components/ui/skeleton";
import { useConnections } from "@/lib/api/queries/account";
import { NextButton } from "./NextButton";

export function ConnectionStep({ onDone }: { onDone: () => void }) {
  const connections = useConnections();
  if (!connections.data) {
    return connections.error ? (
      <ErrorState
        title="The connections could not be loaded"
        error={connections.error}
        onRetry={() => void connections.refetch()}
      />
    ) : (
      <Skeleton className="h-24" />
    );
  }
  const { items } = connections.data;
  if (items.length === 0) return <ConnectionForm onSaved={onDone} />;
  return (
    <div className="grid gap-4">
      <ul className="grid gap-1 text-sm">
        {items.map(({ id, name }) => (
          <li key={id} className="flex items-center gap-2">
            <CheckIcon className="size-4 text-profit" aria-hidden /> {name}
          </li>
        ))}
      </ul>
      <p className="text-sm text-muted">More of them, and their symbol maps, are on the page Agents.</p>
      <NextButton onClick={onDone} />
    </div>
  );
}
