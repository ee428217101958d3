"use client";

import { useMemo, useState } from "react";
import { EmptyState } from "@/components/data/states";
import { PageHeader } from "@/components/layout/PageHeader";
import { PositionsTable } from "@/components/trading/PositionsTable";
import { useCloses } from "@/components/trading/useCloses";
import { useCurrencies } from "@/components/trading/useCurrencies";
import { Card } from "@/components/ui/card";
import { useConnections } from "@/lib/api/queries/account";
import { usePrices, type Timeframe } from "@/lib/api/queries/prices";
import { useAccount, usePositions } from "@/lib/api/queries/trading";
import { useFilters } from "@/lib/hooks/useFilters";
import { useWatchlist } from "@/lib/hooks/useWatchlist";
import { useInstruments } from "@/lib/socket/SocketProvider";
import { conversionPairs } from "@/lib/trading/pnl";
import { SECONDS } from "../bars";
import { isOnSymbol } from "../ticket";
import { ChartCard } from "./ChartCard";
import { InstrumentPicker } from "./InstrumentPicker";
import type { SentOrder } from "./OrderProgress";
import { OrderTicket } from "./OrderTicket";

const MOST_SENT = 3;
const DEFAULTS = { symbol: "", tf: "M5", account: "" };

export function TradingPage() {
  const { filters, setFilters } = useFilters(DEFAULTS);
  const watchlist = useWatchlist();
  const instrument = filters.symbol || watchlist[0] || "EURUSD";
  const timeframe = (filters.tf in SECONDS ? filters.tf : DEFAULTS.tf) as Timeframe;

  const { data: connectionPage } = useConnections();
  const connections = connectionPage?.items;
  const { data: accountPage } = useAccount();
  const reported = new Set(accountPage?.items.map((each) => each.broker_connection_id));
  // One that an agent reports of can execute an order; of the others nobody knows.
  const connection =
    connections?.find(({ id }) => id === filters.account) ??
    connections?.find(({ id, is_active }) => is_active && reported.has(id)) ??
    connections?.find(({ is_active }) => is_active) ??
    connections?.[0];
  const account = accountPage?.items.find((each) => each.broker_connection_id === connection?.id);
  useInstruments(
    useMemo(
      () => [instrument, ...(account ? conversionPairs(instrument, account.currency) : [])],
      [instrument, account],
    ),
  );

  const { data: prices } = usePrices();
  const known = useMemo(
    () => [...new Set([...watchlist, ...(prices?.items.map((price) => price.instrument) ?? [])])],
    [watchlist, prices],
  );

  const query = usePositions();
  const currencies = useCurrencies();
  const closes = useCloses();
  const [sent, setSent] = useState<readonly SentOrder[]>([]);
  const positions = useMemo(
    () =>
      query.data?.items.filter((position) =>
        isOnSymbol(
          position.symbol,
          instrument,
          connections?.find(({ id }) => id === position.broker_connection_id)?.symbol_map,
        ),
      ),
    [query.data, connections, instrument],
  );

  return (
    <>
      <PageHeader
        title="Live trading"
        actions={
          <InstrumentPicker value={instrument} known={known} onChange={(symbol) => setFilters({ symbol })} />
        }
      />
      <div className="grid gap-4 lg:grid-cols-[minmax(0,1fr)_21rem]">
        <div className="grid min-w-0 content-start gap-4 max-lg:contents">
          <ChartCard
            instrument={instrument}
            timeframe={timeframe}
            onTimeframe={(tf) => setFilters({ tf })}
            positions={positions ?? []}
          />
          <Card title={`Positions on ${instrument}`} isFlush className="max-lg:order-last">
            <PositionsTable
              caption={`Positions on ${instrument}`}
              query={{ ...query, data: positions }}
              currencies={currencies}
              closes={closes}
              isCompact
              empty={
                <EmptyState title={`Nothing is open on ${instrument}`}>
                  What you or your strategies open shows up here, and as lines on the chart.
                </EmptyState>
              }
            />
          </Card>
        </div>
        <OrderTicket
          // What was typed for one instrument is wrong for another.
          key={instrument}
          instrument={instrument}
          connections={connections}
          connection={connection}
          onConnection={(id) => setFilters({ account: id })}
          account={account}
          sent={sent}
          onSent={(order) =>
            setSent((before) =>
              [order, ...before.filter(({ jobId }) => jobId !== order.jobId)].slice(0, MOST_SENT),
            )
          }
          onDismiss={(jobId) => setSent((before) => before.filter((order) => order.jobId !== jobId))}
        />
      </div>
    </>
  );
}
