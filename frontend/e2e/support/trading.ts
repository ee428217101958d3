import { expect, type APIRequestContext, type Page } from "@playwright/test";
import { readFileSync } from "node:fs";
import type { components } from "../../lib/api/schema";
import { stack } from "./stack";

type Schemas = components["schemas"];

/** The API as the demo user, beside the browser: to bring about what a page is to show, and to clear up after it. */
export class Desk {
  private constructor(
    private readonly request: APIRequestContext,
    private readonly headers: Record<string, string>,
    private readonly connectionId: string,
  ) {}

  static async open(request: APIRequestContext): Promise<Desk> {
    const { supabase_url: url, anon_key: apikey } = JSON.parse(
      readFileSync(process.env.E2E_STATE ?? "", "utf8"),
    ) as { supabase_url: string; anon_key: string };
    const { email, password } = stack().demo;
    const answer = await request.post(`${url}/auth/v1/token?grant_type=password`, {
      headers: { apikey },
      data: { email, password },
    });
    expect(answer.ok()).toBe(true);
    const { access_token } = (await answer.json()) as { access_token: string };
    const headers = { authorization: `Bearer ${access_token}` };
    const connections = await request.get(`${stack().http_url}/broker-connections`, { headers });
    const page = (await connections.json()) as Schemas["Page_BrokerConnection"];
    return new Desk(request, headers, page.items[0]!.id);
  }

  private async call<Answer>(method: "get" | "post" | "patch", path: string, data?: object): Promise<Answer> {
    const answer = await this.request[method](stack().http_url + path, { headers: this.headers, data });
    expect(answer.ok(), `${method} ${path}: ${await answer.text()}`).toBe(true);
    return (await answer.json()) as Answer;
  }

  /** The ticket of the position that it opened, once the agent has reported it. */
  async order(symbol: string, side: "buy" | "sell", volume: number): Promise<number> {
    const body = { broker_connection_id: this.connectionId, symbol, side, volume };
    const done = await this.done(await this.call<Schemas["Job"]>("post", "/trading/orders", body));
    const ticket = (done.output as unknown as { position: number }).position;
    await expect
      .poll(async () => (await this.positions()).items.some((position) => position.ticket === ticket), {
        timeout: 30_000,
      })
      .toBe(true);
    return ticket;
  }

  async close(ticket: number): Promise<void> {
    await this.done(await this.call<Schemas["Job"]>("post", `/trading/positions/${ticket}/close`, {}));
  }

  positions(): Promise<Schemas["Page_Position"]> {
    return this.call("get", "/trading/positions");
  }

  history(query = ""): Promise<Schemas["History"]> {
    return this.call("get", `/trading/history${query}`);
  }

  settings(change: Schemas["SettingsChange"]): Promise<Schemas["Settings"]> {
    return this.call("patch", "/settings", change);
  }

  private async done({ id }: Schemas["Job"]): Promise<Schemas["Job"]> {
    let job: Schemas["Job"] | undefined;
    await expect
      .poll(
        async () => {
          job = await this.call<Schemas["Job"]>("get", `/jobs/${id}`);
          return job.status;
        },
        { timeout: 30_000 },
      )
      .toBe("completed");
    return job!;
  }
}

export async function chooseTheme(page: Page, theme: string): Promise<void> {
  await page.evaluate((chosen) => localStorage.setItem("theme", chosen), theme);
}
