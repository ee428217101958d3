import { test as base, expect, type BrowserContext, type Page } from "@playwright/test";

/** What no page may do, whatever it shows meanwhile: break its own policy, or throw what nobody catches. */
function watch(context: BrowserContext): string[] {
  const faults: string[] = [];
  context.on("weberror", (fault) => faults.push(String(fault.error())));
  context.on("console", (message) => {
    if (message.type() === "error" && message.text().includes("Content Security Policy"))
      faults.push(message.text());
  });
  return faults;
}

export const test = base.extend<{ otherPage: Page }>({
  context: async ({ context }, run) => {
    const faults = watch(context);
    await run(context);
    expect(faults).toEqual([]);
  },
  /** Of a second browser, which shares nothing with the first. */
  otherPage: async ({ browser }, run) => {
    const context = await browser.newContext();
    const faults = watch(context);
    await run(await context.newPage());
    await context.close();
    expect(faults).toEqual([]);
  },
});

export { expect };
