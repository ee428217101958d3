import { expectAccessible } from "./support/axe";
import { signIn } from "./support/stack";
import { Desk } from "./support/trading";
import { expect, test } from "./support/test";

test.beforeEach(({ page }) => signIn(page));

test("values a position by live prices, between the reports and without them", async ({ page, request }) => {
  const desk = await Desk.open(request);
  const ticket = await desk.order("XAUUSD", "buy", 0.5);
  await page.goto("/positions/");
  const row = page
    .getByRole("row")
    .filter({ has: page.getByRole("button", { name: `Close XAUUSD ticket ${ticket}` }) });
  const profit = row.getByRole("cell", { name: /(profit|loss)$/ });
  await expect(profit).toHaveText(/[▲▼]\s*[+−]\d+\.\d\d.USD/);
  // No report comes any more: what moves it now are prices.
  await page.route("**/trading/positions", (route) => route.abort());
  const first = await profit.textContent();
  await expect(profit).not.toHaveText(first ?? "", { timeout: 30_000 });
  await page.unroute("**/trading/positions");
  await desk.close(ticket);
  await expect(row).toBeHidden();
});

test("closes all that the filter shows, and nothing else", async ({ page, request }) => {
  const desk = await Desk.open(request);
  const tickets = [await desk.order("XAUUSD", "buy", 0.01), await desk.order("XAUUSD", "sell", 0.02)];
  const kept = await desk.order("EURUSD", "buy", 0.01);
  await page.goto("/positions/?symbol=XAUUSD");
  for (const ticket of tickets)
    await expect(page.getByRole("button", { name: `Close XAUUSD ticket ${ticket}` })).toBeVisible();
  await expect(page.getByRole("button", { name: `Close EURUSD ticket ${kept}` })).toBeHidden();

  await page.getByRole("button", { name: "Close shown" }).click();
  const dialog = page.getByRole("alertdialog");
  await expect(dialog).toContainText("Strategies go on trading.");
  await dialog.getByRole("button", { name: /^Close \d+ positions$/ }).click();
  await expect(page.getByText("No open position matches")).toBeVisible({ timeout: 30_000 });
  await page.getByRole("button", { name: "Clear the filter" }).click();
  await expect(page.getByRole("button", { name: `Close EURUSD ticket ${kept}` })).toBeVisible();
  await desk.close(kept);
});

test("says why a close came to nothing, in its row", async ({ page, request }) => {
  const desk = await Desk.open(request);
  const ticket = await desk.order("EURUSD", "buy", 0.01);
  await page.goto("/positions/");
  const close = page.getByRole("button", { name: `Close EURUSD ticket ${ticket}` });
  await close.click();
  await page.route(`**/trading/positions/${ticket}/close`, (route) => route.abort());
  const dialog = page.getByRole("alertdialog");
  await dialog.getByRole("button", { name: "Close at market" }).click();
  await expect(dialog.getByRole("alert")).toContainText("The server could not be reached");
  await expectAccessible(page);
  await page.unroute(`**/trading/positions/${ticket}/close`);
  await dialog.getByRole("button", { name: "Close at market" }).click();
  await expect(page.getByText(/^Closed 0\.01 at/)).toBeVisible({ timeout: 30_000 });
  await expect(close).toBeHidden();
});

test("fits a phone of 360 pixels", async ({ page, request }) => {
  const desk = await Desk.open(request);
  const ticket = await desk.order("USDJPY", "buy", 0.01);
  await page.setViewportSize({ width: 360, height: 740 });
  await page.goto("/positions/");
  await expect(page.getByRole("button", { name: `Close USDJPY ticket ${ticket}` })).toBeInViewport();
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
  await desk.close(ticket);
});
