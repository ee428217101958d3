"use client";

import { useMemo } from "react";
import { useSettings } from "@/lib/api/queries/account";

const USUAL = ["EURUSD", "GBPUSD", "USDJPY", "XAUUSD"];
const MOST = 12;

/** The instruments of the ticker strip and of choices: those of the settings, else the most traded ones. */
export function useWatchlist(): readonly string[] {
  const { data } = useSettings();
  return useMemo(() => (data?.preferred_pairs.length ? data.preferred_pairs.slice(0, MOST) : USUAL), [data]);
}
