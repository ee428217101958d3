import { PlayedAgent } from "./support/agent";
import { expectAccessible } from "./support/axe";
import { signIn, signUp } from "./support/stack";
import { expect, test } from "./support/test";

test("shows how an agent is, and which symbols its terminal delivers", async ({ page }) => {
  await signIn(page);
  await page.goto("/agents/");
  const card = page.getByRole("region", { name: "Demo agent 1" });
  await expect(card).toContainText("Online");
  await expect(card).toContainText("connected, build");
  await expect(card).toContainText("@ ForexElite-Sim");
  await expect(page.getByRole("row", { name: /EURUSD/ })).toContainText(/\d\.\d{5}/);
  await expectAccessible(page);
});

test("makes a connection with a symbol map, and an agent; renames, rotates and deletes them", async ({
  page,
}) => {
  test.setTimeout(240_000);
  await signUp(page);
  await page.goto("/agents/");

  await test.step("the symbol map keeps its lines", async () => {
    await page.getByRole("button", { name: "New connection" }).first().click();
    await page.getByLabel("Name").fill("Mapped");
    await page.getByRole("button", { name: "Add a symbol" }).click();
    await page.getByLabel("Symbol of alerts, line 1").fill("XAUUSD");
    await page.getByRole("button", { name: "Make connection" }).click();
    await expect(page.getByText("Each line needs both names")).toBeVisible();
    await page.getByLabel("Symbol of the broker, line 1").fill("GOLD");
    await page.getByRole("button", { name: "Make connection" }).click();
    await page.getByRole("button", { name: "Edit Mapped" }).click();
    await expect(page.getByLabel("Symbol of the broker, line 1")).toHaveValue("GOLD");
    await expectAccessible(page);
    await page.getByRole("button", { name: "Close" }).click();
  });

  const agent = await test.step("the key is shown once, the light turns green", async () => {
    await page.getByRole("button", { name: "New agent" }).first().click();
    await page.getByLabel("Name").fill("Played");
    await page.getByRole("button", { name: "Make agent" }).click();
    const key = (await page.getByLabel("Agent key", { exact: true }).textContent()) ?? "";
    const command = (await page.getByLabel("Command that pairs", { exact: true }).textContent()) ?? "";
    const made = new PlayedAgent(/--agent-id (\S+)/.exec(command)?.[1] ?? "", key);
    await made.beat();
    await expect(page.getByTestId("heartbeat")).toContainText("Connected.");
    await expectAccessible(page);
    await page.getByRole("button", { name: "I have the key" }).click();
    await expect(page.getByText(key)).toBeHidden();
    return made;
  });

  await test.step("it is renamed", async () => {
    await page.getByRole("button", { name: "Actions for Played" }).click();
    await page.getByRole("menuitem", { name: "Rename or connect" }).click();
    await page.getByLabel("Name").fill("Renamed");
    await page.getByRole("button", { name: "Save" }).click();
    await expect(page.getByRole("region", { name: "Renamed" })).toContainText("4711 @ Played-Demo");
  });

  await test.step("a rotated key ends the one before", async () => {
    await page.getByRole("button", { name: "Actions for Renamed" }).click();
    await page.getByRole("menuitem", { name: "Rotate key" }).click();
    await page.getByRole("button", { name: "Rotate key" }).click();
    const key = (await page.getByLabel("Agent key", { exact: true }).textContent()) ?? "";
    await expect(agent.beat()).rejects.toThrow("401");
    await new PlayedAgent(agent.id, key).beat();
    await page.getByRole("button", { name: "I have the key" }).click();
  });

  await test.step("both are deleted after a question", async () => {
    await page.getByRole("button", { name: "Actions for Renamed" }).click();
    await page.getByRole("menuitem", { name: "Delete" }).click();
    await page.getByRole("button", { name: "Delete agent" }).click();
    await expect(page.getByText("No agent is paired")).toBeVisible();
    await page.getByRole("button", { name: "Delete Mapped" }).click();
    await page.getByRole("button", { name: "Delete connection" }).click();
    await expect(page.getByText("No broker connection", { exact: true })).toBeVisible();
  });
});
