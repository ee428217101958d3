export interface AgentReport {
  cpuPercent: number | null;
  memoryMb: number | null;
  connected: boolean | null;
  tradeAllowed: boolean | null;
  version: string | null;
}

type Fields = Record<string, unknown>;
const fieldsOf = (value: unknown): Fields =>
  typeof value === "object" && value !== null ? (value as Fields) : {};
const numberOf = (value: unknown) => (typeof value === "number" ? value : null);
const flagOf = (value: unknown) => (typeof value === "boolean" ? value : null);

/** The free-form part of an agent: what it last said of its terminal and machine, as far as it said it. */
export function readAgentReport(reported: unknown): AgentReport {
  const report = fieldsOf(reported);
  const terminal = fieldsOf(report.terminal);
  return {
    cpuPercent: numberOf(report.cpu_pct),
    memoryMb: numberOf(report.memory_mb),
    connected: flagOf(terminal.connected),
    tradeAllowed: flagOf(terminal.trade_allowed),
    version: typeof report.version === "string" ? report.version : null,
  };
}
