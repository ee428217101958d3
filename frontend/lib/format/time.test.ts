import { expect, it } from "vitest";
import { compareInstants, formatAge, formatClock, formatDateTime, formatShort, zoneLabel } from "./time";

const at = "2026-07-02T12:03:09Z";

it("shows the user's time with its zone", () => {
  expect(formatDateTime(at, "Europe/Berlin")).toBe("2 Jul 2026, 14:03:09 CEST");
  expect(formatDateTime(at, "UTC")).toBe("2 Jul 2026, 12:03:09 UTC");
  expect(formatClock(at, "America/New_York")).toBe("08:03:09");
  expect(formatShort(at, "Asia/Tokyo")).toBe("2 Jul, 21:03");
  expect(zoneLabel(at, "UTC")).toBe("UTC");
});

it("knows summer from winter", () => {
  expect(zoneLabel("2026-01-02T00:00:00Z", "Europe/London")).toBe("GMT");
  expect(zoneLabel(at, "Europe/London")).toBe("BST");
});

it.each([
  [0, "just now"],
  [1, "just now"],
  [42, "42 s ago"],
  [330, "5 min ago"],
  [7300, "2 h ago"],
  [200_000, "2 d ago"],
  [-330, "in 5 min"],
])("%d seconds are %s", (seconds, text) => {
  const now = Date.parse(at);
  expect(formatAge(now - seconds * 1000, now).replaceAll("\u00a0", " ")).toBe(text);
});

it("tells ticks of one millisecond apart", () => {
  expect(compareInstants("2026-07-02T12:00:00.123456Z", "2026-07-02T12:00:00.123457Z")).toBeLessThan(0);
  expect(compareInstants("2026-07-02T12:00:00.5Z", "2026-07-02T12:00:00.500Z")).toBe(0);
  expect(compareInstants("2026-07-02T12:00:01Z", "2026-07-02T12:00:00.999Z")).toBeGreaterThan(0);
});
