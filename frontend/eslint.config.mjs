import nextVitals from "eslint-config-next/core-web-vitals";
import nextTypescript from "eslint-config-next/typescript";
import { readdirSync } from "node:fs";
import tseslint from "typescript-eslint";

const features = readdirSync(new URL("./features", import.meta.url), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name);

/** What two features share belongs into lib/ or components/, or they can no longer be changed alone. */
const isolation = features.map((feature) => ({
  files: [`features/${feature}/**`],
  rules: {
    "no-restricted-imports": [
      "error",
      {
        patterns: [
          {
            regex: `^@/features/(?!${feature}(/|$))|^@/app/`,
            message:
              "Features do not import each other, nor routes: move what is shared to lib/ or components/.",
          },
          { regex: "^(\\.\\./){2,}", message: "Leave the own folder by @/ only." },
        ],
      },
    ],
  },
}));

export default tseslint.config(
  {
    ignores: [
      ".next/",
      "out/",
      "shots/",
      "test-results/",
      "playwright-report/",
      "lib/api/schema.d.ts",
      "next-env.d.ts",
    ],
  },
  ...nextVitals,
  ...nextTypescript,
  {
    files: ["**/*.{ts,tsx}"],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/no-misused-promises": ["error", { checksVoidReturn: { attributes: false } }],
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      "no-console": "error",
      eqeqeq: ["error", "always", { null: "ignore" }],
    },
  },
  {
    files: ["lib/**", "components/**"],
    rules: {
      "no-restricted-imports": [
        "error",
        { patterns: [{ regex: "^@/(features|app)/", message: "lib/ and components/ know no feature." }] },
      ],
    },
  },
  ...isolation,
);
