import { readFile } from "node:fs/promises";
import type { Page } from "@playwright/test";
import { PlayedAgent } from "./support/agent";
import { expectAccessible } from "./support/axe";
import { signUp } from "./support/stack";
import { expect, test } from "./support/test";

const step = (page: Page, name: string) => page.locator(`[data-step=${name}][data-done]`);
const open = (page: Page, name: string) => step(page, name).getByRole("button", { expanded: true });

test("leads from sign-up to a filled test alert, and resumes where it was left", async ({ page }) => {
  test.setTimeout(240_000);
  await signUp(page);

  await test.step("the disclaimer is accepted only after it was read", async () => {
    const accept = page.getByRole("button", { name: "Accept and continue" });
    await expect(accept).toBeDisabled();
    await page.getByLabel("I have read this").check();
    await expectAccessible(page);
    await accept.click();
    await expect(step(page, "disclaimer")).toHaveAttribute("data-done", "true");
  });

  await test.step("a connection without a name is refused at its field", async () => {
    await page.getByRole("button", { name: "Make connection" }).click();
    await expect(page.getByLabel("Name")).toBeFocused();
    await expect(page.getByText("1 to 80 characters")).toBeVisible();
    await page.getByLabel("Name").fill("First demo");
    await page.getByRole("button", { name: "Make connection" }).click();
    await expect(open(page, "agent")).toBeVisible();
  });

  await test.step("left and entered anew, it resumes at the agent", async () => {
    await page.getByRole("link", { name: "Go on later" }).click();
    await page.getByRole("region", { name: "Set-up" }).getByRole("link", { name: "Continue" }).click();
    await expect(open(page, "agent")).toBeVisible();
  });

  const agent = await test.step("the key is shown once, with the command and the file", async () => {
    await page.getByLabel("Name").fill("Played agent");
    await page.getByRole("button", { name: "Make agent" }).click();
    const key = (await page.getByLabel("Agent key", { exact: true }).textContent()) ?? "";
    expect(key).toMatch(/^fxa_/);
    const command = (await page.getByLabel("Command that pairs", { exact: true }).textContent()) ?? "";
    expect(command).toContain("uv run --script forexelite_agent.py pair");
    expect(command).not.toContain(key);
    const id = /--agent-id (\S+)/.exec(command)?.[1] ?? "";
    const [file] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "agent.toml", exact: true }).click(),
    ]);
    const toml = await readFile(await file.path(), "utf8");
    expect(toml).toContain(`agent_id = "${id}"`);
    expect(toml).toContain(`agent_key = "${key}"`);
    const { api_url } = (await (await page.request.get("/config.json")).json()) as { api_url: string };
    expect(toml).toContain(`url = "${new URL(api_url, page.url()).href}"`);
    return new PlayedAgent(id, key);
  });

  await test.step("the light waits, and turns green with the first heartbeat", async () => {
    await expect(page.getByTestId("heartbeat")).toContainText("Waiting for the first heartbeat");
    await expectAccessible(page);
    await agent.beat();
    await expect(page.getByTestId("heartbeat")).toContainText("Connected.");
    await expect(step(page, "agent")).toHaveAttribute("data-done", "true");
    await step(page, "agent").getByRole("button", { name: "Continue" }).click();
  });

  await test.step("a test alert is followed to its fill", async () => {
    await page.getByLabel("Name").fill("First strategy");
    await page.getByRole("button", { name: "Make strategy" }).click();
    await page.getByRole("button", { name: "Send test alert" }).click();
    const outcome = page.getByTestId("signal-outcome");
    await expect(outcome).toHaveAttribute("data-status", "pending");
    const job = await agent.fillNext(1.0815);
    expect(job.job_type).toBe("trade");
    await expect(outcome).toHaveAttribute("data-status", "executed");
    await expect(outcome).toContainText("Filled at 1.08150");
    for (const station of ["Received", "Claimed", "Sent", "Filled"]) {
      await expect(outcome.locator(`[data-step=${station}] time`)).toBeVisible();
    }
    await expect(page.getByText("All set.")).toBeVisible();
    await expectAccessible(page);
  });
});

test("gives a new key to whoever lost the one that was shown", async ({ page }) => {
  await signUp(page);
  await page.getByRole("button", { name: /Pair the agent/ }).click();
  await page.getByLabel("Name").fill("Forgotten");
  await page.getByRole("button", { name: "Make agent" }).click();
  const first = await page.getByLabel("Agent key", { exact: true }).textContent();
  await page.reload();
  await expect(page.getByTestId("heartbeat")).toHaveAttribute("data-heard", "false");
  await expect(page.getByLabel("Agent key", { exact: true })).toBeHidden();
  await page.getByRole("button", { name: "I do not have the key" }).click();
  await page.getByRole("button", { name: "Show a new key" }).click();
  await expect(page.getByLabel("Agent key", { exact: true })).toContainText("fxa_");
  expect(await page.getByLabel("Agent key", { exact: true }).textContent()).not.toBe(first);
});
