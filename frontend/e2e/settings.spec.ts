import { signUp } from "./support/stack";
import { expect, test } from "./support/test";

test.beforeEach(async ({ page }) => {
  await signUp(page);
  await page.goto("/settings/");
  await expect(page.getByLabel("Risk per trade, %")).toBeVisible();
});

test("saves what keeps the rules, and says where something breaks them", async ({ page }) => {
  const risk = page.getByLabel("Risk per trade, %");
  await risk.fill("101");
  await page.getByRole("button", { name: "Save risk" }).click();
  await expect(page.getByText("Above 0, at most 100 %")).toBeVisible();
  await expect(risk).toBeFocused();
  await risk.fill("0.75");
  await page.getByLabel("Daily loss limit, %").fill("4");
  await page.getByRole("button", { name: "Save risk" }).click();
  await expect(page.getByRole("status").filter({ hasText: "Saved" })).toBeVisible();
  await page.reload();
  await expect(risk).toHaveValue("0.75");
  await expect(page.getByLabel("Daily loss limit, %")).toHaveValue("4");
});

test("shows the server's own refusal at its field", async ({ page }) => {
  await page.route("**/settings", (route) =>
    route.request().method() === "PATCH"
      ? route.fulfill({
          status: 422,
          contentType: "application/problem+json",
          headers: { "access-control-allow-origin": "*" },
          body: JSON.stringify({
            type: "about:blank",
            title: "Unprocessable Content",
            status: 422,
            detail: "Look at the fields.",
            code: "invalid",
            errors: [{ field: "timezone", message: "not in this server's database" }],
          }),
        })
      : route.continue(),
  );
  await page.getByLabel("Time zone of the trading day").fill("Europe/Berlin");
  await page.getByRole("button", { name: "Save account" }).click();
  await expect(page.getByText("not in this server's database")).toBeVisible();
  await expect(page.getByLabel("Time zone of the trading day")).toHaveValue("Europe/Berlin");
});

test("asks before unsaved edits are left behind", async ({ page }) => {
  await page.getByLabel("Display name").fill("Ada");
  page.once("dialog", (dialog) => void dialog.dismiss());
  await page.getByRole("link", { name: "Agents", exact: true }).click();
  await expect(page).toHaveURL(/\/settings\/$/);
  await expect(page.getByLabel("Display name")).toHaveValue("Ada");
  await page.getByRole("button", { name: "Save profile" }).click();
  await expect(page.getByRole("status").filter({ hasText: "Saved" })).toBeVisible();
  await page.getByRole("link", { name: "Agents", exact: true }).click();
  await expect(page.getByRole("heading", { name: "Agents", level: 1 })).toBeVisible();
});

test("asks before it changes the trading mode", async ({ page }) => {
  await page.getByRole("radio", { name: /Reducing/ }).click();
  await page.getByRole("button", { name: "Cancel" }).click();
  await expect(page.getByRole("radio", { name: /Active/ })).toBeChecked();
  await page.getByRole("radio", { name: /Reducing/ }).click();
  await page.getByRole("button", { name: "Set to reducing" }).click();
  await expect(page.getByRole("radio", { name: /Reducing/ })).toBeChecked();
});
