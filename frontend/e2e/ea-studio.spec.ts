import type { Page } from "@playwright/test";
import { expectAccessible } from "./support/axe";
import { signIn } from "./support/stack";
import { expect, test } from "./support/test";

/** The simulated agent takes its jobs one after another, beside its trading. */
const BY_AGENT = { timeout: 60_000 };

test.describe.configure({ timeout: 180_000 });
test.beforeEach(({ page }) => signIn(page));

const editor = (page: Page) => page.getByTestId("editor");
const versions = (page: Page) => page.getByRole("toolbar", { name: "Version" }).getByLabel("Version");

async function describe(page: Page, words: string): Promise<string> {
  const name = `Trend rider ${crypto.randomUUID().slice(0, 8)}`;
  await page.goto("/ea-studio/?id=new");
  await page.getByLabel("Name").fill(name);
  await page.getByLabel("What it is to do").fill(words);
  await page.getByRole("button", { name: "Generate" }).click();
  return name;
}

async function writeByHand(page: Page): Promise<string> {
  const name = `By hand ${crypto.randomUUID().slice(0, 8)}`;
  await page.goto("/ea-studio/?id=new");
  await page.getByLabel("Name").fill(name);
  await page.getByRole("button", { name: "Write it by hand" }).click();
  await expect(page.getByText("Saved", { exact: true })).toBeVisible();
  await expect(editor(page)).toContainText("OnInit");
  return name;
}

/** Types before everything that is there. */
async function type(page: Page, text: string): Promise<void> {
  await editor(page).locator(".view-lines").click();
  await page.keyboard.press("Control+Home");
  await page.keyboard.type(text);
}

test("an expert advisor is described, streamed, compiled, deployed and stopped", async ({ page }) => {
  const name = await describe(page, "Buy when EMA 12 crosses above EMA 26, stop at 2 ATR");
  await expect(page.getByText("Version 1 is written")).toBeVisible(BY_AGENT);
  await expect(versions(page)).toHaveText(/Version 1 \(draft\)/);
  await expect(editor(page)).toContainText("Moving-average crossover");
  await expectAccessible(page);

  await page.getByRole("button", { name: "Compile" }).click();
  await expect(page.getByText("Compiled as version 2")).toBeVisible(BY_AGENT);

  await page.getByRole("button", { name: "Deploy", exact: true }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByLabel("Version")).toHaveText("Version 2");
  await dialog.getByLabel("Symbol").fill("EURUSD");
  await dialog.getByLabel("Timeframe").selectOption("M15");
  await dialog.getByLabel("Fast period").fill("nine");
  await dialog.getByRole("button", { name: "Deploy" }).click();
  await expect(dialog.getByText("A whole number, as 12")).toBeVisible();
  await dialog.getByLabel("Fast period").fill("9");
  await expectAccessible(page);
  await dialog.getByRole("button", { name: "Deploy" }).click();
  await expect(dialog).toBeHidden();

  await page.getByRole("link", { name: "Deployments" }).click();
  const row = page.getByRole("row").filter({ hasText: name });
  await expect(row).toContainText("v2");
  await expect(row).toContainText("EURUSD M15");
  await expect(row.getByText("Trades on its chart")).toBeVisible(BY_AGENT);
  await row.getByRole("button", { name: "1 changed" }).click();
  await expect(page.getByRole("dialog")).toContainText("InpFastPeriod9");
  await page.keyboard.press("Escape");

  await row.getByRole("button", { name: /^Stop/ }).click();
  await expect(page.getByRole("alertdialog")).toContainText("Its open positions stay open");
  await page.getByRole("button", { name: "Stop it" }).click();
  await expect(row.getByText("Off its chart")).toBeVisible(BY_AGENT);
  await expectAccessible(page);
  await row.getByRole("button", { name: /^Delete/ }).click();
  await page.getByRole("button", { name: "Delete deployment" }).click();
  await expect(row).toBeHidden();
});

test("what does not compile is marked, explained, mended and compiled", async ({ page }) => {
  await describe(page, "EMA cross with an ATR stop [glm:broken-code]");
  await expect(page.getByText("Version 1 is written")).toBeVisible(BY_AGENT);
  await page.getByRole("button", { name: "Compile" }).click();

  const dialog = page.getByRole("dialog", { name: "Version 2 did not compile" });
  await expect(dialog).toBeVisible(BY_AGENT);
  await expectAccessible(page);
  const message = dialog.getByRole("list", { name: "Compiler messages" }).getByRole("button").first();
  const line = /Line (\d+)/.exec((await message.textContent()) ?? "")?.[1];
  await message.click();
  await expect(dialog).toBeHidden();
  await expect(editor(page).locator(".squiggly-error")).toBeVisible();
  await expect(editor(page).locator(".line-numbers.active-line-number")).toHaveText(line ?? "no line");

  await page.getByRole("button", { name: "Fix with AI" }).click();
  await expect(page.getByText("Version 3 is written")).toBeVisible(BY_AGENT);
  await expect(editor(page).locator(".squiggly-error")).toBeHidden();
  await page.getByRole("button", { name: "Compile" }).click();
  await expect(page.getByText("Compiled as version 4")).toBeVisible(BY_AGENT);

  await page.getByRole("button", { name: "Compare" }).click();
  const compare = page.getByRole("dialog", { name: "Compare versions" });
  await compare.getByLabel("Before").selectOption({ label: "Version 1 (draft)" });
  await expect(compare.locator(".line-insert").first()).toBeVisible();
});

