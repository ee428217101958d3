import { expect, type APIRequestContext } from "@playwright/test";
import { Api, type Schemas } from "./api";

/** The demo user's trading, beside the browser: to bring about what a page is to show, and to clear up after it. */
export class Desk {
  private constructor(
    private readonly api: Api,
    private readonly connectionId: string,
  ) {}

  static async open(request: APIRequestContext): Promise<Desk> {
    const api = await Api.signIn(request);
    const connections = await api.call<Schemas["Page_BrokerConnection"]>("get", "/broker-connections");
    return new Desk(api, connections.items[0]!.id);
  }

  /** The ticket of the position that it opened, once the agent has reported it. */
  async order(symbol: string, side: "buy" | "sell", volume: number): Promise<number> {
    const body = { broker_connection_id: this.connectionId, symbol, side, volume };
    const done = await this.done(await this.api.call<Schemas["Job"]>("post", "/trading/orders", body));
    const ticket = (done.output as unknown as { position: number }).position;
    await expect
      .poll(async () => (await this.positions()).items.some((position) => position.ticket === ticket), {
        timeout: 30_000,
      })
      .toBe(true);
    return ticket;
  }

  async close(ticket: number): Promise<void> {
    await this.done(await this.api.call<Schemas["Job"]>("post", `/trading/positions/${ticket}/close`, {}));
  }

  positions(): Promise<Schemas["Page_Position"]> {
    return this.api.call("get", "/trading/positions");
  }

  history(query = ""): Promise<Schemas["History"]> {
    return this.api.call("get", `/trading/history${query}`);
  }

  settings(change: Schemas["SettingsChange"]): Promise<Schemas["Settings"]> {
    return this.api.call("patch", "/settings", change);
  }

  private async done({ id }: Schemas["Job"]): Promise<Schemas["Job"]> {
    let job: Schemas["Job"] | undefined;
    await expect
      .poll(
        async () => {
          job = await this.api.call<Schemas["Job"]>("get", `/jobs/${id}`);
          return job.status;
        },
        { timeout: 30_000 },
      )
      .toBe("completed");
    return job!;
  }
}
