"use client";

import { useState } from "react";
import { LiveTotal } from "@/components/trading/live";
import type { Closes } from "@/components/trading/useCloses";
import { Button } from "@/components/ui/button";
import { Confirm } from "@/components/ui/confirm";
import { toast } from "@/components/ui/toaster";
import { describeError } from "@/lib/api/problem";
import type { Position } from "@/lib/api/queries/trading";
import { groupByCurrency } from "../groups";

interface CloseAllProps {
  positions: readonly Position[];
  currencies: Readonly<Record<string, string | undefined>>;
  isFiltered: boolean;
  closes: Closes;
}

/** One close for each position that is shown; trading goes on, which is what tells it from Flatten. */
export function CloseAll({ positions, currencies, isFiltered, closes: { close } }: CloseAllProps) {
  const [sent, setSent] = useState<{ done: number; of: number } | null>(null);
  const open = positions.filter(({ closing_job_id }) => closing_job_id == null);
  const count = `${open.length} ${open.length === 1 ? "position" : "positions"}`;

  const closeAll = async () => {
    const failed: string[] = [];
    for (const [index, position] of open.entries()) {
      setSent({ done: index, of: open.length });
      try {
        await close(position, { isAnnounced: false });
      } catch (error) {
        failed.push(`${position.symbol} ${position.ticket}: ${describeError(error)}`);
      }
    }
    setSent(null);
    if (failed.length > 0)
      throw new Error(`${failed.length} of ${open.length} not sent. ${failed.slice(0, 3).join(" ")}`);
    toast.success(`Closing ${count}`, { description: "Each row shows how far it is." });
  };

  return (
    <Confirm
      trigger={
        <Button variant="danger-soft" disabled={open.length === 0}>
          {isFiltered ? "Close shown" : "Close all"}
        </Button>
      }
      title={`Close ${count} at the market?`}
      confirmLabel={`Close ${count}`}
      isDanger
      onConfirm={closeAll}
    >
      <p>
        {isFiltered ? "Every position of this filter" : "Every open position"} is closed, now together{" "}
        {groupByCurrency(open, currencies).map(({ currency, positions: some }, index) => (
          <span key={currency}>
            {index > 0 && ", "}
            <LiveTotal positions={some} currency={currency} />
          </span>
        ))}
        . Prices may move until then.
      </p>
      <p>Strategies go on trading. To stop entries as well, use Flatten.</p>
      <p aria-live="polite" className="min-h-5 tabular-nums">
        {sent && `Sent ${sent.done} of ${sent.of}`}
      </p>
    </Confirm>
  );
}
