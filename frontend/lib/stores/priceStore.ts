import { create } from "zustand";
import { useShallow } from "zustand/react/shallow";
import { compareInstants } from "@/lib/format/time";
import type { PriceTick } from "@/lib/socket/messages";

export interface Price extends PriceTick {
  /** Against the price before it, by its middle. */
  move: "up" | "down" | "same";
}

interface PriceState {
  prices: Readonly<Record<string, Price>>;
  /** Date.now() when the last price came. */
  heardAt: number | null;
}

const EMPTY: PriceState = { prices: {}, heardAt: null };

export const usePriceStore = create<PriceState>(() => EMPTY);

/** What came since the last frame; per instrument only the newest counts. */
let waiting = new Map<string, PriceTick>();
let frame: number | null = null;

function isNewer(tick: PriceTick, than: PriceTick | undefined): boolean {
  return than === undefined || compareInstants(tick.ts, than.ts) > 0;
}

/** Takes ticks as they come; what watches the store renders at most once a frame. No instrument goes back in time. */
export function receiveTicks(ticks: readonly PriceTick[]): void {
  const { prices } = usePriceStore.getState();
  for (const tick of ticks) {
    if (isNewer(tick, waiting.get(tick.instrument) ?? prices[tick.instrument]))
      waiting.set(tick.instrument, tick);
  }
  if (waiting.size === 0 || frame !== null) return;
  frame = requestAnimationFrame(applyTicks);
}

function applyTicks(): void {
  frame = null;
  const ticks = waiting;
  waiting = new Map();
  usePriceStore.setState(({ prices }) => {
    const next = { ...prices };
    for (const tick of ticks.values()) {
      const before = prices[tick.instrument];
      const change = before ? tick.bid + tick.ask - before.bid - before.ask : 0;
      next[tick.instrument] = { ...tick, move: change > 0 ? "up" : change < 0 ? "down" : "same" };
    }
    return { prices: next, heardAt: Date.now() };
  });
}

/** For the next user: prices are of the user's own agents. */
export function resetPrices(): void {
  if (frame !== null) cancelAnimationFrame(frame);
  frame = null;
  waiting = new Map();
  usePriceStore.setState(EMPTY, true);
}

export function usePrice(instrument: string): Price | undefined {
  return usePriceStore((state) => state.prices[instrument]);
}

/** These prices only: what watches them rests while others move. */
export function usePricesOf(instruments: readonly string[]): Readonly<Record<string, Price | undefined>> {
  return usePriceStore(
    useShallow(({ prices }) => Object.fromEntries(instruments.map((name) => [name, prices[name]]))),
  );
}
