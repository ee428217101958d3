import type { Page } from "@playwright/test";
import { signIn } from "./support/stack";
import { Desk } from "./support/trading";
import { expect, test } from "./support/test";

test.beforeEach(({ page }) => signIn(page));

const buy = (page: Page) => page.getByTestId("price-buy");

test("shows candles, and prices that move by themselves", async ({ page }) => {
  await page.goto("/trading/?symbol=EURUSD&tf=M1");
  const chart = page.getByRole("figure", { name: /^EURUSD, M1 candles up to/ });
  await expect(chart.locator("canvas").first()).toBeVisible();
  await expect(chart.getByRole("link", { name: /TradingView/ })).toBeVisible();

  await expect(buy(page)).toHaveText(/^\d\.\d{5}$/);
  await expect(page.getByText(/^Spread \d+\.\d pips$/)).toBeVisible();
  const first = await buy(page).textContent();
  await expect(buy(page)).not.toHaveText(first ?? "", { timeout: 30_000 });
});

test("keeps instrument and timeframe in the address", async ({ page }) => {
  await page.goto("/trading/");
  await page.getByRole("radio", { name: "H1" }).click();
  await page.getByLabel("Instrument").selectOption("USDJPY");
  await expect(page).toHaveURL(/symbol=USDJPY/);
  await expect(page).toHaveURL(/tf=H1/);
  await page.reload();
  await expect(page.getByRole("figure", { name: /^USDJPY, H1 candles/ })).toBeVisible();
  await expect(page.getByRole("radio", { name: "H1" })).toBeChecked();
});

test("says what is missing before anything is sent", async ({ page }) => {
  let isSent = false;
  page.on("request", (request) => {
    isSent ||= request.url().endsWith("/trading/orders");
  });
  await page.goto("/trading/?symbol=EURUSD");
  await expect(buy(page)).toHaveText(/\d/);
  await page.getByRole("button", { name: "Buy EURUSD at market" }).click();
  await expect(page.getByText("A size by risk needs a stop loss.")).toBeVisible();
  await page.getByRole("radio", { name: "Price" }).click();
  await page.getByLabel("Stop loss").fill("9");
  await page.getByRole("button", { name: "Buy EURUSD at market" }).click();
  await expect(page.getByText("Below the price for a buy")).toBeVisible();
  await page.getByLabel("Stop loss").press("Enter");
  expect(isSent).toBe(false);
});

test("an order by risk is estimated, filled, closed by a part and then as a whole", async ({ page }) => {
  await page.goto("/trading/?symbol=GBPUSD&tf=M1");
  await page.getByLabel("Risk in % of equity").fill("0.2");
  await page.getByLabel("Stop loss").fill("20");
  await page.getByLabel("Take profit").fill("40");
  const estimate = page.getByLabel("Estimate");
  // 0.2 % of about 10,000 USD at 200 USD a lot.
  await expect(estimate).toContainText(/≈ 0\.(09|10) lots/);
  await expect(estimate).toContainText(/−(18|20)\.00.USD/);

  const answer = page.waitForResponse(
    (each) => each.url().endsWith("/trading/orders") && each.status() === 201,
  );
  await page.getByRole("button", { name: "Buy GBPUSD at market" }).click();
  const placed = await answer;
  expect(placed.request().headers()["idempotency-key"]).toMatch(/^[0-9a-f-]{36}$/);
  expect(((await placed.json()) as { input: object }).input).toMatchObject({
    risk_pct: 0.2,
    sl_pips: 20,
    tp_pips: 40,
  });

  const order = page.getByRole("list", { name: "Sent orders" }).getByRole("listitem");
  await expect(order).toContainText(/Filled 0\.(09|10) at 1\.\d{5} as ticket \d+/, { timeout: 30_000 });
  const ticket = /ticket (\d+)/.exec((await order.textContent()) ?? "")?.[1] ?? "";

  const close = page.getByRole("button", { name: `Close GBPUSD ticket ${ticket}` });
  await close.click();
  const dialog = page.getByRole("alertdialog");
  await dialog.getByLabel("Lots").fill("5");
  await expect(dialog).toContainText("At most the open");
  await dialog.getByLabel("Lots").fill("0.03");
  await dialog.getByRole("button", { name: "Close at market" }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByText(/^Closed 0\.03 at 1\.\d{5} for/)).toBeVisible({ timeout: 30_000 });
  const row = page.getByRole("row").filter({ has: close });
  await expect(row).toContainText(/Buy 0\.0[67]/);

  await close.click();
  await dialog.getByRole("button", { name: "Close at market" }).click();
  await expect(page.getByText(/^Closed 0\.0[67] at 1\.\d{5} for/)).toBeVisible({ timeout: 30_000 });
  await expect(close).toBeHidden();
});

test("shows the limit that refuses an order, before and after it is sent", async ({ page, request }) => {
  const desk = await Desk.open(request);
  await desk.settings({ max_lot_size: 50 });
  try {
    await page.goto("/trading/?symbol=EURUSD");
    await page.getByRole("radio", { name: "Lots" }).click();
    await page.getByLabel("Lots", { exact: true }).fill("60");
    await expect(page.getByRole("list", { name: "Limits" })).toContainText(
      "More lots than the largest order",
    );
    await page.getByRole("button", { name: "Buy EURUSD at market" }).click();
    await expect(page.getByRole("form", { name: "Order" }).getByRole("alert")).toContainText(
      "More lots than the largest order your settings allow.",
    );
  } finally {
    await desk.settings({ max_lot_size: null });
  }
});

test("an order that was not answered goes out again as the same one", async ({ page, request }) => {
  const desk = await Desk.open(request);
  // The first order arrives, but its answer is lost on the way.
  await page.addInitScript(() => {
    const send = window.fetch.bind(window);
    let isLost = false;
    window.fetch = async (input, init) => {
      const answer = await send(input, init);
      if (!isLost && answer.url.endsWith("/trading/orders")) {
        isLost = true;
        throw new TypeError("connection lost");
      }
      return answer;
    };
  });
  const answers: { status: number; key: string | undefined }[] = [];
  page.on("response", (response) => {
    if (!response.url().endsWith("/trading/orders") || response.request().method() !== "POST") return;
    answers.push({ status: response.status(), key: response.request().headers()["idempotency-key"] });
  });
  await page.goto("/trading/?symbol=USDJPY");
  await expect(buy(page)).toHaveText(/\d/);
  await page.getByRole("radio", { name: "Lots" }).click();
  await page.getByLabel("Lots", { exact: true }).fill("0.01");
  const before = await buy(page).textContent();
  await page.getByRole("button", { name: "Buy USDJPY at market" }).click();
  await expect(page.getByText("The order was not confirmed")).toBeVisible();
  // A new price makes no new order of it.
  await expect(buy(page)).not.toHaveText(before ?? "", { timeout: 30_000 });
  await page.getByRole("button", { name: "Buy USDJPY at market" }).click();
  const order = page.getByRole("list", { name: "Sent orders" }).getByRole("listitem");
  await expect(order).toContainText(/as ticket \d+/, { timeout: 30_000 });
  expect(answers.map(({ status }) => status)).toEqual([201, 200]);
  expect(answers[1]!.key).toBe(answers[0]!.key);
  await desk.close(Number(/ticket (\d+)/.exec((await order.textContent()) ?? "")?.[1]));
});
