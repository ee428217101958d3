import type { Page, WebSocketRoute } from "@playwright/test";
import { Api } from "./support/api";
import { silence } from "./support/database";
import { signIn } from "./support/stack";
import { expect, test } from "./support/test";

const BY_AGENT = { timeout: 60_000 };

test("an agent that falls silent is named on every page, in two degrees", async ({ page, request }) => {
  const api = await Api.signUp(request);
  const agent = await api.agent("Silent one");
  await agent.beat();
  await signIn(page, api.credentials);
  await page.goto("/positions/");
  await expect(page.getByRole("heading", { name: "Positions", level: 1 })).toBeVisible();
  await expect(page.getByTestId("connection")).toHaveAttribute("data-status", "open");
  const banner = page.getByText(/^Agent (quiet|offline)$/);
  await expect(banner).toBeHidden();

  await silence(agent.id, 61);
  await page.reload();
  await expect(page.getByRole("status").filter({ hasText: "Agent quiet" })).toContainText(
    /Silent one, last heard of 1\smin ago/,
  );

  await silence(agent.id, 601);
  await page.reload();
  await expect(page.getByRole("alert").filter({ hasText: "Agent offline" })).toContainText(
    /Silent one, last heard of 10\smin ago/,
  );
  await page.getByRole("link", { name: "History" }).click();
  await expect(page.getByText("Agent offline")).toBeVisible();

  // By the news of the socket, without a reload.
  await agent.beat();
  await expect(banner).toBeHidden({ timeout: 35_000 });
});

test("503 of a generation offers to try again, and makes no version", async ({ page, request }) => {
  const api = await Api.signUp(request);
  await signIn(page, api.credentials);
  await page.goto("/ea-studio/?id=new");
  await page.getByLabel("Name").fill("Never written");
  // Its one failure: the second attempt is answered.
  await page.getByLabel("What it is to do").fill("EMA cross, stop at 2 ATR [glm:500]");
  const refused = page.waitForResponse((answer) => answer.url().endsWith("/generate"));
  await page.getByRole("button", { name: "Generate" }).click();
  expect((await refused).status()).toBe(503);
  const toast = page.getByRole("listitem").filter({ hasText: "Nothing was generated" });
  await expect(toast).toBeVisible(BY_AGENT);
  const again = page.waitForResponse((answer) => answer.url().endsWith("/generate"));
  await toast.getByRole("button", { name: "Retry" }).click();
  expect((await again).status()).toBe(503);
  await expect(page.getByText("Nothing was generated, no version was made")).toBeVisible();

  const projects = await api.call<{ items: { id: string }[] }>("get", "/ea/projects");
  expect(projects.items).toHaveLength(1);
  const versions = await api.call<{ items: object[] }>(
    "get",
    `/ea/projects/${projects.items[0]!.id}/versions`,
  );
  expect(versions.items).toEqual([]);
});

interface Told {
  instrument: string;
  bid: number;
  ask: number;
  ts: string;
}

/** The socket with a hand on the line: it can be cut, and made to repeat itself. */
class Line {
  readonly attempts: number[] = [];
  readonly said: string[] = [];
  readonly heard: Told[] = [];
  private socket: WebSocketRoute | undefined;

  async tap(page: Page): Promise<void> {
    // Each attempt begins with a ticket of its own.
    page.on("request", (request) => {
      if (request.url().endsWith("/auth/socket-ticket")) this.attempts.push(Date.now());
    });
    await page.routeWebSocket(/\?ticket=/, (socket) => {
      const server = socket.connectToServer();
      this.socket = socket;
      socket.onMessage((message) => {
        this.said.push(String(message));
        server.send(message);
      });
      server.onMessage((message) => {
        const { prices } = JSON.parse(String(message)) as { prices?: Told[] };
        this.heard.push(...(prices ?? []));
        socket.send(message);
      });
    });
  }

  async cut(): Promise<void> {
    await this.socket!.close();
  }

  tell(...prices: Told[]): void {
    this.socket!.send(JSON.stringify({ type: "prices", prices }));
  }
}

