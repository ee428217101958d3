export interface AccountReport {
  tradeMode: string | null;
  build: number | null;
}

type Fields = Record<string, unknown>;
const fieldsOf = (value: unknown): Fields =>
  typeof value === "object" && value !== null ? (value as Fields) : {};

/** What an agent last said of its account, as far as it said it. */
export function readAccountReport(reported: unknown): AccountReport {
  const { account, terminal } = fieldsOf(reported);
  const { trade_mode: tradeMode } = fieldsOf(account);
  const { build } = fieldsOf(terminal);
  return {
    tradeMode: typeof tradeMode === "string" ? tradeMode : null,
    build: typeof build === "number" ? build : null,
  };
}
