import { readFile } from "node:fs/promises";
import { SimulatedAgent } from "./support/simulated";
import { signUp } from "./support/stack";
import { expect, test } from "./support/test";

/** What the agent does beside its trading, one job after another. */
const BY_AGENT = { timeout: 60_000 };

test("the first hour of a new user, from sign-up to sign-out", async ({ page }, info) => {
  test.setTimeout(300_000);
  let agent: SimulatedAgent | undefined;
  try {
    await test.step("sign-up, disclaimer, broker connection", async () => {
      await signUp(page);
      await page.getByLabel("I have read this").check();
      await page.getByRole("button", { name: "Accept and continue" }).click();
      await page.getByLabel("Name").fill("First demo");
      await page.getByRole("button", { name: "Make connection" }).click();
      await expect(page.getByRole("button", { name: "Make agent" })).toBeVisible();
    });

    await test.step("pairing: the agent starts from the file on the page, and the light turns green", async () => {
      await page.getByLabel("Name").fill("Agent of the first hour");
      await page.getByRole("button", { name: "Make agent" }).click();
      const key = await page.getByLabel("Agent key", { exact: true }).textContent();
      const [file] = await Promise.all([
        page.waitForEvent("download"),
        page.getByRole("button", { name: "agent.toml", exact: true }).click(),
      ]);
      const config = await readFile(await file.path(), "utf8");
      expect(config).toContain(`agent_key = "${key}"`);
      await expect(page.getByTestId("heartbeat")).toContainText("Waiting for the first heartbeat");
      agent = SimulatedAgent.start(info.outputPath("agent"), config);
      await expect(page.getByTestId("heartbeat")).toContainText("Connected.", BY_AGENT);
      await page.getByRole("button", { name: "Continue" }).click();
      await expect(page.getByRole("button", { name: "Make strategy" })).toBeVisible();
    });

    await test.step("strategy, test alert, filled signal with its latency trail", async () => {
      await page.getByLabel("Name").fill("First strategy");
      await page.getByRole("button", { name: "Make strategy" }).click();
      await page.getByRole("button", { name: "Send test alert" }).click();
      const outcome = page.getByTestId("signal-outcome");
      await expect(outcome).toHaveAttribute("data-status", "executed", BY_AGENT);
      await expect(outcome).toContainText(/Filled at \d\.\d{5}/);
      for (const station of ["Received", "Claimed", "Sent", "Filled"])
        await expect(outcome.locator(`[data-step=${station}] time`)).toBeVisible();
      await expect(outcome).toContainText(/from reception to fill/);
      await expect(page.getByText("All set.")).toBeVisible();
    });

    await test.step("the signal is in the feed", async () => {
      await page.getByRole("link", { name: "TV signals" }).first().click();
      const feed = page.getByRole("table", { name: "Signals" });
      await expect(feed.locator("tbody tr")).toHaveCount(1);
      await expect(feed).toContainText("Buy EURUSD");
      await expect(feed).toContainText("Filled");
    });

    await test.step("the chart moves", async () => {
      await page.getByRole("link", { name: "Live trading" }).click();
      await page.getByRole("radio", { name: "M1", exact: true }).click();
      const chart = page.getByRole("figure", { name: /^EURUSD, M1 candles up to/ });
      await expect(chart.locator("canvas").first()).toBeVisible(BY_AGENT);
      const price = page.getByTestId("price-buy");
      await expect(price).toHaveText(/^\d\.\d{5}$/, BY_AGENT);
      const [drawn, quoted] = [await chart.screenshot(), (await price.textContent()) ?? ""];
      await expect(price).not.toHaveText(quoted, BY_AGENT);
      await expect.poll(async () => (await chart.screenshot()).equals(drawn), BY_AGENT).toBe(false);
    });

    const ticket = await test.step("order by risk", async () => {
      await page.getByLabel("Risk in % of equity").fill("0.2");
      await page.getByLabel("Stop loss").fill("20");
      await expect(page.getByLabel("Estimate")).toContainText(/≈ 0\.\d\d lots/);
      await page.getByRole("button", { name: "Buy EURUSD at market" }).click();
      const order = page.getByRole("list", { name: "Sent orders" }).getByRole("listitem");
      await expect(order).toContainText(/Filled 0\.\d\d at 1\.\d{5} as ticket \d+/, BY_AGENT);
      return /ticket (\d+)/.exec((await order.textContent()) ?? "")![1]!;
    });

    await test.step("position, close", async () => {
      await page.getByRole("link", { name: "Positions" }).click();
      const close = page.getByRole("button", { name: `Close EURUSD ticket ${ticket}` });
      // The other one is of the test alert.
      await expect(page.getByRole("button", { name: /^Close EURUSD ticket/ })).toHaveCount(2, BY_AGENT);
      await close.click();
      await page.getByRole("alertdialog").getByRole("button", { name: "Close at market" }).click();
      await expect(page.getByText(/^Closed 0\.\d\d at 1\.\d{5} for/)).toBeVisible(BY_AGENT);
      await expect(close).toBeHidden(BY_AGENT);
    });

    await test.step("an expert advisor is described, streamed and compiled", async () => {
      await page.getByRole("link", { name: "EA Studio" }).click();
      await page.getByLabel("Name").fill("Trend rider");
      await page.getByLabel("What it is to do").fill("Buy when EMA 12 crosses above EMA 26, stop at 2 ATR");
      await page.getByRole("button", { name: "Generate" }).click();
      const editor = page.getByTestId("editor");
      await expect(page.getByText("GLM-5 is writing…")).toBeVisible(BY_AGENT);
      // In the editor before there is a version: as it is written, not when it is.
      await expect(editor).toContainText("property", BY_AGENT);
      await expect(page.getByText("GLM-5 is writing…")).toBeVisible();
      await expect(page.getByText("Version 1 is written")).toBeVisible(BY_AGENT);
      await page.getByRole("button", { name: "Compile" }).click();
      await expect(page.getByText("Compiled as version 2")).toBeVisible(BY_AGENT);
    });

    await test.step("it is deployed and stopped", async () => {
      await page.getByRole("button", { name: "Deploy", exact: true }).click();
      const dialog = page.getByRole("dialog");
      await dialog.getByLabel("Symbol").fill("EURUSD");
      await dialog.getByLabel("Timeframe").selectOption("M15");
      await dialog.getByRole("button", { name: "Deploy" }).click();
      await expect(dialog).toBeHidden();
      await page.getByRole("link", { name: "Deployments" }).click();
      const row = page.getByRole("row").filter({ hasText: "Trend rider" });
      await expect(row.getByText("Trades on its chart")).toBeVisible(BY_AGENT);
      await row.getByRole("button", { name: /^Stop/ }).click();
      await page.getByRole("button", { name: "Stop it" }).click();
      await expect(row.getByText("Off its chart")).toBeVisible(BY_AGENT);
    });

    await test.step("flatten closes what the alert opened, and stops entries", async () => {
      await page.getByRole("button", { name: "Flatten" }).click();
      await page.getByRole("button", { name: "Flatten now" }).click();
      await expect(page.getByText("1 position is being closed, trading mode is reducing.")).toBeVisible();
      await page.getByRole("link", { name: "Positions" }).click();
      await expect(page.getByText("Nothing is open", { exact: true })).toBeVisible(BY_AGENT);
      await expect(page.getByRole("button", { name: "Trading mode: Reducing" })).toBeVisible();
    });

    await test.step("sign-out", async () => {
      await page.getByRole("button", { name: "Account and display" }).click();
      await page.getByRole("menuitem", { name: "Sign out" }).click();
      await expect(page.getByRole("button", { name: "Sign in" })).toBeVisible();
      await page.goto("/positions/");
      await expect(page).toHaveURL(/\/sign-in\/\?next=%2Fpositions%2F$/);
    });
    expect(agent?.isRunning).toBe(true);
  } finally {
    await agent?.stop();
    if (agent) await info.attach("agent.log", { body: agent.said() });
  }
});
