import { signIn } from "./support/stack";
import { expect, test } from "./support/test";

test.beforeEach(({ page }) => signIn(page));

test("shows the account, and prices that come by the socket", async ({ page }) => {
  await expect(page.getByText("Free margin", { exact: true })).toBeVisible();
  await expect(page.getByTestId("connection")).toHaveAttribute("data-status", "open");
  await expect(page.getByRole("list", { name: "Prices" })).toContainText(/EURUSD\s*\d\.\d{5}/, {
    timeout: 45_000,
  });
});

test("asks before it flattens, and leaves all as it was when cancelled", async ({ page }) => {
  let isSent = false;
  page.on("request", (request) => {
    isSent ||= request.url().endsWith("/trading/flatten");
  });
  await page.getByRole("button", { name: "Flatten" }).click();
  await expect(page.getByRole("alertdialog")).toContainText("Every open position");
  await page.getByRole("button", { name: "Cancel" }).click();
  await expect(page.getByRole("alertdialog")).toBeHidden();
  expect(isSent).toBe(false);
});

test("is reachable by keys from the skip link on", async ({ page }) => {
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to content" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.locator("#content")).toBeFocused();
});
