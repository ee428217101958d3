import { describe, expect, it } from "vitest";
import {
  decimal,
  formatDecimal,
  formatMoney,
  formatPercent,
  formatVolume,
  fractionDigits,
  parseDecimal,
  sum,
} from "./decimal";

describe("formatDecimal", () => {
  it.each([
    [0, 2, "0.00"],
    [-0.001, 2, "0.00"],
    [1234567.891, 2, "1,234,567.89"],
    [-1234.5, 2, "−1,234.50"],
    [999.995, 2, "1,000.00"],
    [1.005, 2, "1.01"],
    ["0.1", 5, "0.10000"],
    [123, 0, "123"],
    [1234, 0, "1,234"],
  ])("%s with %i digits is %s", (value, digits, text) => {
    expect(formatDecimal(value, digits)).toBe(text);
  });

  it("shows a plus only when asked, and never on zero", () => {
    expect(formatDecimal(5, 1)).toBe("5.0");
    expect(formatDecimal(5, 1, { sign: true })).toBe("+5.0");
    expect(formatDecimal(0.01, 1, { sign: true })).toBe("0.0");
  });
});

it("adds without the surprises of floats", () => {
  expect(sum([0.1, 0.2]).eq("0.3")).toBe(true);
  expect(sum([]).eq(0)).toBe(true);
});

it("counts the digits a number shows", () => {
  expect([1.08512, 150, 0.00000001, 2400.5].map((value) => fractionDigits(value))).toEqual([5, 0, 8, 1]);
});

it("reads only plain decimals out of fields", () => {
  expect(parseDecimal(" 1.50 ")?.eq("1.5")).toBe(true);
  expect(parseDecimal(".5")?.eq("0.5")).toBe(true);
  expect(parseDecimal("2.")?.eq("2")).toBe(true);
  for (const text of ["", ".", "1e3", "1,5", "--1", "NaN", "0x10"]) expect(parseDecimal(text)).toBeNull();
});

it("names the currency, and gives yen no cents", () => {
  expect(formatMoney("1234.5", "USD")).toBe("1,234.50\u00a0USD");
  expect(formatMoney("1234.5", "JPY", { sign: true })).toBe("+1,235\u00a0JPY");
});

it("shows lots with two digits at least", () => {
  expect(formatVolume(0.1)).toBe("0.10");
  expect(formatVolume(decimal("0.001"))).toBe("0.001");
});

it("shows percent", () => {
  expect(formatPercent(-1.234)).toBe("−1.23\u00a0%");
});
