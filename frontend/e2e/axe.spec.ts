import type { Page } from "@playwright/test";
import { expectAccessible } from "./support/axe";
import { signIn } from "./support/stack";
import { expect, test } from "./support/test";

/** Every page, and what on it comes last. */
const PAGES: Record<string, (page: Page) => ReturnType<Page["locator"]>> = {
  "/": (page) => page.getByRole("table", { name: "Agents" }).getByText("Demo agent 1"),
  "/trading/?symbol=EURUSD": (page) =>
    page
      .getByRole("figure", { name: /candles/ })
      .locator("canvas")
      .first(),
  "/positions/": (page) => page.getByRole("button", { name: "Account and display" }),
  "/history/": (page) => page.getByRole("table", { name: "History" }).getByText("Position closed").first(),
  "/signals/": (page) =>
    page.getByRole("table", { name: "Signals" }).getByText("Filled", { exact: true }).first(),
  "/ea-studio/?id=new": (page) => page.getByText("Nothing is written yet"),
  "/ea-studio/?tab=library": (page) => page.getByLabel("Search projects"),
  "/deployments/": (page) => page.getByRole("button", { name: "Account and display" }),
  "/agents/": (page) =>
    page
      .getByRole("row", { name: /EURUSD/ })
      .getByText(/\d\.\d{5}/)
      .first(),
  "/settings/": (page) => page.getByLabel("Risk per trade, %"),
  "/onboarding/?step=strategy": (page) => page.getByText("All set."),
  "/404/": (page) => page.getByRole("heading", { name: "There is no such page" }),
};

for (const theme of ["dark", "light"]) {
  test(`no page has a grave barrier in the ${theme} theme`, async ({ page }) => {
    test.setTimeout(240_000);
    // What is judged is the page, not its fading in.
    await page.emulateMedia({ reducedMotion: "reduce" });
    await page.addInitScript((chosen) => localStorage.setItem("theme", chosen), theme);
    for (const path of ["/sign-up/", "/sign-in/"]) {
      await page.goto(path);
      await expect(page.getByLabel("E-mail")).toBeVisible();
      await expectAccessible(page);
    }
    await signIn(page);
    for (const [path, last] of Object.entries(PAGES)) {
      await test.step(path, async () => {
        await page.goto(path);
        await expect(last(page)).toBeVisible({ timeout: 30_000 });
        await expect(page.locator("html")).toHaveAttribute("data-theme", theme);
        await expect(page.locator("[aria-busy=true]")).toHaveCount(0);
        await expectAccessible(page);
      });
    }
  });
}
