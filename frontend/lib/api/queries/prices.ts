import { useQuery } from "@tanstack/react-query";
import { api, unwrap, type Schemas } from "../client";
import { keys } from "../keys";
import type { operations } from "../schema";

export type Candle = Schemas["Candle"];
export type Timeframe = operations["get_prices_instrument_candles"]["parameters"]["query"]["timeframe"];

/** The last known prices, for a list of what there is; live ones come by useInstruments and usePrice. */
export function usePrices() {
  return useQuery({
    queryKey: keys.prices,
    queryFn: ({ signal }) => unwrap(api().GET("/prices", { signal })),
    staleTime: 60_000,
  });
}

export function useCandles(instrument: string, timeframe: Timeframe, limit = 500) {
  return useQuery({
    queryKey: keys.candles(instrument, timeframe, limit),
    queryFn: ({ signal }) => readCandles(instrument, timeframe, { limit, signal }),
  });
}

/** With `before` the candles before those that are shown. */
export function readCandles(
  instrument: string,
  timeframe: Timeframe,
  { limit, before, signal }: { limit?: number; before?: string; signal?: AbortSignal } = {},
) {
  return unwrap(
    api().GET("/prices/{instrument}/candles", {
      params: { path: { instrument }, query: { timeframe, limit, before } },
      signal,
    }),
  );
}
