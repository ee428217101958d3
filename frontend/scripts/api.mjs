// Writes lib/api/schema.d.ts from the contract; with --check it fails when the file is not what the contract says.
import { readFileSync, writeFileSync } from "node:fs";
import openapiTS, { astToString } from "openapi-typescript";

const contract = new URL("../../openapi.json", import.meta.url);
const file = new URL("../lib/api/schema.d.ts", import.meta.url);

const head = "// Generated from openapi.json by `npm run api`. Do not edit.\n\n";
const wanted =
  head + astToString(await openapiTS(contract, { alphabetize: true, defaultNonNullable: false }));

if (process.argv.includes("--check")) {
  let found = "";
  try {
    found = readFileSync(file, "utf8");
  } catch {
    // Missing is drift, too.
  }
  if (found !== wanted) {
    console.error(
      "lib/api/schema.d.ts is not what openapi.json says: run `npm run api` and commit the result.",
    );
    process.exit(1);
  }
} else {
  writeFileSync(file, wanted);
}
