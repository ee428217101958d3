import { expect, it } from "vitest";
import type { Schemas } from "@/lib/api/client";
import { explain } from "./explanation";

// The contract leaves the reading's form open; this is what the reader says.
const reading = (value: object) => value as Schemas["Explanation"]["reading"];

const readable: Schemas["Explanation"] = {
  readable: true,
  would_be: "pending",
  reading: reading({
    alert: { symbol: "EURUSD", action: "buy", volume: 0.01, sl: 1.08 },
    dialect: "loose_json",
    notes: ["`NaN` was ignored."],
  }),
  sizing: { volume: 0.01, max_volume: 0.5, tp_pips: 40 },
};

it("tells an alert that would be traded as an order", () => {
  expect(explain(readable)).toEqual({
    verdict: "trade",
    headline: "It would be traded now.",
    facts: [
      { label: "Order", text: "Buy EURUSD" },
      { label: "Written as", text: "almost JSON, mended" },
      { label: "Size", text: "0.01 lots, 0.50 lots at most" },
      { label: "Stop loss", text: "at 1.08" },
      { label: "Take profit", text: "40 pips away" },
    ],
    notes: ["`NaN` was ignored."],
  });
});

it("says by which rule it would be discarded, and still how it was read", () => {
  const told = explain({ ...readable, would_be: "discarded", reason_code: "strategy_disabled" });
  expect(told.verdict).toBe("discard");
  expect(told.headline).toBe("The strategy is switched off. Enable it to trade its alerts.");
  expect(told.facts[0]?.text).toBe("Buy EURUSD");
});

it("says what to change in an alert that nobody can read", () => {
  const told = explain({
    readable: false,
    would_be: "discarded",
    reason_code: "no_symbol",
    detail: 'Add "symbol".',
  });
  expect(told).toEqual({
    verdict: "unreadable",
    headline: "The alert names no symbol.",
    facts: [{ label: "What to change", text: 'Add "symbol".' }],
    notes: [],
  });
});

it("sizes by risk where no volume is given", () => {
  const told = explain({ ...readable, sizing: { risk_pct: 1, sl_pips: 20 } });
  expect(told.facts.find(({ label }) => label === "Size")?.text).toBe(
    "so that the stop loses 1.00\u00a0% of equity",
  );
});

it("depends on no field of the reading", () => {
  expect(explain({ readable: true, would_be: "pending", reading: null, sizing: null }).facts).toEqual([]);
});
