import { Api, type Schemas } from "./support/api";
import { signIn } from "./support/stack";
import { expect, test } from "./support/test";

test("two users in two browsers see only what is theirs", async ({ page, otherPage, request }) => {
  test.setTimeout(120_000);
  const users = await Promise.all(
    (["1.11111", "2.22222"] as const).map(async (price, index) => {
      const name = `User ${index + 1}`;
      const api = await Api.signUp(request);
      const agent = await api.agent(`Agent of ${name}`);
      await agent.beat();
      await agent.report({ EURUSD: Number(price) }, 1000 + index);
      // What is switched off leaves its signal, and no order that waits.
      const strategy = await api.strategy(agent.connectionId, {
        name: `Strategy of ${name}`,
        is_enabled: false,
      });
      await api.alert(strategy, { symbol: index === 0 ? "GBPUSD" : "USDJPY", action: "buy" });
      const project = await api.call<Schemas["Project"]>("post", "/ea/projects", {
        name: `Project of ${name}`,
        source_code: `// of ${name}\n`,
      });
      const signals = await api.call<Schemas["Page_Signal"]>("get", "/signals");
      return { name, price, api, agent, strategy, project, signal: signals.items[0]!, ticket: 1000 + index };
    }),
  );
  const [one, two] = users as [(typeof users)[0], (typeof users)[0]];
  const seats = [
    { page, own: one, foreign: two },
    { page: otherPage, own: two, foreign: one },
  ];
  for (const { page, own } of seats) await signIn(page, own.api.credentials);

  await test.step("prices come by the own agent's socket only", async () => {
    for (const { page } of seats) {
      await page.goto("/trading/?symbol=EURUSD");
      await expect(page.getByTestId("connection")).toHaveAttribute("data-status", "open");
    }
    // Each of the pushes follows one of the other's: what leaked would be seen last.
    for (const { own } of [...seats, ...seats])
      await own.agent.push({ EURUSD: { bid: Number(own.price) - 0.0001, ask: Number(own.price) } });
    for (const { page, own } of seats) await expect(page.getByTestId("price-buy")).toHaveText(own.price);
  });

  for (const { page, own, foreign } of seats) {
    await test.step(`${own.name}: lists`, async () => {
      await page.goto("/positions/");
      await expect(page.getByRole("button", { name: /^Close EURUSD ticket/ })).toHaveCount(1);
      await expect(page.getByRole("button", { name: `Close EURUSD ticket ${own.ticket}` })).toBeVisible();
      await page.goto("/signals/");
      await expect(page.getByRole("table", { name: "Strategies" })).toContainText(own.strategy.name);
      await expect(page.getByRole("table", { name: "Signals" }).locator("tbody tr")).toHaveCount(1);
      await expect(page.getByRole("table", { name: "Signals" })).toContainText(own.signal.symbol!);
      await expect(page.locator("main")).not.toContainText(foreign.name);
      await page.goto("/ea-studio/?tab=library");
      await expect(page.getByRole("tabpanel", { name: "Library" })).toContainText(own.project.name);
      await expect(page.locator("main")).not.toContainText(foreign.name);
      await page.goto("/agents/");
      await expect(page.getByRole("region", { name: `Agent of ${own.name}` })).toBeVisible();
      await expect(page.locator("main")).not.toContainText(foreign.name);
    });

    await test.step(`${own.name}: the other's ids in the address`, async () => {
      await page.goto(`/ea-studio/?id=${foreign.project.id}`);
      await expect(page.getByRole("alert").filter({ hasText: "There is no such project" })).toBeVisible();
      await page.goto(`/signals/?signal=${foreign.signal.id}`);
      await expect(page.getByRole("alert").filter({ hasText: "There is no such signal" })).toBeVisible();
      await page.goto(`/ea-studio/?id=${own.project.id}&version=${foreign.project.current_version_id}`);
      await expect(page.getByRole("alert").filter({ hasText: "There is no such version" })).toBeVisible();
      await page.goto(`/signals/?open=${foreign.strategy.id}`);
      await expect(page.getByRole("table", { name: "Strategies" })).toContainText(own.strategy.name);
      await expect(page.getByRole("dialog")).toBeHidden();
      await page.goto(`/positions/?account=${foreign.agent.connectionId}`);
      await expect(page.getByText("No open position matches")).toBeVisible();
    });
  }
});
