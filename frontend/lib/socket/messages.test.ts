import { expect, it } from "vitest";
import { readMessage } from "./messages";

it("reads prices and drops what is no tick", () => {
  const tick = { instrument: "EURUSD", bid: 1.1, ask: 1.2, ts: "2026-11-02T12:00:00Z" };
  const text = JSON.stringify({
    type: "prices",
    prices: [tick, { ...tick, bid: "1.1" }, { ...tick, ts: "soon" }, null],
  });
  expect(readMessage(text)).toEqual({ type: "prices", prices: [tick] });
});

it.each([
  "",
  "null",
  "[]",
  '{"type":"moon"}',
  '{"type":"signal"}',
  '{"type":"job","job":{"id":1}}',
  '{"type":"prices"}',
])("passes over %s", (text) => {
  expect(readMessage(text)).toBeNull();
});
