import { expect, it } from "vitest";
import { readAccountReport } from "./accountReport";

it("reads what was said, and knows nothing of the rest", () => {
  expect(readAccountReport({ account: { trade_mode: "real" }, terminal: { build: 5000 } })).toEqual({
    tradeMode: "real",
    build: 5000,
  });
  expect(readAccountReport({ account: null, terminal: { build: "5000" } })).toEqual({
    tradeMode: null,
    build: null,
  });
  expect(readAccountReport(undefined)).toEqual({ tradeMode: null, build: null });
});
