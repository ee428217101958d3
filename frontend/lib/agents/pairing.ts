/** What an agent is told once: where the API is, who it is, and what proves it. */
export interface Pairing {
  url: string;
  agentId: string;
  agentKey: string;
}

/** TOML's basic strings escape as JSON's do. */
const quoted = (text: string) => JSON.stringify(text);

/** The file beside the agent, as `pair` would write it. */
export function agentToml({ url, agentId, agentKey }: Pairing): string {
  return [
    "# Whoever has this file can act as your agent. Keep it beside forexelite_agent.py, readable by you only.",
    `url = ${quoted(url)}`,
    `agent_id = ${quoted(agentId)}`,
    `agent_key = ${quoted(agentKey)}`,
    `state_dir = "state"`,
    "",
  ].join("\n");
}

/** The key is asked for, so that it stands in no shell's history. */
export function pairCommand({ url, agentId }: Omit<Pairing, "agentKey">): string {
  return `uv run --script forexelite_agent.py pair --url ${url} --agent-id ${agentId}`;
}

export const RUN_COMMAND = "uv run --script forexelite_agent.py run";
