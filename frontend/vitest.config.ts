import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: { alias: { "@": fileURLToPath(new URL(".", import.meta.url)) } },
  oxc: { jsx: { runtime: "automatic" } },
  test: {
    environment: "jsdom",
    include: ["{app,components,features,lib,scripts}/**/*.test.{ts,tsx}"],
    setupFiles: ["vitest.setup.ts"],
    restoreMocks: true,
    unstubGlobals: true,
  },
});
