// npm run dev:config -- <state.json>: points the dev server at a running stack by its state file.
import { readFileSync, writeFileSync } from "node:fs";

const [stateFile] = process.argv.slice(2);
if (!stateFile) {
  console.error("usage: npm run dev:config -- <state.json of a running stack>");
  process.exit(2);
}
const state = JSON.parse(readFileSync(stateFile, "utf8"));
const config = {
  api_url: state.http_url,
  stream_url: state.stream_url,
  supabase_url: state.supabase_url,
  anon_key: state.anon_key,
};
for (const [name, value] of Object.entries(config)) {
  if (typeof value !== "string" || value === "") throw new Error(`${stateFile} names no ${name}`);
}
writeFileSync(new URL("../public/config.json", import.meta.url), `${JSON.stringify(config, null, 2)}\n`);
