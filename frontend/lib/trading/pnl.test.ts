import { expect, it } from "vitest";
import { decimal } from "@/lib/format/decimal";
import { conversionPairs, convert, liveProfit, profitAt, type OpenPosition } from "./pnl";

const long: OpenPosition = { symbol: "EURUSD", side: "buy", volume: 0.1, open_price: 1.085 };

it("values a long at the bid and a short at the ask", () => {
  const quotes = { EURUSD: { bid: 1.0861, ask: 1.0863 } };
  expect(liveProfit(long, "USD", quotes)?.toString()).toBe("11");
  expect(liveProfit({ ...long, side: "sell" }, "USD", quotes)?.toString()).toBe("-13");
});

it("converts a gain and a loss each at its own side of the market", () => {
  const quotes = { USDJPY: { bid: 150, ask: 150.02 } };
  expect(convert(decimal(15_002), "JPY", "USD", quotes)?.toString()).toBe("100");
  expect(convert(decimal(-15_000), "JPY", "USD", quotes)?.toString()).toBe("-100");
  expect(convert(decimal(100), "USD", "JPY", quotes)?.toString()).toBe("15000");
});

it("finds the cross under the broker's spelling", () => {
  expect(convert(decimal(10), "GBP", "USD", { "GBPUSD.i": { bid: 1.25, ask: 1.26 } })?.toString()).toBe(
    "12.5",
  );
});

it("says unknown rather than guessing", () => {
  expect(liveProfit(long, "USD", {})).toBeNull();
  expect(profitAt({ ...long, symbol: "GBPJPY" }, 190, "USD", {})).toBeNull();
  expect(profitAt({ ...long, symbol: "US500" }, 5000, "USD", {})).toBeNull();
});

it("names what converts a symbol's result", () => {
  expect(conversionPairs("EURUSD", "USD")).toEqual([]);
  expect(conversionPairs("USDJPY", "USD")).toEqual([]);
  expect(conversionPairs("GBPJPY", "USD")).toEqual(["JPYUSD", "USDJPY"]);
  expect(conversionPairs("US500", "USD")).toEqual([]);
});
