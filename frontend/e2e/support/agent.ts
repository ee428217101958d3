import { expect } from "@playwright/test";
import type { components } from "../../lib/api/schema";
import { stack } from "./stack";

interface ClaimedJob {
  id: string;
  job_type: string;
  attempt: number;
  input: { symbol?: string; side?: string; volume?: number | string };
}

export interface Tick {
  bid: number;
  ask: number;
}

/** An agent as the API sees one: what a user pairs, without a terminal behind it. */
export class PlayedAgent {
  constructor(
    readonly id: string,
    private readonly key: string,
    readonly connectionId = "",
  ) {}

  private async ask(method: "GET" | "POST", path: string, body?: object): Promise<Response> {
    const answer = await fetch(`${stack().http_url}/agents/${this.id}${path}`, {
      method,
      headers: { "x-agent-key": this.key, "content-type": "application/json" },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    expect(answer.ok, `${method} ${path}: ${answer.status}`).toBe(true);
    return answer;
  }

  async beat(): Promise<void> {
    await this.ask("POST", "/heartbeat", {
      version: "0.1.0",
      cpu_pct: 12,
      memory_mb: 340,
      terminal: { connected: true, trade_allowed: true, build: 5000 },
      account: { login: 4711, server: "Played-Demo", trade_mode: "demo", currency: "USD" },
    });
  }

  async push(ticks: Readonly<Record<string, Tick>>): Promise<void> {
    await this.ask("POST", "/prices", { ticks });
  }

  /** An account with one open buy for each symbol, at its price; tickets count from `firstTicket`. */
  async report(opened: Readonly<Record<string, number>>, firstTicket = 1): Promise<void> {
    const positions = Object.entries(opened).map(
      ([symbol, open_price], index): components["schemas"]["ReportedPosition"] => ({
        ticket: firstTicket + index,
        symbol,
        side: "buy",
        volume: 0.1,
        open_price,
        profit: 0,
        swap: 0,
        magic_number: 0,
        opened_at: new Date().toISOString(),
      }),
    );
    await this.ask("POST", "/account", {
      balance: 10_000,
      equity: 10_000,
      margin: 100,
      free_margin: 9_900,
      currency: "USD",
      leverage: 100,
      positions,
      deals: [],
    });
  }

  private async claim(): Promise<ClaimedJob | null> {
    const answer = await this.ask("GET", "/jobs/next");
    return answer.status === 204 ? null : ((await answer.json()) as { job: ClaimedJob }).job;
  }

  /** Takes the next order, as soon as there is one, and reports it filled. */
  async fillNext(price: number): Promise<ClaimedJob> {
    let job: ClaimedJob | null = null;
    await expect
      .poll(async () => (job = await this.claim()), { message: "a job for the agent" })
      .not.toBeNull();
    const claimed = job as unknown as ClaimedJob;
    const now = new Date().toISOString();
    await this.ask("POST", `/jobs/${claimed.id}/result`, {
      status: "completed",
      attempt: claimed.attempt,
      output: {
        ticket: 900_001,
        fill_price: price,
        volume: 0.01,
        slippage_points: 1,
        retcode: 10009,
        sent_at: now,
        filled_at: now,
      },
    });
    return claimed;
  }
}