test("when GLM is away nothing is made, and trying again is offered", async ({ page }) => {
  await describe(page, "RSI reversal [glm:500]");
  const toast = page.getByRole("listitem").filter({ hasText: "Nothing was generated" });
  await expect(toast).toBeVisible(BY_AGENT);
  await expect(page.getByText("Nothing was generated, no version was made")).toBeVisible();
  await expect(versions(page)).toHaveText("Not saved");
  await page.getByRole("tab", { name: "Library" }).click();
  await expect(page.getByText("No version yet")).toBeVisible();
  await page.getByRole("tab", { name: "Generate" }).click();
  const again = page.waitForResponse((answer) => answer.url().endsWith("/generate"));
  await toast.getByRole("button", { name: "Retry" }).click();
  expect((await again).status()).toBe(503);
  await page.getByRole("button", { name: "Discard it" }).click();
  await expect(page.getByText("Nothing is written yet")).toBeVisible();
});

test("a stream that breaks leaves no version", async ({ page }) => {
  await describe(page, "EMA cross [glm:cut]");
  await expect(page.getByText("Nothing was generated, no version was made")).toBeVisible(BY_AGENT);
  await page.getByRole("button", { name: "Discard it" }).click();
  await expect(page.getByText("Nothing is written yet")).toBeVisible();
});

test("writing is stopped by its button, and the server is told", async ({ page }) => {
  await describe(page, "EMA cross [glm:stall]");
  await expect(page.getByText("GLM-5 is writing…")).toBeVisible(BY_AGENT);
  const cancelled = page.waitForResponse((answer) => answer.url().endsWith("/generate/cancel"));
  await page.getByRole("button", { name: "Stop" }).click();
  expect((await cancelled).status()).toBe(204);
  await expect(page.getByText("Stopped. Nothing was saved.")).toBeVisible();
});

test("a draft saves itself, and asks who wins when it was changed elsewhere", async ({ page, context }) => {
  await writeByHand(page);
  await type(page, "// mine first\n");
  await expect(page.getByText("Unsaved changes")).toBeVisible();
  await expect(page.getByText("Saved", { exact: true })).toBeVisible();

  const other = await context.newPage();
  await other.goto(page.url());
  await expect(editor(other)).toContainText("// mine first");
  await type(other, "// theirs\n");
  await expect(other.getByText("Unsaved changes")).toBeVisible();
  await expect(other.getByText("Saved", { exact: true })).toBeVisible();
  await other.close();

  await type(page, "// mine second\n");
  const dialog = page.getByRole("dialog", { name: "This draft was changed elsewhere" });
  await expect(dialog).toBeVisible();
  await dialog.getByRole("button", { name: "Compare" }).click();
  await expect(dialog.locator(".line-insert").first()).toBeVisible();
  await dialog.getByRole("button", { name: "Overwrite with mine" }).click();
  await expect(page.getByText("Saved", { exact: true })).toBeVisible();
  await page.reload();
  await expect(editor(page)).toContainText("// mine second");
  await expect(editor(page)).not.toContainText("// theirs");
});

test("unsaved text is not left without a question", async ({ page }) => {
  await writeByHand(page);
  await page.route("**/ea/versions/*", (route) =>
    route.request().method() === "PATCH" ? route.abort() : route.continue(),
  );
  await type(page, "// precious\n");
  await expect(page.getByText("Not saved")).toBeVisible();
  const question = page.waitForEvent("dialog");
  // Not awaited: the click waits for the question's answer.
  const click = page.getByRole("link", { name: "Deployments" }).click();
  const asked = await question;
  expect(asked.message()).toContain("not saved");
  await asked.dismiss();
  await click;
  await expect(editor(page)).toContainText("// precious");
  await page.unrouteAll();
  await page.getByRole("button", { name: "Save again" }).click();
  await expect(page.getByText("Saved", { exact: true })).toBeVisible();
});

test("projects are found, renamed, downloaded and deleted in the library", async ({ page }) => {
  const name = await writeByHand(page);
  await page.getByRole("button", { name: "Compile" }).click();
  await expect(page.getByText("Compiled as version 2")).toBeVisible(BY_AGENT);
  await versions(page).selectOption({ label: "Version 2 (compiled)" });
  await expect(page.getByText("Read-only")).toBeVisible();
  await page.getByRole("button", { name: "Edit as new draft" }).click();
  await expect(versions(page)).toHaveText(/Version 3 \(draft\)/);

  await page.getByRole("tab", { name: "Library" }).click();
  await page.getByLabel("Search projects").fill(name);
  await expect(page).toHaveURL(/q=By\+hand/);
  const file = page.waitForEvent("download");
  await page.getByRole("button", { name: `Download ${name} v2.ex5` }).click();
  expect((await file).suggestedFilename()).toMatch(/\.ex5$/);
  await expectAccessible(page);

  await page.getByRole("button", { name: `Rename ${name}` }).click();
  await page.getByRole("dialog").getByLabel("Name").fill(`${name} II`);
  await page.getByRole("dialog").getByRole("button", { name: "Rename" }).click();
  await page.getByRole("button", { name: `Delete ${name} II` }).click();
  await page.getByRole("button", { name: "Delete project" }).click();
  await expect(page.getByText("No project has these words")).toBeVisible();
});
