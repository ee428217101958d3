import { expect, it } from "vitest";
import { agentHealth } from "./agentHealth";

const now = Date.parse("2026-11-02T12:00:00Z");
const ago = (seconds: number) => new Date(now - seconds * 1000).toISOString();

it.each([
  [[ago(59)], "fresh"],
  [[ago(60)], "quiet"],
  [[ago(599)], "quiet"],
  [[ago(600)], "offline"],
  [[null, undefined], "never_seen"],
  [[ago(299), ago(5)], "fresh"],
  [[null, ago(5)], "fresh"],
])("%j is %s", (signs, health) => {
  expect(agentHealth(signs, now)).toBe(health);
});
