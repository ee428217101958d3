"use client";

import { useState } from "react";
import { CopyField } from "@/components/data/CopyField";
import { Button } from "@/components/ui/button";
import { Confirm } from "@/components/ui/confirm";
import { Field } from "@/components/ui/field";
import { NativeSelect } from "@/components/ui/input";
import { toast } from "@/components/ui/toaster";
import { useRotateSecret, type Strategy } from "@/lib/api/queries/signals";
import { formatAge, formatDateTime } from "@/lib/format/time";
import { useNow } from "@/lib/hooks/useNow";

const OVERLAPS = [
  { seconds: 86_400, label: "a day" },
  { seconds: 604_800, label: "a week" },
  { seconds: 3_600, label: "an hour" },
  { seconds: 0, label: "not at all: it ends at once" },
];
const A_DAY = 86_400;

export function WebhookPanel({ strategy }: { strategy: Strategy }) {
  const rotate = useRotateSecret();
  const now = useNow(1_000);
  const [overlap, setOverlap] = useState(A_DAY);
  const expiresAt = strategy.previous_secret_expires_at;
  const isOverlapping = expiresAt != null && Date.parse(expiresAt) > now;
  return (
    <section className="grid grid-cols-1 gap-2">
      <CopyField label="Webhook address" value={strategy.webhook_url} />
      <div className="flex items-start justify-between gap-3">
        <p className="min-w-0 text-xs text-muted">
          {isOverlapping ? (
            <span title={formatDateTime(expiresAt)}>
              The address before it ends{" "}
              <span className="font-medium text-warn tabular-nums">{formatAge(expiresAt, now)}</span>: paste
              the new one into your alerts until then.
            </span>
          ) : (
            "Whoever has the address can trade by this strategy. It belongs into Webhook URL, never into a message."
          )}
        </p>
        <Confirm
          trigger={<Button size="sm">Rotate secret…</Button>}
          title="Give this strategy a new webhook address?"
          confirmLabel="Rotate secret"
          isDanger={overlap === 0}
          onConfirm={async () => {
            await rotate.mutateAsync({ id: strategy.id, overlap_seconds: overlap });
            toast.success("The webhook has a new address", {
              description: "Paste it into every alert of this strategy.",
            });
          }}
        >
          <p>
            Alerts in TradingView keep the address they were given, so the old one goes on working beside the
            new one for a while: time to change them all without losing a signal. If the old address leaked,
            end it at once.
          </p>
          <Field label="The old address goes on working for">
            {(control) => (
              <NativeSelect
                {...control}
                value={overlap}
                onChange={(event) => setOverlap(Number(event.target.value))}
              >
                {OVERLAPS.map(({ seconds, label }) => (
                  <option key={seconds} value={seconds}>
                    {label}
                  </option>
                ))}
              </NativeSelect>
            )}
          </Field>
        </Confirm>
      </div>
    </section>
  );
}
