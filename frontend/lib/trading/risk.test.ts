import { expect, it } from "vitest";
import { decimal } from "@/lib/format/decimal";
import { limitUse, openRisk, type GuardedPosition } from "./risk";

const position: GuardedPosition = {
  symbol: "EURUSD",
  side: "buy",
  volume: 1,
  open_price: 1.1,
  sl: 1.095,
  profit: 100,
};
const quotes = { EURUSD: { bid: 1.102, ask: 1.1021 } };

it("counts from the price of now to the stop", () => {
  expect(openRisk([position], "USD", quotes).atRisk.toString()).toBe("700");
});

it("takes the reported profit where no price is live", () => {
  expect(openRisk([position], "USD", {}).atRisk.toString()).toBe("600");
});

it("names what it cannot count", () => {
  const risk = openRisk(
    [
      { ...position, sl: null },
      { ...position, symbol: "GBPJPY" },
    ],
    "USD",
    quotes,
  );
  expect(risk).toMatchObject({ withoutStop: 1, unknown: 1 });
  expect(risk.atRisk.eq(0)).toBe(true);
});

it("divides the day's allowance", () => {
  expect(limitUse(-100, decimal(300), 500)).toMatchObject({
    lostPercent: 20,
    atRiskPercent: 60,
    level: "near",
  });
  expect(limitUse(50, decimal(100), 500)).toMatchObject({ lostPercent: 0, atRiskPercent: 20, level: "calm" });
  expect(limitUse(-600, decimal(300), 500)).toMatchObject({
    lostPercent: 100,
    atRiskPercent: 0,
    level: "over",
  });
  expect(limitUse(0, decimal(0), 0)).toBeNull();
});
