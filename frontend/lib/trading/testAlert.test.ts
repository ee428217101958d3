import { expect, it } from "vitest";
import { writeTestAlert } from "./testAlert";

const at = new Date("2026-11-02T14:03:09Z");
const alert = { symbol: " EURUSD ", action: "buy", volume: "0.10", slPips: "" } as const;

it("says no more than was filled in", () => {
  expect(JSON.parse(writeTestAlert(alert, "1", at))).toEqual({
    symbol: "EURUSD",
    action: "buy",
    volume: "0.1",
    id: "test-1",
    time: "2026-11-02T14:03:09.000Z",
  });
});

it("gives an exit neither size nor stop", () => {
  const written = writeTestAlert({ ...alert, action: "close", slPips: "20" }, "1", at);
  expect(Object.keys(JSON.parse(written) as object)).toEqual(["symbol", "action", "id", "time"]);
});
