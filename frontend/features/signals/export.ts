import type { Signal } from "@/lib/api/queries/signals";
import type { CsvColumn } from "@/lib/format/csv";
import { reasonInWords } from "@/lib/trading/reasons";

/** Times as the API gives them, in UTC, and prices unrounded: the file is for programs, too. */
export function csvColumns(nameOf: (strategyId: string) => string | undefined): readonly CsvColumn<Signal>[] {
  return [
    { head: "received_at", value: ({ latency }) => latency.received_at },
    { head: "strategy", value: ({ strategy_id }) => nameOf(strategy_id) ?? strategy_id },
    { head: "symbol", value: ({ symbol }) => symbol },
    { head: "action", value: ({ action }) => action },
    { head: "volume", value: ({ volume }) => volume },
    { head: "price", value: ({ price }) => price },
    { head: "sl", value: ({ sl }) => sl },
    { head: "tp", value: ({ tp }) => tp },
    { head: "status", value: ({ status }) => status },
    { head: "reason_code", value: ({ reason_code }) => reason_code },
    { head: "reason", value: ({ reason_code, error_message }) => reasonInWords(reason_code, error_message) },
    { head: "fill_price", value: ({ fill_price }) => fill_price },
    { head: "broker_order_id", value: ({ broker_order_id }) => broker_order_id },
    { head: "tv_time", value: ({ latency }) => latency.tv_time },
    { head: "claimed_at", value: ({ latency }) => latency.claimed_at },
    { head: "sent_at", value: ({ latency }) => latency.sent_at },
    { head: "filled_at", value: ({ latency }) => latency.filled_at },
    { head: "total_ms", value: ({ latency }) => latency.total_ms },
    { head: "raw_payload", value: ({ raw_payload }) => JSON.stringify(raw_payload) },
    { head: "id", value: ({ id }) => id },
  ];
}
