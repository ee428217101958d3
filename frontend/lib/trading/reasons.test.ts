import { readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, it } from "vitest";
import { isReasonCode, reasonInWords } from "./reasons";

const root = resolve(import.meta.dirname, "../../..");
const read = (path: string) => readFileSync(resolve(root, path), "utf8");
const readAll = (folder: string, end: string) =>
  readdirSync(resolve(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(end))
    .map((name) => read(`${folder}/${name}`))
    .join("\n");

function words(text: string, ...patterns: RegExp[]): string[] {
  return patterns.flatMap((pattern) => [...text.matchAll(pattern)].flatMap((match) => match[1] ?? []));
}

const sources = {
  database: () =>
    words(
      readAll("migrations", ".sql") + readAll("shared/sql", ".sql"),
      /reason_code\s*:?=\s*'([a-z_]+)'/g,
      /status = 'cancelled', reason_code = '([a-z_]+)'/g,
    ),
  "alert reader": () => words(read("shared/src/domain/alert/error.rs"), /=> "([a-z_]+)",/g),
  agent: () => {
    const agent = read("agent/forexelite_agent.py");
    return words(
      agent,
      /JobFailed\(\s*"([a-z_]+)"/g,
      /Retcode\.\w+: \(\s*"([a-z_]+)"/g,
      /^ {8}"[a-z_]+": \(\s*"([a-z_]+)",/gm,
      /return \(?\s*"([a-z_]+)",\s*f?"/g,
      /reason = "([a-z_]+)"/g,
      /else "([a-z_]+_error)"/g,
    );
  },
};

// Anchors: a pattern that finds nothing any more would let each of these lists be empty.
const anchors = {
  database: ["daily_loss_limit", "lease_expired", "withdrawn"],
  "alert reader": ["placeholder_left", "volume_out_of_range"],
  agent: [
    "no_money",
    "unknown_outcome",
    "internal_error",
    "dll_refused",
    "bridge_timeout",
    "volume_too_small",
  ],
};

it.each(Object.keys(sources) as (keyof typeof sources)[])(
  "every reason the %s knows has plain words",
  (name) => {
    const found = new Set(sources[name]());
    expect([...found]).toEqual(expect.arrayContaining(anchors[name]));
    const wordless = [...found].filter((code) => !isReasonCode(code));
    expect(wordless, "add them to WORDS in lib/trading/reasons.ts").toEqual([]);
  },
);

it("gives a code it does not know the message that came with it, or the code's own words", () => {
  expect(reasonInWords("moon_phase", "the moon is wrong")).toBe("the moon is wrong");
  expect(reasonInWords("moon_phase")).toBe("Moon phase.");
  expect(reasonInWords("constructor")).toBe("Constructor.");
  expect(reasonInWords(null)).toBeNull();
});
