"use client";

import { HeartbeatLight } from "@/components/agents/HeartbeatLight";
import { PairingKey } from "@/components/agents/PairingKey";
import { Button } from "@/components/ui/button";
import { Dialog, DialogClose, DialogContent, DialogFooter } from "@/components/ui/dialog";

export interface IssuedKey {
  agentId: string;
  agentName: string;
  agentKey: string;
  /** In place of one that ended: the agent was heard before, so no light would tell anything. */
  isRotated?: boolean;
}

/** The one showing of a key: only its button or Escape ends it, no stray click beside it. */
export function KeyDialog({ issued, onClose }: { issued: IssuedKey | null; onClose: () => void }) {
  return (
    <Dialog
      open={issued !== null}
      onOpenChange={(isOpen) => {
        if (!isOpen) onClose();
      }}
    >
      {issued && (
        <DialogContent
          title={`Pair ${issued.agentName}`}
          className="max-w-2xl"
          onInteractOutside={(event) => event.preventDefault()}
        >
          <PairingKey agentId={issued.agentId} agentKey={issued.agentKey} />
          {!issued.isRotated && <HeartbeatLight agentId={issued.agentId} />}
          <DialogFooter>
            <DialogClose asChild>
              <Button variant="primary">I have the key</Button>
            </DialogClose>
          </DialogFooter>
        </DialogContent>
      )}
    </Dialog>
  );
}
