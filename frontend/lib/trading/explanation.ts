import type { Schemas } from "@/lib/api/client";
import { formatPercent, formatVolume, type DecimalInput } from "@/lib/format/decimal";
import { reasonInWords } from "./reasons";

export interface PlainExplanation {
  verdict: "trade" | "discard" | "unreadable";
  /** What would happen, in one sentence. */
  headline: string;
  /** How it was understood, and what the order would be made of. */
  facts: { label: string; text: string }[];
  /** What the reader ignored or took for something else. */
  notes: string[];
}

const DIALECTS: Record<string, string> = {
  json: "JSON",
  loose_json: "almost JSON, mended",
  command: "a command, values between commas",
  pairs: "names and values",
  words: "plain words",
};

const ACTIONS: Record<string, string> = {
  buy: "Buy",
  sell: "Sell",
  close: "Close what this strategy holds in",
};

type Fields = Record<string, unknown>;
const fieldsOf = (value: unknown): Fields =>
  typeof value === "object" && value !== null ? (value as Fields) : {};
const wordOf = (value: unknown) => (typeof value === "string" ? value : null);
const amountOf = (value: unknown): DecimalInput | null => (typeof value === "number" ? value : null);
const entry = (label: string, text: string | null) => (text === null ? [] : [{ label, text }]);

/** The alert's reading is free-form in the contract, so nothing here depends on a field being there. */
export function explain(explanation: Schemas["Explanation"]): PlainExplanation {
  const why = reasonInWords(explanation.reason_code, explanation.detail);
  if (!explanation.readable) {
    return {
      verdict: "unreadable",
      headline: why ?? "Nobody could read this alert.",
      facts: entry("What to change", explanation.detail === why ? null : (explanation.detail ?? null)),
      notes: [],
    };
  }
  const reading = fieldsOf(explanation.reading);
  const alert = fieldsOf(reading.alert);
  const isTraded = explanation.would_be === "pending";
  return {
    verdict: isTraded ? "trade" : "discard",
    headline: isTraded ? "It would be traded now." : (why ?? "It would be discarded."),
    facts: [
      ...entry("Order", order(alert)),
      ...entry("Written as", DIALECTS[wordOf(reading.dialect) ?? ""] ?? null),
      ...entry("Size", size(explanation.sizing)),
      ...entry("Stop loss", stop(alert.sl, explanation.sizing?.sl_pips)),
      ...entry("Take profit", stop(alert.tp, explanation.sizing?.tp_pips)),
      ...entry("Position after it", wordOf(alert.position)),
      ...entry("More", explanation.detail === why || isTraded ? null : (explanation.detail ?? null)),
    ],
    notes: Array.isArray(reading.notes) ? reading.notes.filter((note) => typeof note === "string") : [],
  };
}

function order(alert: Fields): string | null {
  const [action, symbol] = [wordOf(alert.action), wordOf(alert.symbol)];
  if (action === null || symbol === null) return null;
  const price = amountOf(alert.price);
  return `${ACTIONS[action] ?? action} ${symbol}${price === null ? "" : `, seen at ${price.toString()}`}`;
}

function size(sizing: Schemas["Sizing"] | null | undefined): string | null {
  if (!sizing) return null;
  const most = sizing.max_volume == null ? "" : `, ${formatVolume(sizing.max_volume)} lots at most`;
  if (sizing.volume != null) return `${formatVolume(sizing.volume)} lots${most}`;
  if (sizing.risk_pct != null)
    return `so that the stop loses ${formatPercent(sizing.risk_pct)} of equity${most}`;
  return null;
}

function stop(price: unknown, pips: number | null | undefined): string | null {
  const at = amountOf(price);
  if (at !== null) return `at ${at.toString()}`;
  return pips == null ? null : `${pips} pips away`;
}
