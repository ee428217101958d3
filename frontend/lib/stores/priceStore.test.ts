import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { receiveTicks, resetPrices, usePriceStore } from "./priceStore";

const frames: FrameRequestCallback[] = [];
const nextFrame = () => frames.splice(0).forEach((run) => run(0));
const tick = (ts: string, bid: number, instrument = "EURUSD") => ({ instrument, bid, ask: bid + 0.0002, ts });
const at = (fraction: string) => `2026-11-02T12:00:00.${fraction}Z`;

beforeEach(() => {
  vi.stubGlobal("requestAnimationFrame", (run: FrameRequestCallback) => frames.push(run));
  vi.stubGlobal("cancelAnimationFrame", () => frames.splice(0));
});
afterEach(resetPrices);

it("renders once a frame, however many ticks came", () => {
  let renders = 0;
  const stop = usePriceStore.subscribe(() => {
    renders += 1;
  });
  for (let n = 1; n <= 200; n += 1) receiveTicks([tick(at(String(n).padStart(3, "0")), 1 + n / 1000)]);
  expect(renders).toBe(0);
  expect(frames).toHaveLength(1);
  nextFrame();
  stop();
  expect(renders).toBe(1);
  expect(usePriceStore.getState().prices.EURUSD).toMatchObject({ bid: 1.2, ts: at("200") });
});

it("never goes back in time, within a frame or later", () => {
  receiveTicks([tick(at("2"), 1.2), tick(at("1"), 1.1)]);
  nextFrame();
  receiveTicks([tick(at("15"), 1.15)]);
  nextFrame();
  expect(usePriceStore.getState().prices.EURUSD?.bid).toBe(1.2);
});

it("does not count one tick twice", () => {
  receiveTicks([tick(at("1"), 1.1)]);
  nextFrame();
  receiveTicks([tick(at("2"), 1.2)]);
  nextFrame();
  const { prices } = usePriceStore.getState();
  receiveTicks([tick(at("2"), 1.2)]);
  expect(frames).toHaveLength(0);
  expect(usePriceStore.getState().prices).toBe(prices);
});

it("knows which way a price moved, and leaves the others alone", () => {
  receiveTicks([tick(at("1"), 1.1), tick(at("1"), 150, "USDJPY")]);
  nextFrame();
  const yen = usePriceStore.getState().prices.USDJPY;
  receiveTicks([tick(at("2"), 1.05)]);
  nextFrame();
  expect(usePriceStore.getState().prices).toMatchObject({
    EURUSD: { move: "down" },
    USDJPY: { move: "same" },
  });
  expect(usePriceStore.getState().prices.USDJPY).toBe(yen);
});
