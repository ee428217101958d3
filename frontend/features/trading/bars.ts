import type { Candle, Timeframe } from "@/lib/api/queries/prices";

/** A candle by the second it began, as the chart counts. */
export interface Bar {
  time: number;
  open: number;
  high: number;
  low: number;
  close: number;
}
export type Slot = Bar | { time: number };

export const SECONDS: Record<Timeframe, number> = {
  M1: 60,
  M5: 300,
  M15: 900,
  M30: 1_800,
  H1: 3_600,
  H4: 14_400,
  D1: 86_400,
};
export const TIMEFRAMES = Object.keys(SECONDS) as Timeframe[];

/** The backend's candles begin at whole multiples of their length in UTC. */
export function barTime(at: string, timeframe: Timeframe): number {
  const seconds = Math.floor(Date.parse(at) / 1000);
  return seconds - (seconds % SECONDS[timeframe]);
}

export function barOf({ ts, open, high, low, close }: Candle): Bar {
  return { time: Math.floor(Date.parse(ts) / 1000), open, high, low, close };
}

/** What a price makes of the last bar: it moved, or a new one began; null for a price from before it. */
export function advance(last: Bar | undefined, price: number, time: number): Bar | null {
  if (last === undefined || time > last.time)
    return { time, open: price, high: price, low: price, close: price };
  if (time < last.time) return null;
  return { ...last, high: Math.max(last.high, price), low: Math.min(last.low, price), close: price };
}

/**
 * The stored candles with the one that prices have moved since. Of a bar that both know the wider range holds, as each may
 * have missed a price.
 */
export function withLive(stored: readonly Bar[], live: Bar | undefined): Bar[] {
  const last = stored.at(-1);
  if (!live || (last && live.time < last.time)) return [...stored];
  if (!last || live.time > last.time) return [...stored, live];
  const joined = {
    ...last,
    high: Math.max(last.high, live.high),
    low: Math.min(last.low, live.low),
    close: live.close,
  };
  return [...stored.slice(0, -1), joined];
}

/** A weekend of minutes would push everything else out of sight. */
const MOST_EMPTY = 30;

/** Times without a price stay empty: nothing is drawn across them. Long ones are cut to a width that still shows. */
export function withGaps(bars: readonly Bar[], timeframe: Timeframe): Slot[] {
  const step = SECONDS[timeframe];
  const slots: Slot[] = [];
  let previous: number | undefined;
  for (const bar of bars) {
    if (previous !== undefined) {
      const end = Math.min(bar.time, previous + (MOST_EMPTY + 1) * step);
      for (let time = previous + step; time < end; time += step) slots.push({ time });
    }
    slots.push(bar);
    previous = bar.time;
  }
  return slots;
}
