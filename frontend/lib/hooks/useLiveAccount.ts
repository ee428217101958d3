"use client";

import { useMemo } from "react";
import { useAccount, usePositions, type AccountState, type Position } from "@/lib/api/queries/trading";
import { useInstruments } from "@/lib/socket/SocketProvider";
import { usePriceStore } from "@/lib/stores/priceStore";
import { conversionPairs, type Quotes } from "@/lib/trading/pnl";

const NO_POSITIONS: readonly Position[] = [];

/** Streams what values these positions: their own symbols, and the pairs that convert their results. */
export function usePositionQuotes(positions: readonly Position[], currency: string | undefined): Quotes {
  const instruments = useMemo(
    () =>
      positions.flatMap(({ symbol }) => [
        symbol,
        ...(currency === undefined ? [] : conversionPairs(symbol, currency)),
      ]),
    [positions, currency],
  );
  useInstruments(instruments);
  return usePriceStore((state) => state.prices);
}

/** An account with its open positions and the live prices that value them. The first one, unless one is chosen. */
export function useLiveAccount(connectionId?: string): {
  account: AccountState | undefined;
  accounts: readonly AccountState[];
  positions: readonly Position[];
  quotes: Quotes;
  query: ReturnType<typeof useAccount>;
} {
  const query = useAccount();
  const positionQuery = usePositions();
  const accounts = query.data?.items ?? [];
  const account = accounts.find((each) => each.broker_connection_id === connectionId) ?? accounts[0];
  const all = positionQuery.data?.items ?? NO_POSITIONS;
  const id = account?.broker_connection_id;
  const positions = useMemo(() => all.filter((position) => position.broker_connection_id === id), [all, id]);
  const quotes = usePositionQuotes(positions, account?.currency);
  return { account, accounts, positions, quotes, query };
}
