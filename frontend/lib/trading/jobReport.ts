import type { Schemas } from "@/lib/api/client";
import { formatMoney, formatVolume } from "@/lib/format/decimal";
import { formatPrice } from "./instrument";
import { reasonInWords } from "./reasons";

export interface Execution {
  ticket: number | null;
  price: number | null;
  volume: number | null;
  /** Of what was closed; null for an entry. */
  profit: number | null;
}

/** The free-form part of a job: what its agent reported of an order or a close. */
export function readExecution(output: unknown): Execution {
  const fields = (typeof output === "object" && output !== null ? output : {}) as Record<string, unknown>;
  const numberOf = (value: unknown) => (typeof value === "number" ? value : null);
  return {
    ticket: numberOf(fields.ticket),
    price: numberOf(fields.fill_price),
    volume: numberOf(fields.volume),
    profit: numberOf(fields.profit),
  };
}

export interface JobStory {
  /** Over, and how; `underway` may still become either. */
  outcome: "underway" | "done" | "failed";
  text: string;
}

type ToldJob = Pick<Schemas["Job"], "status" | "job_type" | "output" | "error_message" | "reason_code">;

/** Where an order or a close is on its way, in plain words. */
export function jobInWords(job: ToldJob | undefined, symbol: string, currency?: string): JobStory {
  if (!job || job.status === "pending") return { outcome: "underway", text: "Waiting for the agent" };
  if (job.status === "running") return { outcome: "underway", text: "With the agent, at the broker" };
  if (job.status !== "completed") {
    const reason = reasonInWords(job.reason_code, job.error_message);
    const word = job.status === "cancelled" ? "Not sent" : "Failed";
    return { outcome: "failed", text: reason ? `${word}: ${reason}` : `${word}.` };
  }
  const { price, volume, ticket, profit } = readExecution(job.output);
  const isClose = job.job_type === "close_position";
  const parts = [
    isClose ? "Closed" : "Filled",
    volume !== null && formatVolume(volume),
    price !== null && `at ${formatPrice(symbol, price)}`,
    isClose && profit !== null && currency && `for ${formatMoney(profit, currency, { sign: true })}`,
    !isClose && ticket !== null && `as ticket ${ticket}`,
  ];
  return { outcome: "done", text: parts.filter((part) => typeof part === "string").join(" ") };
}
