import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { api, publicApi, unwrap, type Schemas } from "../client";
import { keys } from "../keys";
import { useChange, useCreation } from "../mutation";
import { readPages } from "../pages";
import { POLL_MS } from "../polling";

export type Strategy = Schemas["Strategy"];
export type Signal = Schemas["Signal"];
export interface SignalFilter {
  strategy_id?: string;
  status?: Schemas["SignalStatus"];
  limit?: number;
}

export function useStrategies() {
  return useQuery({
    queryKey: keys.strategies.list,
    queryFn: ({ signal }) => unwrap(api().GET("/strategies", { params: { query: { limit: 200 } }, signal })),
  });
}

export function useStrategy(id: string) {
  return useQuery({
    queryKey: keys.strategies.one(id),
    queryFn: ({ signal }) => unwrap(api().GET("/strategies/{id}", { params: { path: { id } }, signal })),
  });
}

export function useCreateStrategy() {
  return useCreation(
    (body: Schemas["NewStrategyInput"], header) =>
      unwrap(api().POST("/strategies", { body, params: { header } })),
    keys.strategies.all,
    keys.onboarding,
  );
}

export function useChangeStrategy() {
  return useChange(
    ({ id, ...body }: { id: string } & Schemas["StrategyChange"]) =>
      unwrap(api().PATCH("/strategies/{id}", { params: { path: { id } }, body })),
    keys.strategies.all,
  );
}

export function useDeleteStrategy() {
  return useChange(
    (id: string) => unwrap(api().DELETE("/strategies/{id}", { params: { path: { id } } })),
    keys.strategies.all,
    keys.signals.all,
    keys.onboarding,
  );
}

/** The old secret works on for `overlap_seconds`, a day unless told. */
export function useRotateSecret() {
  return useChange(
    ({ id, ...body }: { id: string } & Schemas["Rotation"]) =>
      unwrap(api().POST("/strategies/{id}/rotate-secret", { params: { path: { id } }, body })),
    keys.strategies.all,
  );
}

export function useAlertText(id: string, dialect: Schemas["TextDialect"], kind: Schemas["AlertKind"]) {
  return useQuery({
    queryKey: keys.strategies.alertText(id, dialect, kind),
    queryFn: ({ signal }) =>
      unwrap(
        api().GET("/strategies/{id}/alert-text", {
          params: { path: { id }, query: { dialect, kind } },
          signal,
        }),
      ),
    staleTime: 60_000,
  });
}

/** How an alert would be read and judged; nothing is stored. */
export function useExplainAlert() {
  return useChange(({ id, alert }: { id: string; alert: string }) =>
    unwrap(api().POST("/strategies/{id}/explain", { params: { path: { id } }, body: { alert } })),
  );
}

/**
 * Sends an alert as TradingView would, to the webhook of the API this page talks to: proved by its secret alone. Traded
 * like any other, if the rules let it pass.
 */
export function useSendTestAlert() {
  return useChange(
    ({ secret, alert }: { secret: string; alert: string }) =>
      unwrap(
        publicApi().POST("/webhooks/tv/{webhook_secret}", {
          params: { path: { webhook_secret: secret } },
          body: alert,
          bodySerializer: (text) => text,
          headers: { "content-type": "text/plain" },
        }),
      ),
    keys.signals.all,
    keys.onboarding,
  );
}

/** The feed, newest first, page by page. */
export function useSignals(filter: SignalFilter = {}) {
  return useInfiniteQuery({
    queryKey: keys.signals.list(filter),
    queryFn: ({ pageParam, signal }) =>
      unwrap(api().GET("/signals", { params: { query: { ...filter, cursor: pageParam } }, signal })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    refetchInterval: POLL_MS.signals,
    placeholderData: keepPreviousData,
    select: (data) => data.pages.flatMap((page) => page.items),
  });
}

const MOST_SIGNALS = 2_000;

/** All that a filter finds, for CSV; `isCut` when it was more than two thousand. */
export function readSignals(filter: SignalFilter) {
  return readPages(
    (cursor) => unwrap(api().GET("/signals", { params: { query: { ...filter, cursor, limit: 200 } } })),
    MOST_SIGNALS,
  );
}

export function useSignal(id: string) {
  return useQuery({
    queryKey: keys.signals.one(id),
    queryFn: ({ signal }) => unwrap(api().GET("/signals/{id}", { params: { path: { id } }, signal })),
    refetchInterval: ({ state }) => (state.data?.status === "pending" ? POLL_MS.job : POLL_MS.signals),
  });
}
