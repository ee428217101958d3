import { PnL } from "@/components/data/PnL";
import type { Schemas } from "@/lib/api/client";
import { formatDecimal } from "@/lib/format/decimal";

/** Over all that the filter finds, by account: results of different currencies are never added. */
export function Totals({ totals }: { totals: readonly Schemas["TradeTotals"][] | undefined }) {
  return (
    <ul aria-label="Totals" className="mb-4 grid min-h-20 gap-4 md:grid-cols-2 xl:grid-cols-3">
      {totals?.map((total) => (
        <li
          key={total.broker_connection_id ?? "deleted"}
          className="grid gap-1 rounded-lg border bg-surface px-4 py-3"
        >
          <p className="truncate text-sm text-muted">{total.name ?? "Deleted broker connections"}</p>
          <p className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1">
            {total.currency ? (
              <PnL value={total.profit_loss} currency={total.currency} className="text-lg font-semibold" />
            ) : (
              <span className="text-lg font-semibold tabular-nums">
                {formatDecimal(total.profit_loss, 2, { sign: true })}
              </span>
            )}
            <span className="text-sm text-muted tabular-nums">
              {total.closed} closed · {total.won} won · {total.lost} lost
            </span>
          </p>
        </li>
      ))}
    </ul>
  );
}
