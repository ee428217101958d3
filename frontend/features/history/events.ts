import type { Schemas } from "@/lib/api/client";
import type { TradeEvent } from "@/lib/api/queries/trading";
import type { CsvColumn } from "@/lib/format/csv";
import { isDeal } from "@/lib/trading/equity";

export const KINDS: Record<Schemas["TradeEventType"], string> = {
  order_placed: "Order filled",
  order_closed: "Close filled",
  order_rejected: "Order refused",
  position_opened: "Position opened",
  position_closed: "Position closed",
  manual_trade: "Manual trade",
};

export function isKind(text: string): text is Schemas["TradeEventType"] {
  return Object.hasOwn(KINDS, text);
}

/** What moved the balance. An order tells the money of its deal a second time, so it counts none. */
export function realisedBy(event: TradeEvent): number | null {
  return isDeal(event) || event.event_type === "manual_trade" ? (event.profit_loss ?? null) : null;
}

/** Machine-readable: UTC times, points as decimal marks, the API's own words. */
export const CSV_COLUMNS: readonly CsvColumn<TradeEvent>[] = [
  { head: "time_utc", value: (event) => event.created_at },
  { head: "event", value: (event) => event.event_type },
  { head: "symbol", value: (event) => event.symbol },
  { head: "direction", value: (event) => event.direction },
  { head: "volume", value: (event) => event.volume },
  { head: "entry_price", value: (event) => event.entry_price },
  { head: "exit_price", value: (event) => event.exit_price },
  { head: "sl", value: (event) => event.sl },
  { head: "tp", value: (event) => event.tp },
  { head: "realised_profit", value: realisedBy },
  { head: "order", value: (event) => event.external_order_id },
  { head: "deal", value: (event) => event.external_deal_id },
  { head: "position", value: (event) => event.external_position_id },
  { head: "magic_number", value: (event) => event.magic_number },
  { head: "comment", value: (event) => event.comment },
  { head: "reason", value: (event) => event.reason_code },
  { head: "broker_connection", value: (event) => event.broker_connection_id },
  { head: "signal", value: (event) => event.signal_id },
];
