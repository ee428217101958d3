import { Client } from "pg";
import { stack } from "./stack";

/** As time would: the agent's last sign of life is moved into the past. */
export async function silence(agentId: string, seconds: number): Promise<void> {
  const client = new Client({ connectionString: stack().database_url });
  await client.connect();
  try {
    const { rowCount } = await client.query(
      "update mt5_agents set last_heartbeat = now() - make_interval(secs => $2) where id = $1",
      [agentId, seconds],
    );
    if (rowCount !== 1) throw new Error(`no agent ${agentId}`);
  } finally {
    await client.end();
  }
}
