import { expect, it } from "vitest";
import { findingsOf, withLocalTimes } from "./findings";

it("reads findings, and none out of anything else", () => {
  const findings = [{ code: "no_handler", line: 2, column: 1, message: "Add OnTick." }, { line: 3 }];
  expect(findingsOf({ findings })).toEqual([{ line: 2, column: 1, message: "Add OnTick." }]);
  expect(findingsOf(undefined)).toEqual([]);
});

it("puts the server's moments into the reader's zone", () => {
  expect(withLocalTimes("The next is free at 2026-11-28T07:00:00Z.", () => "08:00 CET")).toBe(
    "The next is free at 08:00 CET.",
  );
});
