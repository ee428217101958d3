"use client";

import { useState } from "react";
import { ErrorState } from "@/components/data/states";
import { Dialog, DialogContent } from "@/components/ui/dialog";
import { NativeSelect } from "@/components/ui/input";
import { Skeleton } from "@/components/ui/skeleton";
import { useVersion, type VersionSummary } from "@/lib/api/queries/ea";
import { useEaStore } from "@/lib/stores/eaStore";
import { Diff } from "./Diff";

/** The one before it, or the one after the first. */
function counterpart(versions: readonly VersionSummary[], shownId: string): string {
  const at = versions.findIndex(({ id }) => id === shownId);
  return (versions[at + 1] ?? versions.find(({ id }) => id !== shownId))?.id ?? shownId;
}

export function DiffDialog({
  versions,
  shownId,
  onClose,
}: {
  versions: readonly VersionSummary[];
  shownId: string;
  onClose: () => void;
}) {
  const [leftId, setLeftId] = useState(() => counterpart(versions, shownId));
  const [rightId, setRightId] = useState(shownId);
  const left = useVersion(leftId);
  const right = useVersion(rightId);
  const activeVersionId = useEaStore((state) => state.activeVersionId);
  const content = useEaStore((state) => state.editorContent);
  const textOf = (id: string, version: typeof left) =>
    id === activeVersionId ? content : version.data?.data.source_code;
  const [before, after] = [textOf(leftId, left), textOf(rightId, right)];
  const failed = [left, right].find(({ error, data }) => error && !data);
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()}>
      <DialogContent title="Compare versions" className="max-w-[min(80rem,calc(100vw-2rem))]">
        <div className="grid grid-cols-2 gap-3">
          {(
            [
              ["Before", leftId, setLeftId],
              ["After", rightId, setRightId],
            ] as const
          ).map(([label, id, choose]) => (
            <NativeSelect
              key={label}
              aria-label={label}
              value={id}
              onChange={(event) => choose(event.target.value)}
            >
              {versions.map((version) => (
                <option key={version.id} value={version.id}>
                  Version {version.version_number} ({version.status})
                </option>
              ))}
            </NativeSelect>
          ))}
        </div>
        <p className="text-xs text-muted" role="status">
          {before !== undefined && before === after ? "Both are the same text." : "\u00a0"}
        </p>
        <div className="h-[60dvh] overflow-hidden rounded-md border">
          {failed ? (
            <ErrorState
              title="A version could not be loaded"
              error={failed.error}
              onRetry={() => void failed.refetch()}
            />
          ) : before === undefined || after === undefined ? (
            <Skeleton className="h-full w-full" />
          ) : (
            <Diff left={before} right={after} />
          )}
        </div>
      </DialogContent>
    </Dialog>
  );
}
