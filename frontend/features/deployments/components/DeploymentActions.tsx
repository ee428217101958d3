"use client";

import { PlayIcon, SquareIcon, TrashIcon } from "lucide-react";
import { Button } from "@/components/ui/button";
import { Confirm } from "@/components/ui/confirm";
import { toast, toastError } from "@/components/ui/toaster";
import {
  useDeleteDeployment,
  useRunDeployment,
  useStopDeployment,
  type Deployment,
} from "@/lib/api/queries/deployments";
import { deploymentInWords } from "@/lib/trading/deploymentInWords";

export function DeploymentActions({ deployment }: { deployment: Deployment }) {
  const run = useRunDeployment();
  const stop = useStopDeployment();
  const remove = useDeleteDeployment();
  const { canRun, canStop, canDelete } = deploymentInWords(deployment);
  const name = `${deployment.project_name} v${deployment.version_number}`;
  const where = `${deployment.symbol} ${deployment.timeframe}`;
  const start = () =>
    run.mutate(deployment.id, {
      onSuccess: () => toast.success(`${name} is to run again`),
      onError: (error) => toastError(`${name} cannot be run`, error, error.isTransient ? start : undefined),
    });
  return (
    <span className="inline-flex justify-end gap-1 sm:min-w-28">
      {canRun && (
        <Button size="sm" isBusy={run.isPending} onClick={start} aria-label={`Run ${name} on ${where}`}>
          <PlayIcon aria-hidden /> <span className="hidden sm:inline">Run</span>
        </Button>
      )}
      {canStop && (
        <Confirm
          trigger={
            <Button size="sm" variant="danger-soft" aria-label={`Stop ${name} on ${where}`}>
              <SquareIcon aria-hidden /> <span className="hidden sm:inline">Stop</span>
            </Button>
          }
          title={`Stop ${name} on ${where}?`}
          confirmLabel="Stop it"
          isDanger
          onConfirm={() => stop.mutateAsync(deployment.id)}
        >
          <p>The agent takes it off its chart; it opens and manages nothing any more.</p>
          <p>
            Its open positions stay open, with the stops and targets they have. Close them on the Positions
            page.
          </p>
        </Confirm>
      )}
      {canDelete && (
        <Confirm
          trigger={
            <Button size="icon-sm" variant="ghost" aria-label={`Delete ${name} on ${where}`} title="Delete">
              <TrashIcon aria-hidden />
            </Button>
          }
          title={`Delete this deployment of ${name}?`}
          confirmLabel="Delete deployment"
          isDanger
          onConfirm={() => remove.mutateAsync(deployment.id)}
        >
          <p>It leaves the list for {where}. Project, version and the history of its trades stay.</p>
        </Confirm>
      )}
    </span>
  );
}
