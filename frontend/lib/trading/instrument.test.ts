import { expect, it } from "vitest";
import { contractSizeOf, digitsOf, formatPrice, pairOf, pipOf, spreadInPips } from "./instrument";

it("reads the pair out of a broker's name", () => {
  expect(pairOf("EURUSD")).toEqual({ base: "EUR", quote: "USD" });
  expect(pairOf("eurusd.i")).toEqual({ base: "EUR", quote: "USD" });
  expect(pairOf("XAUUSDm")).toEqual({ base: "XAU", quote: "USD" });
  expect(pairOf("US500")).toBeNull();
  expect(pairOf("NASDAQ")).toBeNull();
});

it("keeps the digits of the instrument, not those of the number", () => {
  expect(formatPrice("EURUSD", 1.085)).toBe("1.08500");
  expect(formatPrice("USDJPY", 150)).toBe("150.000");
  expect(formatPrice("XAUUSD", 2400.1)).toBe("2400.10");
  expect(formatPrice("BTCUSDT", 61234.125)).toBe("61234.125");
});

it("counts pips as the agent does", () => {
  expect(pipOf(digitsOf("EURUSD")).toString()).toBe("0.0001");
  expect(pipOf(digitsOf("USDJPY")).toString()).toBe("0.01");
  expect(pipOf(digitsOf("XAUUSD")).toString()).toBe("0.01");
  expect(pipOf(4).toString()).toBe("0.0001");
  expect(spreadInPips("EURUSD", 1.08512, 1.0852).toString()).toBe("0.8");
});

it("knows the contract of currencies and metals only", () => {
  expect(contractSizeOf("EURUSD")?.toNumber()).toBe(100_000);
  expect(contractSizeOf("XAUUSD")?.toNumber()).toBe(100);
  expect(contractSizeOf("US500")).toBeNull();
});
