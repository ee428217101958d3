import { PnL } from "@/components/data/PnL";
import { Skeleton } from "@/components/ui/skeleton";
import type { AccountState, Position } from "@/lib/api/queries/trading";
import { decimal, formatMoney, formatPercent, sum, ZERO } from "@/lib/format/decimal";
import type { Quotes } from "@/lib/trading/pnl";
import { liveProfit } from "@/lib/trading/pnl";
import { openRisk } from "@/lib/trading/risk";
import { Figure } from "./Figure";
import { RiskFigure } from "./RiskFigure";

interface AccountFiguresProps {
  account: AccountState | undefined;
  positions: readonly Position[];
  quotes: Quotes;
}

export function AccountFigures({ account, positions, quotes }: AccountFiguresProps) {
  if (!account) return <FiguresSkeleton />;
  const { currency, day } = account;
  // What prices have done since the report is added to what was reported; nothing is where a price is missing.
  const moved = sum(
    positions.map((position) => {
      const live = liveProfit(position, currency, quotes);
      return live ? live.minus(position.profit) : ZERO;
    }),
  );
  const equity = decimal(account.equity).plus(moved);
  const result = decimal(day.result).plus(moved);
  const percent = day.start_equity ? result.div(day.start_equity).times(100) : null;
  return (
    <dl className="grid grid-cols-2 gap-4 max-sm:gap-3 lg:grid-cols-4" aria-label="Account">
      <Figure label="Equity" value={<Amount>{formatMoney(equity, currency)}</Amount>}>
        Balance {formatMoney(account.balance, currency)}
      </Figure>
      <Figure
        label="Today’s result"
        value={<PnL value={result} currency={currency} className="text-lg sm:text-2xl" />}
      >
        {percent && `${formatPercent(percent, 2, { sign: true })} · `}realised{" "}
        {formatMoney(day.realised_profit, currency, { sign: true })}
      </Figure>
      <RiskFigure
        currency={currency}
        result={result}
        allowance={day.loss_allowance ?? null}
        risk={openRisk(positions, currency, quotes)}
      />
      <Figure label="Free margin" value={<Amount>{formatMoney(account.free_margin, currency)}</Amount>}>
        {account.open_positions} open {account.open_positions === 1 ? "position" : "positions"} · margin{" "}
        {formatMoney(account.margin, currency)}
      </Figure>
    </dl>
  );
}

/** Smaller on phones, where two stand side by side. */
export function Amount({ children }: { children: string }) {
  return <span className="text-lg whitespace-nowrap sm:text-2xl">{children}</span>;
}

function FiguresSkeleton() {
  return (
    <div className="grid grid-cols-2 gap-4 lg:grid-cols-4" aria-busy>
      {Array.from({ length: 4 }, (_, index) => (
        <div key={index} className="flex min-h-28 flex-col gap-3 rounded-lg border bg-surface p-4">
          <Skeleton className="h-4 w-20" />
          <Skeleton className="h-6 w-32" />
          <Skeleton className="mt-auto h-3 w-24" />
        </div>
      ))}
    </div>
  );
}
