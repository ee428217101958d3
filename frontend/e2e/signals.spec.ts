import { readFile } from "node:fs/promises";
import { Api } from "./support/api";
import { expectAccessible } from "./support/axe";
import { signIn } from "./support/stack";
import { expect, test } from "./support/test";

test.beforeEach(async ({ page }) => {
  await signIn(page);
  await page.goto("/signals/");
  await expect(page.getByRole("table", { name: "Strategies" }).getByRole("switch").first()).toBeVisible();
});

test("takes a strategy from its first alert to its end", async ({ page }) => {
  test.setTimeout(240_000);
  const name = `E2E ${crypto.randomUUID().slice(0, 8)}`;

  await test.step("it is made with its rules", async () => {
    await page.getByRole("button", { name: "New strategy" }).click();
    await page.getByLabel("Name").fill(name);
    await page.getByLabel("Stop loss, pips").fill("25.55");
    await page.getByRole("button", { name: "Make strategy" }).click();
    await expect(page.getByText("At most 1 decimal", { exact: true })).toBeVisible();
    await page.getByLabel("Stop loss, pips").fill("25.5");
    await page.getByLabel("Allowed pairs").fill("eurusd, gbpusd");
    await expectAccessible(page);
    await page.getByRole("button", { name: "Make strategy" }).click();
  });
  const sheet = page.getByRole("dialog", { name });
  await expect(sheet).toBeVisible();

  await test.step("its alert text has variants", async () => {
    await expect(sheet.getByLabel("Message", { exact: true })).toContainText("{{strategy.order.action}}");
    await sheet.getByRole("radio", { name: "Buy" }).click();
    await sheet.getByRole("radio", { name: "PineConnector" }).click();
    await expect(sheet.getByLabel("Message", { exact: true })).toContainText("buy,{{ticker}}");
    await expectAccessible(page);
  });

  await test.step("a rotated secret changes the address and tells when the old one ends", async () => {
    const address = sheet.getByLabel("Webhook address", { exact: true });
    const before = (await address.textContent()) ?? "";
    await sheet.getByRole("button", { name: "Rotate secret" }).click();
    await page.getByRole("alertdialog").getByRole("button", { name: "Rotate secret" }).click();
    await expect(address).not.toHaveText(before);
    await expect(sheet.getByText("The address before it ends")).toContainText("in 2");
  });

  await test.step("alerts are explained in plain words", async () => {
    await sheet.getByRole("tab", { name: "Test and explain" }).click();
    await sheet.getByLabel("Alert message").fill("buy XAUUSD");
    await sheet.getByRole("button", { name: "Explain this alert" }).click();
    await expect(sheet.locator("[data-verdict=discard]")).toContainText(
      "This pair is not among the strategy's allowed pairs.",
    );
    await sheet.getByLabel("Alert message").fill('{"symbol":"EURUSD","action":"buy"}');
    await sheet.getByRole("button", { name: "Explain this alert" }).click();
    await expect(sheet.locator("[data-verdict=trade]")).toContainText("Buy EURUSD");
    await expect(sheet.locator("[data-verdict=trade]")).toContainText("25.5 pips away");
    await expectAccessible(page);
  });

  await test.step("a test alert carries no token, is filled, and leaves its trail", async () => {
    const sent = page.waitForRequest((request) => request.url().includes("/webhooks/tv/"));
    await sheet.getByRole("button", { name: "Send test alert" }).click();
    expect((await sent).headers()).not.toHaveProperty("authorization");
    const outcome = sheet.getByTestId("signal-outcome");
    await expect(outcome).toHaveAttribute("data-status", "executed", { timeout: 45_000 });
    await expect(outcome.locator("[data-step=Filled]")).toContainText(/\d+\s(ms|s)/);
    await sheet.getByLabel("Action").selectOption("close");
    await sheet.getByRole("button", { name: "Send test alert" }).click();
    await expect(outcome).toContainText("Close EURUSD");
    await expect(outcome).toHaveAttribute("data-status", "executed", { timeout: 45_000 });
    await sheet.getByRole("button", { name: "Close", exact: true }).click();
  });

  await test.step("switched off, its alerts are discarded and say why", async () => {
    await page.getByRole("switch", { name: `${name} takes alerts` }).click();
    await expect(page.getByRole("switch", { name: `${name} takes alerts` })).not.toBeChecked();
    await page.getByRole("button", { name: `Actions for ${name}` }).click();
    await page.getByRole("menuitem", { name: "Test and explain" }).click();
    await sheet.getByRole("button", { name: "Send test alert" }).click();
    await expect(sheet.getByTestId("signal-outcome")).toContainText("The strategy is switched off.");
    await sheet.getByRole("button", { name: "Close", exact: true }).click();
    const feed = page.getByRole("table", { name: "Signals" });
    await page.getByLabel("Strategy", { exact: true }).selectOption({ label: name });
    await page.getByLabel("Status", { exact: true }).selectOption("discarded");
    await expect(page).toHaveURL(/strategy=.*status=discarded/);
    await expect(feed.locator("tbody tr")).toHaveCount(1);
    await expect(feed).toContainText("The strategy is switched off.");
  });

  await test.step("the feed is exported as it is filtered", async () => {
    await page.getByLabel("Status", { exact: true }).selectOption("");
    await expect(page.getByRole("table", { name: "Signals" }).locator("tbody tr")).toHaveCount(3);
    const [file] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Export as CSV" }).click(),
    ]);
    const lines = (await readFile(await file.path(), "utf8")).trim().split("\r\n");
    expect(lines).toHaveLength(4);
    expect(lines[1]).toContain("strategy_disabled");
  });

  await test.step("a signal shows its raw payload", async () => {
    await page.getByRole("button", { name: /Close EURUSD.*details/ }).click();
    const details = page.getByRole("dialog", { name: "Signal" });
    await expect(details.getByLabel("What TradingView sent", { exact: true })).toContainText(
      '"action": "close"',
    );
    await expectAccessible(page);
    await details.getByRole("button", { name: "Close", exact: true }).click();
  });

  await test.step("its rules change, and unsaved ones are not left behind unasked", async () => {
    await page.getByRole("button", { name, exact: true }).click();
    await sheet.getByRole("tab", { name: "Settings" }).click();
    await sheet.getByLabel("Take profit, pips").fill("40");
    page.once("dialog", (dialog) => void dialog.dismiss());
    await sheet.getByRole("tab", { name: "Connect TradingView" }).click();
    await expect(sheet.getByLabel("Take profit, pips")).toHaveValue("40");
    await sheet.getByRole("button", { name: "Save", exact: true }).click();
    await expect(sheet.getByRole("status").filter({ hasText: "Saved" })).toBeVisible();
    await expect(page.getByRole("table", { name: "Strategies", includeHidden: true })).toContainText(
      "25.5 / 40",
    );
    await expectAccessible(page);
  });

  await test.step("it is deleted after a question", async () => {
    await sheet.getByRole("button", { name: "Delete strategy" }).click();
    await page.getByRole("alertdialog").getByRole("button", { name: "Delete strategy" }).click();
    await expect(page.getByRole("button", { name, exact: true })).toBeHidden();
  });
});

test("pages back in time", async ({ page, request }) => {
  const api = await Api.signIn(request);
  const { id } = await api.connection("Paged");
  const strategy = await api.strategy(id, { name: "Paged", is_enabled: false });
  for (const symbol of ["EURUSD", "GBPUSD", "USDJPY"]) await api.alert(strategy, { symbol, action: "buy" });
  const isFirstPage = (url: URL) => url.pathname.endsWith("/signals") && !url.searchParams.has("cursor");
  await page.route(isFirstPage, (route) => {
    const url = new URL(route.request().url());
    url.searchParams.set("limit", "2");
    return route.continue({ url: url.href });
  });
  await page.goto(`/signals/?strategy=${strategy.id}`);
  const rows = page.getByRole("table", { name: "Signals" }).locator("tbody tr");
  await expect(rows).toHaveCount(2);
  await page.getByRole("button", { name: "Show more" }).click();
  await expect(rows).toHaveCount(3);
});
