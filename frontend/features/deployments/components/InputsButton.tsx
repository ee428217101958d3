"use client";

import { Button } from "@/components/ui/button";
import { Dialog, DialogContent, DialogTrigger } from "@/components/ui/dialog";
import type { Deployment } from "@/lib/api/queries/deployments";

export function InputsButton({
  deployment: { inputs, project_name, version_number },
}: {
  deployment: Deployment;
}) {
  const entries = Object.entries<unknown>(inputs);
  if (entries.length === 0) return <span className="text-muted">program’s own</span>;
  return (
    <Dialog>
      <DialogTrigger asChild>
        <Button size="sm" variant="ghost" className="-ml-2.5">
          {entries.length} changed
        </Button>
      </DialogTrigger>
      <DialogContent
        title="Inputs"
        description={`What ${project_name} v${version_number} was given. The others are the program's own.`}
      >
        <dl className="grid grid-cols-[auto_1fr] gap-x-6 gap-y-1 text-sm">
          {entries.map(([name, value]) => (
            <div key={name} className="contents">
              <dt className="text-muted">{name}</dt>
              <dd className="break-words tabular-nums">{String(value)}</dd>
            </div>
          ))}
        </dl>
      </DialogContent>
    </Dialog>
  );
}
