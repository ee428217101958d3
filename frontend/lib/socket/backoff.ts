const FIRST_MS = 1_000;
const MOST_MS = 30_000;

/** 1, 2, 4 … at most 30 seconds, by the number of failures in a row. */
export function reconnectDelay(failures: number): number {
  return Math.min(MOST_MS, FIRST_MS * 2 ** Math.min(failures, 16));
}
