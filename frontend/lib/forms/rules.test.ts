import { expect, it } from "vitest";
import { decimalOrNull, decimalRule, nameRule, readSymbols, symbolsRule, wholeRule } from "./rules";

it("takes names as the API does: characters count, not code units, and blanks are no name", () => {
  expect(nameRule("  ")).not.toBeNull();
  expect(nameRule("🦊".repeat(80))).toBeNull();
  expect(nameRule("x".repeat(81))).not.toBeNull();
});

it("says why a decimal is refused", () => {
  const rule = decimalRule({ most: 100, digits: 2 });
  expect(["", "1e1", "0", "100.01", "0.125", "0.13", "100"].map(rule)).toEqual([
    "Needed",
    "A number, as 0.5",
    "Above 0, at most 100",
    "Above 0, at most 100",
    "At most 2 decimals",
    null,
    null,
  ]);
  expect(decimalRule({ most: 1, digits: 1, isOptional: true })("")).toBeNull();
});

it("takes whole numbers within their range, and an empty field for no limit", () => {
  const rule = wholeRule({ least: 0, most: 5 });
  expect(["", "0", "5"].map(rule)).toEqual([null, null, null]);
  expect(["6", "1.5", "-1"].map((text) => rule(text) === null)).toEqual([false, false, false]);
});

it("reads symbols however they are separated, each once", () => {
  expect(readSymbols("eurusd, GBPUSD;EURUSD\nxauusd.i US500")).toEqual([
    "EURUSD",
    "GBPUSD",
    "XAUUSD.i",
    "US500",
  ]);
  expect(symbolsRule(1)("EURUSD GBPUSD")).toBe("At most 1 symbols");
  expect(symbolsRule(9)("EUR/USD")).toContain("EUR/USD");
});

it("sends decimals as the text they were, in the form the API reads", () => {
  expect(["0.10", ".5", "2.", ""].map(decimalOrNull)).toEqual(["0.1", "0.5", "2", null]);
});
