import createClient, { type Client } from "openapi-fetch";
import { accessToken, renewToken, signOut } from "@/lib/auth/session";
import { learnServerTime } from "@/lib/clock";
import type { Config } from "@/lib/config";
import { ApiProblem } from "./problem";
import type { components, paths } from "./schema";

export type Schemas = components["schemas"];

/** The gateway answers within 30 s or not at all. */
const PATIENCE_MS = 30_000;

let client: Client<paths> | null = null;
let publicClient: Client<paths> | null = null;
let apiUrl = "";
let streamUrl = "";

function withToken(request: Request, token: string | null): Request {
  const headers = new Headers(request.headers);
  if (token) headers.set("authorization", `Bearer ${token}`);
  return new Request(request, { headers });
}

/** Aborted, it throws as `fetch` does; anything else that kept an answer from coming is an ApiProblem. */
async function send(request: Request, patienceMs: number | null): Promise<Response> {
  const signal =
    patienceMs === null ? request.signal : AbortSignal.any([request.signal, AbortSignal.timeout(patienceMs)]);
  try {
    return await fetch(request, { signal });
  } catch (error) {
    if (request.signal.aborted) throw error;
    throw ApiProblem.unreachable(error);
  }
}

/** Sends with the caller's token; a 401 gets one more try with a renewed one, a second 401 ends the session. */
export async function fetchAsUser(
  request: Request,
  patienceMs: number | null = PATIENCE_MS,
): Promise<Response> {
  const spare = request.clone();
  let answer = await send(withToken(request, await accessToken()), patienceMs);
  if (answer.status === 401) {
    const token = await renewToken();
    if (token) answer = await send(withToken(spare, token), patienceMs);
    if (answer.status === 401) await signOut();
  }
  learnServerTime(answer.headers.get("date"));
  return answer;
}

export function startApi(config: Config): void {
  client ??= createClient<paths>({ baseUrl: config.apiUrl, fetch: (request) => fetchAsUser(request) });
  publicClient ??= createClient<paths>({
    baseUrl: config.apiUrl,
    fetch: (request) => send(request, PATIENCE_MS),
  });
  apiUrl = config.apiUrl;
  streamUrl = config.streamUrl;
}

export function api(): Client<paths> {
  if (!client) throw new Error("startApi has not been called");
  return client;
}

/** Without the user's token, for what is proved by other means. */
export function publicApi(): Client<paths> {
  if (!publicClient) throw new Error("startApi has not been called");
  return publicClient;
}

/** Where agents, too, find the API. */
export function apiAddress(): string {
  return apiUrl;
}

/** The one operation that streams lives at an address of its own; read its body with lib/api/sse. */
export function streamRequest(path: string, init: RequestInit): Promise<Response> {
  return fetchAsUser(new Request(streamUrl + path, init), null);
}

interface Answer<Data> {
  data?: Data;
  error?: unknown;
  response: Response;
}

/** The answer's body, or its refusal thrown as an ApiProblem. */
export async function unwrap<Data>(answer: Promise<Answer<Data>>): Promise<Data> {
  const { data, error, response } = await answer;
  if (!response.ok) throw ApiProblem.from(response.status, error);
  return data as Data;
}

/** As `unwrap`, with the state's ETag for the `If-Match` of what is saved next. */
export async function unwrapTagged<Data>(
  answer: Promise<Answer<Data>>,
): Promise<{ data: Data; etag: string | null }> {
  const { response } = await answer;
  return { data: await unwrap(answer), etag: response.headers.get("etag") };
}
