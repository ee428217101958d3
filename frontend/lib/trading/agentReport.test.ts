import { expect, it } from "vitest";
import { readAgentReport } from "./agentReport";

it("takes what is there, and nothing on trust", () => {
  const report = {
    version: "1.2.0",
    cpu_pct: 12.5,
    memory_mb: "2048",
    terminal: { connected: true, trade_allowed: 1 },
  };
  expect(readAgentReport(report)).toEqual({
    version: "1.2.0",
    cpuPercent: 12.5,
    memoryMb: null,
    connected: true,
    tradeAllowed: null,
  });
  expect(readAgentReport(null)).toMatchObject({ connected: null, version: null });
});
