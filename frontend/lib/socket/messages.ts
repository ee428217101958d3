/** docs/sockets.md: the socket is no part of the OpenAPI contract, so its messages are read, not trusted. */
export interface PriceTick {
  instrument: string;
  bid: number;
  ask: number;
  ts: string;
}
export interface SignalNews {
  id: string;
  status: string;
}
export interface JobNews {
  id: string;
  job_type: string;
  status: string;
}
export interface AgentNews {
  id: string;
  status: string;
}

export type SocketMessage =
  | { type: "prices"; prices: PriceTick[] }
  | { type: "signal"; signal: SignalNews }
  | { type: "job"; job: JobNews }
  | { type: "agent"; agent: AgentNews }
  | { type: "pong" }
  | { type: "error"; code: string; detail: string };

type Fields = Record<string, unknown>;

const isFields = (value: unknown): value is Fields => typeof value === "object" && value !== null;
const hasTexts = (value: unknown, ...names: string[]): boolean =>
  isFields(value) && names.every((name) => typeof value[name] === "string");

function isTick(value: unknown): value is PriceTick {
  return (
    isFields(value) &&
    hasTexts(value, "instrument", "ts") &&
    typeof value.bid === "number" &&
    typeof value.ask === "number" &&
    !Number.isNaN(Date.parse(value.ts as string))
  );
}

/** Null for what this dashboard does not know: a newer server may say more. */
export function readMessage(text: string): SocketMessage | null {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isFields(message)) return null;
  switch (message.type) {
    case "prices":
      return Array.isArray(message.prices) ? { type: "prices", prices: message.prices.filter(isTick) } : null;
    case "signal":
      return hasTexts(message.signal, "id", "status")
        ? { type: "signal", signal: message.signal as SignalNews }
        : null;
    case "job":
      return hasTexts(message.job, "id", "job_type", "status")
        ? { type: "job", job: message.job as JobNews }
        : null;
    case "agent":
      return hasTexts(message.agent, "id", "status")
        ? { type: "agent", agent: message.agent as AgentNews }
        : null;
    case "pong":
      return { type: "pong" };
    case "error":
      return hasTexts(message, "code", "detail")
        ? { type: "error", code: message.code as string, detail: message.detail as string }
        : null;
    default:
      return null;
  }
}
