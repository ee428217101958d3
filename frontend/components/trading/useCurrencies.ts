"use client";

import { useMemo } from "react";
import { useAccount } from "@/lib/api/queries/trading";

/** The currency of each account by its broker connection, as far as an agent has reported it. */
export function useCurrencies(): Readonly<Record<string, string | undefined>> {
  const { data } = useAccount();
  return useMemo(
    () =>
      Object.fromEntries(
        data?.items.map((each) => [each.broker_connection_id, each.currency]) ?? [],
      ) as Record<string, string | undefined>,
    [data],
  );
}
