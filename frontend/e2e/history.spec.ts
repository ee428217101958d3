import { readFileSync } from "node:fs";
import { signIn } from "./support/stack";
import { Desk } from "./support/trading";
import { expect, test } from "./support/test";

test.beforeEach(({ page }) => signIn(page));

test("filters by symbol and kind, in the address", async ({ page, request }) => {
  const desk = await Desk.open(request);
  await desk.close(await desk.order("USDJPY", "buy", 0.01));
  await page.goto("/history/");
  await page.getByLabel("Symbol").fill("USDJPY");
  await page.getByLabel("Kind").selectOption("Position closed");
  await expect(page).toHaveURL(/symbol=USDJPY/);
  await expect(page).toHaveURL(/kind=position_closed/);
  const rows = page.getByRole("table", { name: "History" }).locator("tbody tr");
  const { items, totals } = await desk.history("?symbol=USDJPY&event_type=position_closed");
  await expect(rows).toHaveCount(items.length);
  for (const row of await rows.all()) await expect(row).toContainText(/Position closed\s*USDJPY/);
  await expect(page.getByRole("list", { name: "Totals" })).toContainText(`${totals[0]!.closed} closed`);

  await page.reload();
  await expect(page.getByLabel("Symbol")).toHaveValue("USDJPY");
  await page.getByLabel("Symbol").fill("NOSUCH");
  await expect(page.getByText("Nothing matches")).toBeVisible();
  await page.getByRole("button", { name: "Clear the filter" }).click();
  await expect(page.getByLabel("Symbol")).toHaveValue("");
  await expect(page).toHaveURL(/\/history\/$/);
});

test("asks for whole days of the user's calendar", async ({ page }) => {
  await page.goto("/history/");
  const asked = page.waitForRequest(
    (each) => each.url().includes("/trading/history?") && each.url().includes("to="),
  );
  await page.goto("/history/?from=2020-02-28&to=2020-02-28");
  const query = new URL((await asked).url()).searchParams;
  const [from, to] = [query.get("from") ?? "", query.get("to") ?? ""];
  expect(Date.parse(to) - Date.parse(from)).toBe(86_400_000);
  await expect(page.getByText("Nothing matches")).toBeVisible();
});

test("shows more on demand, and exports all of it", async ({ page, request }) => {
  test.setTimeout(180_000);
  const desk = await Desk.open(request);
  // More than one page.
  while ((await desk.history()).next_cursor == null)
    await desk.close(await desk.order("EURUSD", "buy", 0.01));

  await page.goto("/history/");
  const rows = page.getByRole("table", { name: "History" }).locator("tbody tr");
  await expect(rows).toHaveCount(50);
  await page.getByRole("button", { name: "Show more" }).click();
  await expect.poll(() => rows.count()).toBeGreaterThan(50);

  const { items, next_cursor, totals } = await desk.history("?limit=200&event_type=position_closed");
  expect(next_cursor).toBeNull();
  await page.getByLabel("Kind").selectOption("Position closed");
  await expect(page).toHaveURL(/kind=position_closed/);
  await expect(rows.first()).toContainText("Position closed");
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Export CSV" }).click();
  const file = await download;
  expect(file.suggestedFilename()).toMatch(/^history-\d{4}-\d\d-\d\d\.csv$/);
  const lines = readFileSync(await file.path(), "utf8")
    .trim()
    .split("\r\n");
  const heads = lines[0]!.replace("\ufeff", "").split(",");
  expect(lines).toHaveLength(items.length + 1);
  const profit = heads.indexOf("realised_profit");
  const summed = lines.slice(1).reduce((total, line) => total + Number(line.split(",")[profit]), 0);
  expect(summed).toBeCloseTo(totals[0]!.profit_loss, 2);
});
