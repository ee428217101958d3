"use client";

import Link from "next/link";
import { EmptyState, ErrorState } from "@/components/data/states";
import { RelativeTime } from "@/components/data/RelativeTime";
import { PageHeader } from "@/components/layout/PageHeader";
import { buttonVariants } from "@/components/ui/button";
import { NativeSelect } from "@/components/ui/input";
import { useFilters } from "@/lib/hooks/useFilters";
import { useLiveAccount } from "@/lib/hooks/useLiveAccount";
import { AccountFigures } from "./AccountFigures";
import { AgentsCard } from "./AgentsCard";
import { EquityCard } from "./EquityCard";
import { LastSignalsCard } from "./LastSignalsCard";
import { RunningEasCard } from "./RunningEasCard";
import { SetupCard } from "./SetupCard";

const DEFAULTS = { account: "" };

export function OverviewPage() {
  const { filters, setFilters } = useFilters(DEFAULTS);
  const live = useLiveAccount(filters.account);
  const { account, accounts, query } = live;
  return (
    <>
      <PageHeader
        title="Overview"
        description={
          account && (
            <>
              {account.name}, reported <RelativeTime at={account.reported_at} />
            </>
          )
        }
        actions={
          accounts.length > 1 && (
            <NativeSelect
              aria-label="Account"
              className="w-auto"
              value={account?.broker_connection_id}
              onChange={(event) => setFilters({ account: event.target.value })}
            >
              {accounts.map((each) => (
                <option key={each.broker_connection_id} value={each.broker_connection_id}>
                  {each.name} ({each.currency})
                </option>
              ))}
            </NativeSelect>
          )
        }
      />
      <div className="grid gap-4">
        <SetupCard />
        {query.error && !query.data ? (
          <div className="rounded-lg border bg-surface">
            <ErrorState
              title="The account could not be loaded"
              error={query.error}
              onRetry={() => void query.refetch()}
            />
          </div>
        ) : query.data && !account ? (
          <div className="rounded-lg border bg-surface">
            <EmptyState
              title="No account has been reported yet"
              action={
                <Link href="/agents/" prefetch={false} className={buttonVariants({ variant: "primary" })}>
                  Pair an agent
                </Link>
              }
            >
              Balance and equity show up with the first report of an agent whose broker connection is set.
            </EmptyState>
          </div>
        ) : (
          <>
            <AccountFigures account={account} positions={live.positions} quotes={live.quotes} />
            <EquityCard account={account} />
          </>
        )}
        <div className="grid gap-4 xl:grid-cols-2">
          <LastSignalsCard />
          <div className="grid content-start gap-4">
            <AgentsCard />
            <RunningEasCard />
          </div>
        </div>
      </div>
    </>
  );
}
