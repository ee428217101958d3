/** Quiet is the first doubt, offline what the server calls so, too. */
export const QUIET_AFTER_MS = 60_000;
export const OFFLINE_AFTER_MS = 600_000;

export type AgentHealth = "never_seen" | "fresh" | "quiet" | "offline";

/**
 * Heartbeats come every five minutes, account reports far more often: either is a sign of life. `null` for what was never
 * heard.
 */
export function agentHealth(signsOfLife: readonly (string | null | undefined)[], now: number): AgentHealth {
  const heard = lastHeard(signsOfLife);
  if (heard === null) return "never_seen";
  const silence = now - heard;
  return silence >= OFFLINE_AFTER_MS ? "offline" : silence >= QUIET_AFTER_MS ? "quiet" : "fresh";
}

export function lastHeard(signsOfLife: readonly (string | null | undefined)[]): number | null {
  const times = signsOfLife.filter((at) => at != null).map((at) => Date.parse(at));
  return times.length > 0 ? Math.max(...times) : null;
}
