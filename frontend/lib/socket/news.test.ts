import { QueryClient } from "@tanstack/react-query";
import { expect, it } from "vitest";
import { keys } from "@/lib/api/keys";
import { applyNews } from "./news";

function setUp() {
  const client = new QueryClient();
  client.setQueryData(keys.agents.list, {
    items: [
      { id: "a", status: "online" },
      { id: "b", status: "online" },
    ],
  });
  client.setQueryData(keys.jobs.one("j"), { id: "j", status: "pending" });
  client.setQueryData(keys.signals.list({}), { items: [] });
  client.setQueryData(keys.deployments.list({}), { items: [] });
  client.setQueryData(keys.settings, {});
  const isStale = (key: readonly unknown[]) => client.getQueryState(key)?.isInvalidated;
  return { client, isStale };
}

it("marks an agent at once and asks again", () => {
  const { client, isStale } = setUp();
  applyNews(client, { type: "agent", agent: { id: "a", status: "offline" } });
  expect(client.getQueryData(keys.agents.list)).toEqual({
    items: [
      { id: "a", status: "offline" },
      { id: "b", status: "online" },
    ],
  });
  expect(isStale(keys.agents.list)).toBe(true);
  expect(isStale(keys.settings)).toBe(false);
});

it("asks for what the job's kind touches, and nothing else", () => {
  const { client, isStale } = setUp();
  applyNews(client, { type: "job", job: { id: "j", job_type: "run", status: "running" } });
  expect(client.getQueryData(keys.jobs.one("j"))).toEqual({ id: "j", status: "running" });
  expect(isStale(keys.deployments.list({}))).toBe(true);
  expect(isStale(keys.signals.list({}))).toBe(false);
});

it("lets the end of a job come with its result", () => {
  const { client, isStale } = setUp();
  applyNews(client, { type: "job", job: { id: "j", job_type: "trade", status: "completed" } });
  expect(client.getQueryData(keys.jobs.one("j"))).toEqual({ id: "j", status: "pending" });
  expect(isStale(keys.jobs.one("j"))).toBe(true);
});

it("asks for the signals again when one is announced", () => {
  const { client, isStale } = setUp();
  applyNews(client, { type: "signal", signal: { id: "s", status: "executed" } });
  expect(isStale(keys.signals.list({}))).toBe(true);
});
