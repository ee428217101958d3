import { expect, it } from "vitest";
import { advance, barTime, withGaps, withLive, type Bar } from "./bars";

const bar = (time: number, open: number, high = open, low = open, close = open): Bar => ({
  time,
  open,
  high,
  low,
  close,
});

it("puts a price into the bar of its time", () => {
  const at = "2026-07-02T13:47:31.5Z";
  const start = (text: string) => Date.parse(text) / 1000;
  expect(barTime(at, "M1")).toBe(start("2026-07-02T13:47:00Z"));
  expect(barTime(at, "M15")).toBe(start("2026-07-02T13:45:00Z"));
  expect(barTime(at, "H4")).toBe(start("2026-07-02T12:00:00Z"));
  expect(barTime(at, "D1")).toBe(start("2026-07-02T00:00:00Z"));
});

it("moves the last bar, begins the next, and never goes back", () => {
  const last = bar(60, 5, 6, 4, 5);
  expect(advance(last, 7, 60)).toEqual(bar(60, 5, 7, 4, 7));
  expect(advance(last, 3, 60)).toEqual(bar(60, 5, 6, 3, 3));
  expect(advance(last, 8, 120)).toEqual(bar(120, 8));
  expect(advance(last, 8, 0)).toBeNull();
  expect(advance(undefined, 8, 60)).toEqual(bar(60, 8));
});

it("joins what is stored with what has moved since", () => {
  const stored = [bar(0, 1), bar(60, 5, 6, 4, 5)];
  expect(withLive(stored, undefined)).toEqual(stored);
  expect(withLive(stored, bar(60, 5.5, 7, 5, 6))).toEqual([bar(0, 1), bar(60, 5, 7, 4, 6)]);
  expect(withLive(stored, bar(120, 8))).toEqual([...stored, bar(120, 8)]);
  expect(withLive(stored, bar(0, 9))).toEqual(stored);
  expect(withLive([], bar(0, 9))).toEqual([bar(0, 9)]);
});

it("leaves gaps empty, and cuts long ones", () => {
  expect(withGaps([bar(0, 1), bar(60, 1), bar(240, 2)], "M1").map(({ time }) => time)).toEqual([
    0, 60, 120, 180, 240,
  ]);
  const weekend = withGaps([bar(0, 1), bar(172_800, 2)], "M1");
  expect(weekend).toHaveLength(32);
  expect(weekend.at(-1)).toEqual(bar(172_800, 2));
  expect(weekend[1]).toEqual({ time: 60 });
});
