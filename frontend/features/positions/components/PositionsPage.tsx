"use client";

import Link from "next/link";
import { useMemo } from "react";
import { RelativeTime } from "@/components/data/RelativeTime";
import { EmptyState } from "@/components/data/states";
import { PageHeader } from "@/components/layout/PageHeader";
import { LiveTotal } from "@/components/trading/live";
import { PositionsTable } from "@/components/trading/PositionsTable";
import { useCloses } from "@/components/trading/useCloses";
import { useCurrencies } from "@/components/trading/useCurrencies";
import { Button, buttonVariants } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { NativeSelect } from "@/components/ui/input";
import { useAccount, usePositions } from "@/lib/api/queries/trading";
import { useFilters } from "@/lib/hooks/useFilters";
import { groupByCurrency } from "../groups";
import { CloseAll } from "./CloseAll";

const DEFAULTS = { account: "", symbol: "" };

export function PositionsPage() {
  const { filters, setFilters, isFiltered } = useFilters(DEFAULTS);
  const query = usePositions();
  const { data: accountPage } = useAccount();
  const currencies = useCurrencies();
  const closes = useCloses();

  const all = query.data?.items;
  const accounts = useMemo(() => accountPage?.items ?? [], [accountPage]);
  const accountNames = useMemo(
    () =>
      accounts.length > 1
        ? Object.fromEntries(accounts.map((each) => [each.broker_connection_id, each.name]))
        : undefined,
    [accounts],
  );
  // All are polled for the whole dashboard, so the filter is applied to them here.
  const shown = useMemo(
    () =>
      all?.filter(
        ({ symbol, broker_connection_id }) =>
          (filters.symbol === "" || symbol === filters.symbol) &&
          (filters.account === "" || broker_connection_id === filters.account),
      ),
    [all, filters],
  );
  const symbols = useMemo(() => {
    const open = new Set(all?.map(({ symbol }) => symbol));
    if (filters.symbol !== "") open.add(filters.symbol);
    return [...open].sort();
  }, [all, filters.symbol]);
  const groups = useMemo(() => groupByCurrency(shown ?? [], currencies), [shown, currencies]);
  const reportedAt = shown?.map(({ reported_at }) => reported_at).sort()[0];

  return (
    <>
      <PageHeader
        title="Positions"
        description={
          reportedAt === undefined ? (
            "What is open at the broker, valued by live prices."
          ) : (
            <>
              Reported <RelativeTime at={reportedAt} />, valued by live prices
            </>
          )
        }
        actions={
          <>
            {accounts.length > 1 && (
              <NativeSelect
                aria-label="Account"
                className="w-auto max-w-44"
                value={filters.account}
                onChange={(event) => setFilters({ account: event.target.value })}
              >
                <option value="">All accounts</option>
                {accounts.map((each) => (
                  <option key={each.broker_connection_id} value={each.broker_connection_id}>
                    {each.name} ({each.currency})
                  </option>
                ))}
              </NativeSelect>
            )}
            <NativeSelect
              aria-label="Symbol"
              className="w-auto"
              value={filters.symbol}
              onChange={(event) => setFilters({ symbol: event.target.value })}
            >
              <option value="">All symbols</option>
              {symbols.map((symbol) => (
                <option key={symbol}>{symbol}</option>
              ))}
            </NativeSelect>
            <CloseAll
              positions={shown ?? []}
              currencies={currencies}
              isFiltered={isFiltered}
              closes={closes}
            />
          </>
        }
      />
      <Card
        title={shown ? `${shown.length} open` : "Open"}
        isFlush
        actions={
          <p className="flex min-h-5 items-center gap-3 text-sm font-medium" aria-label="Floating result">
            {groups.map(({ currency, positions }) => (
              <LiveTotal key={currency} positions={positions} currency={currency} />
            ))}
          </p>
        }
      >
        <PositionsTable
          caption="Open positions"
          query={{ ...query, data: shown }}
          currencies={currencies}
          accountNames={accountNames}
          closes={closes}
          empty={
            isFiltered ? (
              <EmptyState
                title="No open position matches"
                action={<Button onClick={() => setFilters(DEFAULTS)}>Clear the filter</Button>}
              />
            ) : (
              <EmptyState
                title="Nothing is open"
                action={
                  <Link href="/trading/" prefetch={false} className={buttonVariants({ variant: "primary" })}>
                    Place an order
                  </Link>
                }
              >
                Positions show up here once an alert, an expert advisor or you yourself have opened one.
              </EmptyState>
            )
          }
        />
      </Card>
    </>
  );
}
