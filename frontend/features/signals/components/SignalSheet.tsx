"use client";

import { CopyField } from "@/components/data/CopyField";
import { SignalOutcome } from "@/components/signals/SignalOutcome";
import { Sheet, SheetContent } from "@/components/ui/sheet";
import { useSignal } from "@/lib/api/queries/signals";
import { formatDateTime } from "@/lib/format/time";
import { formatPrice } from "@/lib/trading/instrument";

export function SignalSheet({ id, onClose }: { id: string; onClose: () => void }) {
  return (
    <Sheet
      open={id !== ""}
      onOpenChange={(isOpen) => {
        if (!isOpen) onClose();
      }}
    >
      {id !== "" && (
        <SheetContent title="Signal" className="w-[min(40rem,100%)]">
          <SignalOutcome id={id} />
          <SignalDetails id={id} />
        </SheetContent>
      )}
    </Sheet>
  );
}

/** A text comes wrapped, since the column holds JSON. */
function rawOf(payload: unknown): string {
  if (typeof payload === "object" && payload !== null) {
    const { text, ...rest } = payload as Record<string, unknown>;
    if (typeof text === "string" && Object.keys(rest).length === 0) return text;
  }
  return JSON.stringify(payload, null, 2);
}

function SignalDetails({ id }: { id: string }) {
  const { data: signal } = useSignal(id);
  if (!signal) return null;
  const priceOf = (price: number | null | undefined) =>
    price == null ? null : formatPrice(signal.symbol ?? "", price);
  const facts: [string, string | number | null | undefined][] = [
    ["Received", formatDateTime(signal.latency.received_at)],
    ["Price in the alert", priceOf(signal.price)],
    ["Fill price", priceOf(signal.fill_price)],
    ["Stop loss", priceOf(signal.sl)],
    ["Take profit", priceOf(signal.tp)],
    ["Broker’s order", signal.broker_order_id],
    ["Reason code", signal.reason_code],
  ];
  return (
    <>
      <dl className="grid grid-cols-[8.5rem_1fr] gap-y-1.5 border-t pt-4 text-sm">
        {facts.map(
          ([label, value]) =>
            value != null && (
              <div key={label} className="contents">
                <dt className="text-muted">{label}</dt>
                <dd className="min-w-0 break-words tabular-nums">{value}</dd>
              </div>
            ),
        )}
      </dl>
      <CopyField label="What TradingView sent" value={rawOf(signal.raw_payload)} isBlock />
    </>
  );
}
