import { expect, it } from "vitest";
import { safeNext } from "./next";

it.each([
  ["/signals/?status=failed", "/signals/?status=failed"],
  [null, "/"],
  ["", "/"],
  ["//evil.example", "/"],
  ["/\\evil.example", "/"],
  ["https://evil.example", "/"],
  ["javascript:alert(1)", "/"],
])("%s leads to %s", (next, path) => {
  expect(safeNext(next)).toBe(path);
});
