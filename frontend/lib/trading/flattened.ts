import type { Schemas } from "@/lib/api/client";

const count = (number: number, one: string, many: string) => `${number} ${number === 1 ? one : many}`;

/** What Flatten did, and what it could not: the latter is what somebody must look after. */
export function flattenedInWords(result: Schemas["Flattened"]): { done: string; left: string | null } {
  const closing = result.created.length + result.underway.length;
  const done = [
    closing > 0 ? `${count(closing, "position is", "positions are")} being closed` : "No open position",
    result.entries_cancelled > 0 && `${count(result.entries_cancelled, "entry", "entries")} cancelled`,
    "trading mode is reducing",
  ];
  const left = [
    result.entries_on_their_way > 0 &&
      `${count(result.entries_on_their_way, "entry is", "entries are")} with an agent already: flatten again once it shows.`,
    result.left_open > 0 &&
      `${count(result.left_open, "position stays", "positions stay")} open on connections that are switched off.`,
  ].filter((text) => text !== false);
  return {
    done: `${done.filter((text) => text !== false).join(", ")}.`,
    left: left.length > 0 ? left.join(" ") : null,
  };
}
