"use client";

import { useState } from "react";
import { RelativeTime } from "@/components/data/RelativeTime";
import { Button } from "@/components/ui/button";
import { Dialog, DialogContent, DialogFooter } from "@/components/ui/dialog";
import { cn } from "@/lib/cn";
import { useEaStore } from "@/lib/stores/eaStore";
import type { Conflict } from "../lib/useAutoSave";
import { Diff } from "./Diff";

/** Cannot be closed without a choice: until then nothing is saved. */
export function ConflictDialog({
  conflict: { theirs },
  onTakeTheirs,
  onOverwrite,
}: {
  conflict: Conflict;
  onTakeTheirs: () => void;
  onOverwrite: () => void;
}) {
  const [isCompared, setCompared] = useState(false);
  const mine = useEaStore((state) => state.editorContent);
  return (
    <Dialog open>
      <DialogContent
        title="This draft was changed elsewhere"
        description={
          <>
            Another window or device saved it <RelativeTime at={theirs.updated_at} />. Your text is still
            here, and not saved.
          </>
        }
        className={cn(
          "[&>button:last-child]:hidden",
          isCompared ? "max-w-[min(80rem,calc(100vw-2rem))]" : "max-w-xl",
        )}
      >
        {isCompared && (
          <>
            <div className="grid grid-cols-2 text-xs text-muted">
              <span>Theirs</span>
              <span>Yours</span>
            </div>
            <div className="h-[50dvh] overflow-hidden rounded-md border">
              <Diff left={theirs.source_code} right={mine} />
            </div>
          </>
        )}
        <DialogFooter>
          {!isCompared && <Button onClick={() => setCompared(true)}>Compare</Button>}
          <Button onClick={onTakeTheirs}>Take theirs</Button>
          <Button variant="danger" onClick={onOverwrite}>
            Overwrite with mine
          </Button>
        </DialogFooter>
      </DialogContent>
    </Dialog>
  );
}
