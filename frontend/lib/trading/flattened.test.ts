import { expect, it } from "vitest";
import type { Schemas } from "@/lib/api/client";
import { flattenedInWords } from "./flattened";

const nothing: Schemas["Flattened"] = {
  created: [],
  underway: [],
  entries_cancelled: 0,
  entries_on_their_way: 0,
  left_open: 0,
  trading_mode: "reducing",
};
const job = {} as Schemas["Job"];

it("says what is being done", () => {
  expect(flattenedInWords(nothing)).toEqual({
    done: "No open position, trading mode is reducing.",
    left: null,
  });
  expect(flattenedInWords({ ...nothing, created: [job], underway: [job], entries_cancelled: 1 }).done).toBe(
    "2 positions are being closed, 1 entry cancelled, trading mode is reducing.",
  );
});

it("says what somebody must look after", () => {
  expect(flattenedInWords({ ...nothing, entries_on_their_way: 1, left_open: 2 }).left).toBe(
    "1 entry is with an agent already: flatten again once it shows. 2 positions stay open on connections that are switched off.",
  );
});
