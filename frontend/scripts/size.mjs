// First-load JavaScript of the Overview: the scripts its page loads, each compressed as CloudFront would.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { parse } from "parse5";

const LIMIT_KIB = 250;
const out = process.argv[2] ?? "out";

function* elements(node) {
  if (node.tagName) yield node;
  for (const child of node.childNodes ?? []) yield* elements(child);
}

const html = readFileSync(`${out}/index.html`, "utf8");
const sources = new Set();
for (const element of elements(parse(html))) {
  const attributes = new Map(element.attrs.map(({ name, value }) => [name, value]));
  // Browsers that know modules, which are all that we support, skip `nomodule`.
  if (element.tagName === "script" && attributes.has("src") && !attributes.has("nomodule")) {
    sources.add(attributes.get("src"));
  }
  if (element.tagName === "link" && attributes.get("as") === "script") sources.add(attributes.get("href"));
}
let total = 0;
for (const source of sources)
  total += gzipSync(readFileSync(`${out}${source.split("?")[0]}`), { level: 9 }).length;
const kib = total / 1024;
console.log(
  `first load of the Overview: ${kib.toFixed(1)} KiB of JavaScript, compressed, in ${sources.size} files`,
);
if (kib > LIMIT_KIB) {
  console.error(
    `that is more than ${LIMIT_KIB} KiB: import what is heavy and not needed at once with next/dynamic`,
  );
  process.exit(1);
}
