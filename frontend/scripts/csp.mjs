// Gives every exported page a policy that lets run exactly its own inline scripts, by their hashes.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parse } from "parse5";

function* elements(node) {
  if (node.tagName) yield node;
  for (const child of node.childNodes ?? []) yield* elements(child);
}

export function policyOf(html) {
  const hashes = new Set();
  for (const element of elements(parse(html))) {
    const attributes = new Map(element.attrs.map(({ name, value }) => [name, value]));
    const handler = [...attributes.keys()].find((name) => name.startsWith("on"));
    if (handler) throw new Error(`<${element.tagName} ${handler}=…> cannot run under the policy`);
    if (element.tagName !== "script" || attributes.has("src")) continue;
    const text = element.childNodes.map((child) => child.value ?? "").join("");
    hashes.add(`'sha256-${createHash("sha256").update(text).digest("base64")}'`);
  }
  return `script-src 'self' ${[...hashes].sort().join(" ")}`.trim();
}

export function withPolicy(html) {
  const bare = html.replace(/<meta http-equiv="Content-Security-Policy"[^>]*>/, "");
  const head = /<head[^>]*>/.exec(bare);
  if (!head) throw new Error("no <head>");
  const at = head.index + head[0].length;
  const meta = `<meta http-equiv="Content-Security-Policy" content="${policyOf(bare)}"/>`;
  return bare.slice(0, at) + meta + bare.slice(at);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const out = process.argv[2] ?? "out";
  const pages = readdirSync(out, { recursive: true }).filter((name) => name.endsWith(".html"));
  if (pages.length === 0) throw new Error(`no page in ${out}`);
  for (const page of pages) {
    const path = `${out}/${page}`;
    writeFileSync(path, withPolicy(readFileSync(path, "utf8")));
  }
  console.log(`policy written into ${pages.length} pages`);
}
