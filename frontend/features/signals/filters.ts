import type { Schemas } from "@/lib/api/client";
import type { SignalFilter } from "@/lib/api/queries/signals";

/** `open` and `tab`: which strategy's sheet; `signal`: which signal's. */
export const DEFAULTS = { strategy: "", status: "", open: "", tab: "connect", signal: "" };
export type PageFilters = typeof DEFAULTS;

export const STATUSES = {
  pending: "Pending",
  executed: "Filled",
  failed: "Failed",
  discarded: "Discarded",
} as const satisfies Record<Schemas["SignalStatus"], string>;

function isStatus(word: string): word is Schemas["SignalStatus"] {
  return Object.hasOwn(STATUSES, word);
}

/** What the URL says may have been typed by anybody: a status there is none of is no filter. */
export function signalFilter({ strategy, status }: Pick<PageFilters, "strategy" | "status">): SignalFilter {
  return {
    ...(strategy === "" ? {} : { strategy_id: strategy }),
    ...(isStatus(status) ? { status } : {}),
  };
}
