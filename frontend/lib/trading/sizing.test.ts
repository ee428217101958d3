import { expect, it } from "vitest";
import { pipsToDistance, volumeForRisk } from "./sizing";

const base = { symbol: "EURUSD", equity: 10_000, riskPercent: 1, currency: "USD", quotes: {} };

it("risks what was asked for, rounded down", () => {
  const estimate = volumeForRisk({ ...base, stopDistance: pipsToDistance("EURUSD", 30) });
  expect(estimate).toMatchObject({ known: true });
  if (!estimate.known) return;
  expect(estimate.riskAmount.toString()).toBe("100");
  expect(estimate.lossPerLot.toString()).toBe("300");
  expect(estimate.volume.toString()).toBe("0.33");
});

it("never exceeds the largest order", () => {
  const estimate = volumeForRisk({ ...base, stopDistance: "0.0001", maxVolume: 2 });
  expect(estimate.known && estimate.volume.toString()).toBe("2");
});

it("converts the loss into the account's currency", () => {
  const estimate = volumeForRisk({
    ...base,
    symbol: "USDJPY",
    stopDistance: pipsToDistance("USDJPY", 50),
    quotes: { USDJPY: { bid: 150, ask: 150.02 } },
  });
  expect(estimate.known && estimate.volume.toString()).toBe("0.3");
});

it("says why it does not know", () => {
  const why = (change: object) => {
    const estimate = volumeForRisk({ ...base, stopDistance: "0.003", ...change });
    return estimate.known ? "known" : estimate.why;
  };
  expect(why({ stopDistance: 0 })).toMatch(/needs a stop/);
  expect(why({ symbol: "US500" })).toMatch(/contract of US500/);
  expect(why({ symbol: "GBPJPY" })).toMatch(/JPY into USD/);
});
