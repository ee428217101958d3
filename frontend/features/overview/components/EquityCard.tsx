"use client";

import dynamic from "next/dynamic";
import { useMemo, useState } from "react";
import { EmptyState, ErrorState } from "@/components/data/states";
import { Card } from "@/components/ui/card";
import { Segmented } from "@/components/ui/segmented";
import { Skeleton } from "@/components/ui/skeleton";
import { useHistoryRange, type AccountState } from "@/lib/api/queries/trading";
import { currencyDigits, formatMoney } from "@/lib/format/decimal";
import { equityCurve } from "@/lib/trading/equity";

const LineChart = dynamic(() => import("@/components/charts/LineChart"), {
  ssr: false,
  loading: () => <Skeleton className="size-full" />,
});

const RANGES = [
  { value: "7", label: "1W" },
  { value: "30", label: "1M" },
  { value: "90", label: "3M" },
  { value: "all", label: "All" },
] as const;
type Range = (typeof RANGES)[number]["value"];

const DAY_MS = 86_400_000;

/** From the beginning of a day, so that the query stays the same from render to render. */
function startOf(range: Range): string | undefined {
  if (range === "all") return undefined;
  return new Date(Math.floor(Date.now() / DAY_MS - Number(range)) * DAY_MS).toISOString();
}

export function EquityCard({ account }: { account: AccountState | undefined }) {
  const [range, setRange] = useState<Range>("30");
  const id = account?.broker_connection_id;
  const history = useHistoryRange(
    { broker_connection_id: id, from: startOf(range) },
    { enabled: id !== undefined },
  );
  const points = useMemo(
    () =>
      account &&
      history.data &&
      equityCurve(history.data.items, account.balance, account.equity, account.reported_at),
    [account, history.data],
  );
  const [first, last] = [points?.at(0), points?.at(-1)];
  const label =
    account && first && last
      ? `Equity from ${formatMoney(first.value, account.currency)} to ${formatMoney(last.value, account.currency)}`
      : "Equity";
  return (
    <Card
      title="Equity"
      actions={<Segmented label="Range" value={range} options={RANGES} onChange={setRange} />}
    >
      <div className="h-56">
        {history.error && !history.data ? (
          <ErrorState
            title="The history could not be loaded"
            error={history.error}
            onRetry={() => void history.refetch()}
          />
        ) : !points || !account ? (
          <Skeleton className="size-full" />
        ) : points.length < 2 ? (
          <EmptyState title="No closed deal in this time">
            The curve begins with the first position that is closed.
          </EmptyState>
        ) : (
          <LineChart points={points} digits={currencyDigits(account.currency)} label={label} />
        )}
      </div>
      {history.data?.isCut && <p className="mt-2 text-xs text-muted">The newest 2,000 deals of this time.</p>}
    </Card>
  );
}
