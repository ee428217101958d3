"use client";

import { useId, useState } from "react";
import { Button } from "@/components/ui/button";
import { describeError } from "@/lib/api/problem";
import { useAcceptDisclaimer } from "@/lib/api/queries/account";
import { NextButton } from "./NextButton";

interface DisclaimerStepProps {
  isAccepted: boolean;
  onDone: () => void;
}

export function DisclaimerStep({ isAccepted, onDone }: DisclaimerStepProps) {
  const id = useId();
  const accept = useAcceptDisclaimer();
  const [isRead, setRead] = useState(false);
  return (
    <div className="grid gap-4">
      <div className="grid max-w-prose gap-2 text-sm leading-relaxed">
        <p>
          Trading foreign exchange and other leveraged products can lose all you put in, and quickly. Software
          makes it no safer: an alert may be wrong, late or sent twice, a connection may drop while a position
          is open, a price may jump past a stop.
        </p>
        <ul className="grid list-disc gap-1 pl-5 text-muted">
          <li>Nothing here is advice. You decide what is traded, and you bear its result.</li>
          <li>Past and simulated results say nothing certain about those to come.</li>
          <li>Begin on a demo account. Trade with money only if you can lose it.</li>
          <li>
            Set your limits, and know the brake: <strong className="font-medium text-fg">Flatten</strong>,
            above on every page, closes everything and stops entries.
          </li>
        </ul>
      </div>
      {isAccepted ? (
        <NextButton onClick={onDone} />
      ) : (
        <>
          <label htmlFor={id} className="flex items-start gap-2 text-sm">
            <input
              id={id}
              type="checkbox"
              className="mt-0.5 size-4 accent-accent"
              checked={isRead}
              onChange={(event) => setRead(event.target.checked)}
            />
            I have read this, and I accept the risk.
          </label>
          {accept.error && (
            <p role="alert" className="rounded-md bg-loss-soft px-3 py-2 text-sm text-loss">
              {describeError(accept.error)}
            </p>
          )}
          <Button
            variant="primary"
            className="justify-self-end"
            disabled={!isRead}
            isBusy={accept.isPending}
            onClick={() => accept.mutate(undefined, { onSuccess: onDone })}
          >
            Accept and continue
          </Button>
        </>
      )}
    </div>
  );
}
