import { afterEach, expect, it } from "vitest";
import { learnServerTime, serverNow } from "./clock";

const date = "Mon, 02 Nov 2026 12:00:00 GMT";

afterEach(() => learnServerTime(new Date().toUTCString()));

it("follows the server where the own clock is off, and ignores less than the header can tell", () => {
  learnServerTime(date, Date.parse(date) + 90_000);
  expect(serverNow() - Date.now()).toBe(-90_000);
  learnServerTime(date, Date.parse(date) + 1_500);
  expect(serverNow() - Date.now()).toBe(0);
});

it("keeps what it knows when an answer tells nothing", () => {
  learnServerTime(date, Date.parse(date) + 90_000);
  learnServerTime(null);
  learnServerTime("soon");
  expect(serverNow() - Date.now()).toBe(-90_000);
});
