import { defineConfig } from "@playwright/test";

/** Against a running stack: BASE_URL serves the pages, E2E_STATE is the stack's state file with its demo user. */
export default defineConfig({
  testDir: "e2e",
  fullyParallel: false,
  workers: 1,
  forbidOnly: true,
  retries: 0,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  outputDir: "test-results",
  reporter: [["list"]],
  use: {
    baseURL: process.env.BASE_URL ?? "http://localhost:3000",
    actionTimeout: 30_000,
    trace: "retain-on-failure",
    launchOptions: {
      executablePath: process.env.CHROMIUM_PATH ?? "/usr/bin/chromium",
      // Chromium refuses its sandbox to root, which is who runs in a container.
      args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
    },
  },
  projects: [
    { name: "e2e", testMatch: "**/*.spec.ts" },
    { name: "shots", testMatch: "**/*.shots.ts" },
  ],
});
