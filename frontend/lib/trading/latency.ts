export interface LatencyTrail {
  tv_time?: string | null;
  received_at: string;
  claimed_at?: string | null;
  sent_at?: string | null;
  filled_at?: string | null;
  resolved_at?: string | null;
  total_ms?: number | null;
}

export interface LatencyStep {
  name: "TradingView" | "Received" | "Claimed" | "Sent" | "Filled";
  at: string | null;
  /** Since the step before that was reached; below zero where two clocks disagree. */
  deltaMs: number | null;
}

/** The way of a signal; a step it has not reached (yet) stays, with nothing in it. */
export function latencySteps(trail: LatencyTrail): LatencyStep[] {
  const stations: [LatencyStep["name"], string | null | undefined][] = [
    ["TradingView", trail.tv_time],
    ["Received", trail.received_at],
    ["Claimed", trail.claimed_at],
    ["Sent", trail.sent_at],
    ["Filled", trail.filled_at],
  ];
  let before: number | null = null;
  return stations.map(([name, at]) => {
    if (at == null) return { name, at: null, deltaMs: null };
    const time = Date.parse(at);
    const deltaMs = before === null ? null : time - before;
    before = time;
    return { name, at, deltaMs };
  });
}

/** `850 ms`, `1.25 s`, `3 min 20 s`. */
export function formatDuration(ms: number): string {
  const sign = ms < 0 ? "\u2212" : "";
  const size = Math.abs(ms);
  if (size < 1000) return `${sign}${Math.round(size)}\u00a0ms`;
  if (size < 10_000) return `${sign}${(size / 1000).toFixed(2)}\u00a0s`;
  if (size < 60_000) return `${sign}${(size / 1000).toFixed(1)}\u00a0s`;
  const seconds = Math.round(size / 1000);
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${sign}${minutes}\u00a0min ${seconds % 60}\u00a0s`;
  const hours = Math.floor(minutes / 60);
  return hours < 48
    ? `${sign}${hours}\u00a0h ${minutes % 60}\u00a0min`
    : `${sign}${Math.floor(hours / 24)}\u00a0d`;
}
