"use client";

import { OctagonXIcon } from "lucide-react";
import { Button } from "@/components/ui/button";
import { Confirm } from "@/components/ui/confirm";
import { toast } from "@/components/ui/toaster";
import { useFlatten } from "@/lib/api/queries/trading";
import { flattenedInWords } from "@/lib/trading/flattened";

export function FlattenButton() {
  const flatten = useFlatten();
  return (
    <Confirm
      trigger={
        <Button variant="danger-soft" aria-label="Flatten">
          <OctagonXIcon aria-hidden />
          <span className="hidden sm:inline">Flatten</span>
        </Button>
      }
      title="Close everything and stop entries?"
      confirmLabel="Flatten now"
      isDanger
      onConfirm={async () => {
        const { done, left } = flattenedInWords(await flatten.mutateAsync(undefined));
        if (left) toast.warning(done, { description: left, duration: Number.POSITIVE_INFINITY });
        else toast.success(done);
      }}
    >
      <p>
        Every open position on every account is closed at the market. Entries that no agent has taken are
        cancelled.
      </p>
      <p>Trading mode becomes reducing and stays so until you set it back to active.</p>
    </Confirm>
  );
}
