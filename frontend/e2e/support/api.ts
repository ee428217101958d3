import { expect, type APIRequestContext } from "@playwright/test";
import type { components } from "../../lib/api/schema";
import { PlayedAgent } from "./agent";
import { newCredentials, stack, type Credentials } from "./stack";

export type Schemas = components["schemas"];

/** The API as one user, beside the browser: to bring about what a page is to show. */
export class Api {
  private constructor(
    readonly request: APIRequestContext,
    readonly credentials: Credentials,
    private readonly token: string,
  ) {}

  static signIn(request: APIRequestContext, credentials: Credentials = stack().demo): Promise<Api> {
    return Api.enter(request, credentials, "token?grant_type=password");
  }

  static signUp(request: APIRequestContext): Promise<Api> {
    return Api.enter(request, newCredentials(), "signup");
  }

  private static async enter(request: APIRequestContext, { email, password }: Credentials, path: string) {
    const answer = await request.post(`${stack().supabase_url}/auth/v1/${path}`, {
      headers: { apikey: stack().anon_key },
      data: { email, password },
    });
    expect(answer.ok(), await answer.text()).toBe(true);
    const { access_token } = (await answer.json()) as { access_token: string };
    return new Api(request, { email, password }, access_token);
  }

  async call<Answer>(method: "get" | "post" | "patch", path: string, data?: object): Promise<Answer> {
    const headers = { authorization: `Bearer ${this.token}` };
    const answer = await this.request[method](stack().http_url + path, { headers, data });
    expect(answer.ok(), `${method} ${path}: ${await answer.text()}`).toBe(true);
    return (await answer.json()) as Answer;
  }

  connection(name: string): Promise<Schemas["BrokerConnection"]> {
    return this.call("post", "/broker-connections", { broker_type: "MT5_AGENT", name });
  }

  /** On a connection of its own, where reports of an account can go. */
  async agent(name: string): Promise<PlayedAgent> {
    const { id } = await this.connection(`${name}’s account`);
    const body = { agent_name: name, broker_connection_id: id };
    const made = await this.call<Schemas["PairedAgent"]>("post", "/agents", body);
    return new PlayedAgent(made.agent.id, made.agent_key, id);
  }

  strategy(connectionId: string, rules: Partial<Schemas["NewStrategyInput"]>): Promise<Schemas["Strategy"]> {
    return this.call("post", "/strategies", { broker_connection_id: connectionId, name: "Played", ...rules });
  }

  /** As TradingView sends it: by the address alone. */
  async alert({ webhook_secret }: Pick<Schemas["Strategy"], "webhook_secret">, text: object): Promise<void> {
    const answer = await this.request.post(`${stack().http_url}/webhooks/tv/${webhook_secret}`, {
      data: text,
    });
    expect(answer.ok(), await answer.text()).toBe(true);
  }
}
