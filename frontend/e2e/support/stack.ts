import { expect, type Page } from "@playwright/test";
import { readFileSync } from "node:fs";

export interface Credentials {
  email: string;
  password: string;
}

interface Stack {
  http_url: string;
  supabase_url: string;
  anon_key: string;
  database_url: string;
  demo: Credentials & { webhook_secret: string };
}

/** The running stack, by its state file. */
export function stack(): Stack {
  const file = process.env.E2E_STATE;
  if (!file)
    throw new Error("E2E_STATE names no state file: start a stack and pass the path of its state.json");
  return JSON.parse(readFileSync(file, "utf8")) as Stack;
}

export function newCredentials(): Credentials {
  return { email: `e2e-${crypto.randomUUID()}@forexelite.test`, password: crypto.randomUUID() };
}

export async function signIn(page: Page, { email, password }: Credentials = stack().demo): Promise<void> {
  await page.goto("/sign-in/");
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("heading", { name: "Overview" })).toBeVisible();
}

/** A user of this test's own, who begins where everybody does. */
export async function signUp(page: Page, { email, password } = newCredentials()): Promise<void> {
  await page.goto("/sign-up/");
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign up" }).click();
  await expect(page.getByRole("heading", { name: "Set up" })).toBeVisible();
}
