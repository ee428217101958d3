/** How often each is asked for while its page is visible; what the socket announces is asked for at once besides. */
export const POLL_MS = {
  account: 5_000,
  positions: 1_000,
  deployments: 5_000,
  signals: 10_000,
  job: 2_000,
  agents: 30_000,
} as const;
