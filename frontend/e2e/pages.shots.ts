import { test } from "@playwright/test";
import { signIn } from "./support/stack";

/** Every page, to be looked at. Add yours. */
const PAGES = {
  overview: "/",
  trading: "/trading/?tf=M1",
  positions: "/positions/",
  history: "/history/",
  signals: "/signals/",
  "ea-studio": "/ea-studio/",
  "ea-library": "/ea-studio/?tab=library",
  deployments: "/deployments/",
  agents: "/agents/",
  settings: "/settings/",
  onboarding: "/onboarding/?step=strategy",
} as const;

test("pictures of every page, dark and light, wide and narrow", async ({ page }) => {
  test.setTimeout(300_000);
  await signIn(page);
  for (const theme of ["dark", "light"]) {
    await page.evaluate((chosen) => localStorage.setItem("theme", chosen), theme);
    for (const width of [1440, 390]) {
      await page.setViewportSize({ width, height: 900 });
      for (const [name, path] of Object.entries(PAGES)) {
        await page.goto(path);
        await page.getByRole("heading", { level: 1 }).waitFor();
        await page.locator("[aria-busy=true]").first().waitFor({ state: "detached" });
        await page.screenshot({ path: `shots/${name}-${theme}-${width}.png`, fullPage: true });
      }
    }
  }
});
