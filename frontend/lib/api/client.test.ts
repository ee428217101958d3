import { beforeEach, expect, it, vi } from "vitest";
import * as session from "@/lib/auth/session";
import { api, fetchAsUser, publicApi, startApi, unwrap } from "./client";
import { ApiProblem } from "./problem";

const config = {
  apiUrl: "http://api.test",
  streamUrl: "http://stream.test",
  supabaseUrl: "http://s.test",
  anonKey: "k",
};

/** Answers in turn, and remembers what was asked. */
function serve(...answers: (() => Response)[]) {
  const asked: { authorization: string | null; body: string }[] = [];
  vi.stubGlobal("fetch", async (request: Request) => {
    asked.push({ authorization: request.headers.get("authorization"), body: await request.text() });
    const answer = answers.shift();
    if (!answer) throw new TypeError("nothing more to answer");
    return answer();
  });
  return asked;
}

const refused = () =>
  new Response(JSON.stringify({ code: "bad_credentials", detail: "Sign in." }), { status: 401 });

beforeEach(() => {
  startApi(config);
  vi.spyOn(session, "accessToken").mockResolvedValue("old");
});

it("tries a 401 once more with a renewed token, with the body it had", async () => {
  vi.spyOn(session, "renewToken").mockResolvedValue("new");
  const signOut = vi.spyOn(session, "signOut").mockResolvedValue();
  const asked = serve(refused, () => new Response("{}"));
  const answer = await fetchAsUser(new Request("http://api.test/x", { method: "POST", body: "hello" }));
  expect(answer.status).toBe(200);
  expect(asked).toEqual([
    { authorization: "Bearer old", body: "hello" },
    { authorization: "Bearer new", body: "hello" },
  ]);
  expect(signOut).not.toHaveBeenCalled();
});

it("ends the session when no token helps", async () => {
  vi.spyOn(session, "renewToken").mockResolvedValue(null);
  const signOut = vi.spyOn(session, "signOut").mockResolvedValue();
  serve(refused);
  await expect(unwrap(api().GET("/settings"))).rejects.toMatchObject({
    status: 401,
    code: "bad_credentials",
  });
  expect(signOut).toHaveBeenCalledOnce();
});

it("turns silence into a problem", async () => {
  serve();
  const problem: unknown = await unwrap(api().GET("/settings")).catch((error: unknown) => error);
  expect(problem).toBeInstanceOf(ApiProblem);
  expect(problem).toMatchObject({ status: 0, code: "unreachable" });
});

it("leaves an abort an abort", async () => {
  const stop = new AbortController();
  vi.stubGlobal("fetch", () => {
    stop.abort();
    return Promise.reject(new DOMException("stopped", "AbortError"));
  });
  await expect(fetchAsUser(new Request("http://api.test/x", { signal: stop.signal }))).rejects.toMatchObject({
    name: "AbortError",
  });
});

it("tells nobody's token to the public webhook", async () => {
  const asked = serve(() => new Response("{}"));
  await unwrap(
    publicApi().POST("/webhooks/tv/{webhook_secret}", {
      params: { path: { webhook_secret: "s" } },
      body: "buy EURUSD",
      bodySerializer: (text) => text,
      headers: { "content-type": "text/plain" },
    }),
  );
  expect(asked).toEqual([{ authorization: null, body: "buy EURUSD" }]);
});
