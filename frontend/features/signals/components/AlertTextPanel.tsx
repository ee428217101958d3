"use client";

import { useState } from "react";
import { CopyField } from "@/components/data/CopyField";
import { ErrorState } from "@/components/data/states";
import { Segmented } from "@/components/ui/segmented";
import { Skeleton } from "@/components/ui/skeleton";
import type { Schemas } from "@/lib/api/client";
import { useAlertText, type Strategy } from "@/lib/api/queries/signals";

const KINDS: readonly { value: Schemas["AlertKind"]; label: string }[] = [
  { value: "strategy", label: "Strategy’s orders" },
  { value: "buy", label: "Buy" },
  { value: "sell", label: "Sell" },
  { value: "close", label: "Close" },
];
const DIALECTS: readonly { value: Schemas["TextDialect"]; label: string }[] = [
  { value: "json", label: "JSON" },
  { value: "pineconnector", label: "PineConnector" },
  { value: "traderspost", label: "TradersPost" },
  { value: "plain", label: "Words" },
];

export function AlertTextPanel({ strategy }: { strategy: Strategy }) {
  const [kind, setKind] = useState<Schemas["AlertKind"]>("strategy");
  const [dialect, setDialect] = useState<Schemas["TextDialect"]>("json");
  const text = useAlertText(strategy.id, dialect, kind);
  return (
    <section className="grid grid-cols-1 gap-3">
      <h3 className="text-sm font-semibold">Alert text</h3>
      <div className="flex flex-wrap gap-2">
        <Segmented label="What sets the alert off" value={kind} options={KINDS} onChange={setKind} />
        <Segmented label="How it is written" value={dialect} options={DIALECTS} onChange={setDialect} />
      </div>
      {text.data ? (
        <>
          <CopyField label="Message" value={text.data.text} isBlock />
          <p className="max-w-prose text-sm leading-relaxed text-muted">{text.data.note}</p>
        </>
      ) : text.error ? (
        <ErrorState
          title="The alert text could not be loaded"
          error={text.error}
          onRetry={() => void text.refetch()}
        />
      ) : (
        <div aria-busy className="grid gap-2">
          <Skeleton className="h-20" />
          <Skeleton className="h-28" />
        </div>
      )}
    </section>
  );
}
