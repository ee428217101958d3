import { expect, it } from "vitest";
import { toCsv } from "@/lib/format/csv";
import { csvColumns } from "./export";
import { signalFilter } from "./filters";

it("asks only for what the URL means", () => {
  expect(signalFilter({ strategy: "", status: "" })).toEqual({});
  expect(signalFilter({ strategy: "s1", status: "discarded" })).toEqual({
    strategy_id: "s1",
    status: "discarded",
  });
  expect(signalFilter({ strategy: "", status: "toString" })).toEqual({});
});

it("exports a discarded signal with its reason in words and its raw text as one cell", () => {
  const csv = toCsv(
    csvColumns(() => "Breakout"),
    [
      {
        id: "1",
        strategy_id: "s1",
        status: "discarded",
        reason_code: "strategy_disabled",
        raw_payload: { text: 'buy "EURUSD"' },
        latency: { received_at: "2026-11-02T14:03:09Z" },
      },
    ],
  );
  expect(csv).toContain("Breakout");
  expect(csv).toContain("strategy_disabled,The strategy is switched off. Enable it to trade its alerts.,");
  expect(csv).toContain('"{""text"":""buy \\""EURUSD\\""""}"');
});