test("a cut socket is opened again with growing patience; prices stay, and none comes twice", async ({
  page,
  request,
}) => {
  const api = await Api.signUp(request);
  const agent = await api.agent("Ticker");
  await agent.beat();
  await signIn(page, api.credentials);
  const line = new Line();
  await line.tap(page);
  await page.goto("/trading/?symbol=EURUSD");
  const state = page.getByTestId("connection");
  const buy = page.getByTestId("price-buy");
  await expect(state).toHaveAttribute("data-status", "open");
  await expect.poll(() => line.said.some((text) => text.includes("EURUSD"))).toBe(true);
  await agent.push({ EURUSD: { bid: 1.1, ask: 1.1001 } });
  await expect(buy).toHaveText("1.10010");
  // From here on everything that is shown is kept.
  await buy.evaluate((element) => {
    const shown: string[] = [];
    Object.assign(window, { shown });
    new MutationObserver(() => shown.push(element.textContent)).observe(element, {
      characterData: true,
      childList: true,
      subtree: true,
    });
  });

  const saidBefore = line.said.length;
  line.attempts.length = 0;
  await page.context().setOffline(true);
  await line.cut();
  await expect(state).toHaveAttribute("data-status", "waiting");
  await expect(state).toContainText("No connection");
  await expect(state).toContainText(/trying again/);
  await expect.poll(() => line.attempts.length, { timeout: 30_000 }).toBe(3);
  await expect(buy).toHaveText("1.10010");
  const [first, second, third] = line.attempts as [number, number, number];
  // After 1, 2 and 4 seconds; a timer may be a moment early.
  expect(second - first).toBeGreaterThan(1_900);
  expect(third - second).toBeGreaterThan(3_900);

  await page.context().setOffline(false);
  await expect(state).toHaveAttribute("data-status", "open");
  await expect
    .poll(() => line.said.slice(saidBefore).filter((text) => /"subscribe".*EURUSD/.test(text)).length)
    .toBe(1);
  const last = line.heard.findLast(({ instrument }) => instrument === "EURUSD")!;
  // A tick that was told before the gap, once more and at another price; and one from before it.
  line.tell({ ...last, ask: 8.88888 });
  line.tell({ ...last, ask: 9.99999, ts: new Date(Date.parse(last.ts) - 1_000).toISOString() });
  await agent.push({ EURUSD: { bid: 1.2, ask: 1.2002 } });
  await expect(buy).toHaveText("1.20020");
  expect(await page.evaluate(() => (window as unknown as { shown: string[] }).shown)).toEqual(["1.20020"]);
});

test("what does not compile opens a dialog, and its lines are marked", async ({ page }) => {
  await signIn(page);
  await page.goto("/ea-studio/?id=new");
  await page.getByLabel("Name").fill(`Broken ${crypto.randomUUID().slice(0, 8)}`);
  await page.getByLabel("What it is to do").fill("EMA cross with an ATR stop [glm:broken-code]");
  await page.getByRole("button", { name: "Generate" }).click();
  await expect(page.getByText("Version 1 is written")).toBeVisible(BY_AGENT);
  await page.getByRole("button", { name: "Compile" }).click();
  const dialog = page.getByRole("dialog", { name: "Version 2 did not compile" });
  await expect(dialog).toBeVisible(BY_AGENT);
  const message = dialog.getByRole("list", { name: "Compiler messages" }).getByRole("button").first();
  await expect(message).toContainText(/Line \d+, column \d+/);
  await message.click();
  await expect(page.getByTestId("editor").locator(".squiggly-error")).toBeVisible();
});

test("the alert of a strategy that is switched off is shown as discarded, with the reason", async ({
  page,
  request,
}) => {
  const api = await Api.signUp(request);
  const agent = await api.agent("Idle");
  const strategy = await api.strategy(agent.connectionId, { name: "Switched off", is_enabled: false });
  await signIn(page, api.credentials);
  await page.goto("/signals/");
  const feed = page.getByRole("table", { name: "Signals" });
  await expect(page.getByText("No alert has come in yet")).toBeVisible();
  await expect(page.getByTestId("connection")).toHaveAttribute("data-status", "open");
  await api.alert(strategy, { symbol: "EURUSD", action: "buy" });
  const row = feed.locator("tbody tr");
  await expect(row).toContainText("Discarded");
  await expect(row).toContainText("The strategy is switched off.");
});
