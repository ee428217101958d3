import { keepPreviousData, useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, unwrap, type Schemas } from "../client";
import { keys } from "../keys";
import { useChange, useCreation } from "../mutation";
import { readPages } from "../pages";
import { POLL_MS } from "../polling";

export type AccountState = Schemas["AccountState"];
export type Position = Schemas["Position"];
export type TradeEvent = Schemas["TradeEvent"];
export type Job = Schemas["Job"];

export interface PositionFilter {
  symbol?: string;
  broker_connection_id?: string;
}
export interface HistoryFilter extends PositionFilter {
  event_type?: Schemas["TradeEventType"];
  from?: string;
  to?: string;
}

/** What an order, a close or Flatten may change. */
const TRADED = [keys.positions.all, keys.account, keys.history.all, keys.signals.all] as const;

export function useAccount() {
  return useQuery({
    queryKey: keys.account,
    queryFn: ({ signal }) => unwrap(api().GET("/trading/account", { signal })),
    refetchInterval: POLL_MS.account,
  });
}

export function usePositions(filter: PositionFilter = {}) {
  return useQuery({
    queryKey: keys.positions.list(filter),
    queryFn: ({ signal }) => unwrap(api().GET("/trading/positions", { params: { query: filter }, signal })),
    refetchInterval: POLL_MS.positions,
    placeholderData: keepPreviousData,
  });
}

/** The newest page first, with totals over all that the filter finds. */
export function useHistory(filter: HistoryFilter = {}) {
  return useInfiniteQuery({
    queryKey: keys.history.list(filter),
    queryFn: ({ pageParam, signal }) =>
      unwrap(api().GET("/trading/history", { params: { query: { ...filter, cursor: pageParam } }, signal })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    placeholderData: keepPreviousData,
    select: (data) => ({
      items: data.pages.flatMap((page) => page.items),
      totals: data.pages[0]?.totals ?? [],
    }),
  });
}

const MOST_EVENTS = 2_000;

/** The whole of a range at once, for curves and CSV; `isCut` when there were more events than `most`. */
export function readHistoryRange(filter: HistoryFilter, signal?: AbortSignal, most = MOST_EVENTS) {
  return readPages(
    (cursor) =>
      unwrap(api().GET("/trading/history", { params: { query: { ...filter, cursor, limit: 200 } }, signal })),
    most,
  );
}

export function useHistoryRange(filter: HistoryFilter, { enabled = true }: { enabled?: boolean } = {}) {
  return useQuery({
    queryKey: keys.history.range(filter),
    queryFn: ({ signal }) => readHistoryRange(filter, signal),
    enabled,
    staleTime: 30_000,
    placeholderData: keepPreviousData,
  });
}

/** A taken order is followed at once: what it changes is asked for beside it, and nobody waits for that. */
function useTrade<Input>(send: (input: Input, header: { "Idempotency-Key": string }) => Promise<Job>) {
  const queryClient = useQueryClient();
  return useCreation(async (input: Input, header) => {
    try {
      return await send(input, header);
    } finally {
      for (const queryKey of TRADED) void queryClient.invalidateQueries({ queryKey });
    }
  });
}

export function usePlaceOrder() {
  return useTrade((body: Schemas["NewOrder"], header) =>
    unwrap(api().POST("/trading/orders", { body, params: { header } })),
  );
}

export function useClosePosition() {
  return useTrade(({ ticket, ...body }: { ticket: number } & Schemas["ClosePosition"], header) =>
    unwrap(api().POST("/trading/positions/{ticket}/close", { params: { path: { ticket }, header }, body })),
  );
}

/** Closes everything and stops entries. Sent again it makes nothing new, so it needs no key. */
export function useFlatten() {
  return useChange(() => unwrap(api().POST("/trading/flatten")), ...TRADED, keys.settings, keys.me);
}

const isOver = (status: Schemas["JobStatus"] | undefined) =>
  status === "completed" || status === "failed" || status === "cancelled";

/** Followed until it is over. */
export function useJob(id: string | null) {
  return useQuery({
    queryKey: keys.jobs.one(id ?? ""),
    queryFn: ({ signal }) => unwrap(api().GET("/jobs/{id}", { params: { path: { id: id ?? "" } }, signal })),
    enabled: id !== null,
    refetchInterval: ({ state }) => (isOver(state.data?.status) ? false : POLL_MS.job),
  });
}
