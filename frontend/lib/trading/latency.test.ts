import { expect, it } from "vitest";
import { formatDuration, latencySteps } from "./latency";

it("measures each step from the last one that was reached", () => {
  const steps = latencySteps({
    tv_time: null,
    received_at: "2026-11-02T12:00:00.100Z",
    claimed_at: "2026-11-02T12:00:00.250Z",
    sent_at: null,
    filled_at: "2026-11-02T12:00:01.250Z",
  });
  expect(steps.map(({ name, deltaMs }) => [name, deltaMs])).toEqual([
    ["TradingView", null],
    ["Received", null],
    ["Claimed", 150],
    ["Sent", null],
    ["Filled", 1000],
  ]);
});

it.each([
  [0, "0 ms"],
  [849.6, "850 ms"],
  [1250, "1.25 s"],
  [12_340, "12.3 s"],
  [200_000, "3 min 20 s"],
  [3_720_000, "1 h 2 min"],
  [-20, "−20 ms"],
])("%d ms is %s", (ms, text) => {
  expect(formatDuration(ms).replaceAll("\u00a0", " ")).toBe(text);
});
