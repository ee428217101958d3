import { expect, it } from "vitest";
import { agentToml, pairCommand } from "./pairing";

const pairing = { url: "https://api.test", agentId: "0b5c7f0a", agentKey: 'fxa_"\\' };

it("writes the agent's file with every value quoted", () => {
  const lines = agentToml(pairing).split("\n");
  expect(lines).toContain('url = "https://api.test"');
  expect(lines).toContain('agent_key = "fxa_\\"\\\\"');
  expect(lines).toContain('state_dir = "state"');
});

it("keeps the key out of the command", () => {
  expect(pairCommand(pairing)).toBe(
    "uv run --script forexelite_agent.py pair --url https://api.test --agent-id 0b5c7f0a",
  );
});
