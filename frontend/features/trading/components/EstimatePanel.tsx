"use client";

import { useMemo } from "react";
import { PnL } from "@/components/data/PnL";
import type { Schemas } from "@/lib/api/client";
import type { AccountState } from "@/lib/api/queries/trading";
import { decimal, formatDecimal, formatPercent, formatVolume } from "@/lib/format/decimal";
import { usePricesOf } from "@/lib/stores/priceStore";
import { formatPrice } from "@/lib/trading/instrument";
import { conversionPairs } from "@/lib/trading/pnl";
import { reasonInWords } from "@/lib/trading/reasons";
import { estimateTicket, refusals, rewardToRisk, type Ticket } from "../ticket";

interface EstimatePanelProps {
  ticket: Ticket;
  instrument: string;
  account: AccountState | undefined;
  settings: Schemas["Settings"] | undefined;
}

const unknown = <span className="text-muted">–</span>;

/** What the order would come to now. The only part of the form that moves with the price. */
export function EstimatePanel({ ticket, instrument, account, settings }: EstimatePanelProps) {
  const currency = account?.currency;
  const names = useMemo(
    () => [instrument, ...(currency === undefined ? [] : conversionPairs(instrument, currency))],
    [instrument, currency],
  );
  const quotes = usePricesOf(names);
  const estimate =
    account &&
    estimateTicket({
      ticket,
      symbol: instrument,
      quotes,
      account,
      maxVolume: settings?.max_lot_size ?? null,
    });
  const ratio = estimate && rewardToRisk(estimate);
  const share =
    estimate?.loss && account && account.equity > 0
      ? decimal(estimate.loss).div(account.equity).times(100)
      : null;
  const price = (value: { toString(): string } | null | undefined) =>
    value == null ? unknown : formatPrice(instrument, value.toString());
  const warnings = settings ? refusals(settings, account, estimate?.volume ?? null) : [];

  return (
    <div className="grid gap-2">
      <dl
        aria-label="Estimate"
        className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1 rounded-md bg-bg px-3 py-2 text-sm tabular-nums [&>dd]:text-right [&>dt]:text-muted"
      >
        <dt>Size</dt>
        <dd className="font-medium">
          {estimate?.volume
            ? `${ticket.sizeBy === "risk" ? "≈ " : ""}${formatVolume(estimate.volume)} lots`
            : unknown}
        </dd>
        <dt>Stop</dt>
        <dd>{price(estimate?.stop)}</dd>
        <dt>Target</dt>
        <dd>{price(estimate?.target)}</dd>
        <dt>Loss at stop</dt>
        <dd>
          {estimate?.loss && currency ? (
            <>
              <PnL value={estimate.loss} currency={currency} />
              {share && <span className="text-muted"> · {formatPercent(share.abs())}</span>}
            </>
          ) : (
            unknown
          )}
        </dd>
        <dt>Gain at target</dt>
        <dd>
          {estimate?.gain && currency ? (
            <>
              <PnL value={estimate.gain} currency={currency} />
              {ratio && <span className="text-muted"> · {formatDecimal(ratio, 1)} : 1</span>}
            </>
          ) : (
            unknown
          )}
        </dd>
      </dl>
      <p className="min-h-4 text-xs text-muted">
        {estimate?.why ??
          (account
            ? "Before costs; the agent sizes by the broker’s own contract."
            : "The account was not reported yet.")}
      </p>
      {warnings.length > 0 && (
        <ul aria-label="Limits" className="grid gap-1 rounded-md bg-warn-soft px-3 py-2 text-sm text-warn">
          {warnings.map((code) => (
            <li key={code}>{reasonInWords(code)}</li>
          ))}
        </ul>
      )}
    </div>
  );
}
