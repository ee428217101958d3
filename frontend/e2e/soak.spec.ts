import type { CDPSession, Page } from "@playwright/test";
import { Api } from "./support/api";
import type { PlayedAgent, Tick } from "./support/agent";
import { signIn } from "./support/stack";
import { expect, test } from "./support/test";

const SECONDS = Number(process.env.SOAK_SECONDS ?? 15);
const PUSHES_A_SECOND = 4;
const SAMPLES = 9;
const FRAME_LIMIT_MS = 50;
const MOST_GROWTH = 0.1;

/** Fifty pairs of the currencies that a name is read by. */
const INSTRUMENTS = ["USD", "EUR", "GBP", "AUD", "NZD", "CAD", "CHF", "JPY"]
  .flatMap((base, index, all) => all.filter((_, at) => at !== index).map((quote) => base + quote))
  .slice(0, 50);

/** The `round`th price of each: no two rounds are alike, and all move. */
function ticksOf(round: number): Record<string, Tick> {
  return Object.fromEntries(
    INSTRUMENTS.map((instrument, index) => {
      const bid = Number((1 + index / 100 + (round % 5_000) / 100_000).toFixed(5));
      return [instrument, { bid, ask: Number((bid + 0.0001).toFixed(5)) }];
    }),
  );
}

/** Pushes until it is stopped; one push after another, each at its time. */
function pushPrices(agent: PlayedAgent) {
  let round = 0;
  let isOver = false;
  const beginning = performance.now();
  const run = (async () => {
    while (!isOver) {
      await agent.push(ticksOf(++round));
      const early = beginning + (round * 1_000) / PUSHES_A_SECOND - performance.now();
      if (early > 0) await pause(early);
    }
  })();
  return {
    pushed: () => round,
    /** Resolves with the prices that were pushed last. */
    stop: async () => {
      isOver = true;
      await run;
      return ticksOf(round);
    },
  };
}

interface Frames {
  next(): number[];
}

/** Times between frames, kept where they are taken: nothing but numbers, in room that is there from the start. */
async function watchFrames(page: Page): Promise<void> {
  await page.evaluate(() => {
    const times = new Float64Array(120 * 60 * 60);
    let count = 0;
    let before: number | null = null;
    const frame = (now: number) => {
      if (before !== null && count < times.length) times[count++] = now - before;
      before = now;
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
    const frames: Frames = {
      next: () => {
        const taken = [...times.subarray(0, count)];
        count = 0;
        before = null;
        return taken;
      },
    };
    Object.assign(window, { frames });
  });
}

const takeFrames = (page: Page) =>
  page.evaluate(() => (window as unknown as { frames: Frames }).frames.next());

async function heapAfterCollection(session: CDPSession): Promise<number> {
  await session.send("HeapProfiler.collectGarbage");
  const { metrics } = await session.send("Performance.getMetrics");
  return metrics.find(({ name }) => name === "JSHeapUsedSize")!.value;
}

function percentile(frames: readonly number[], share: number): number {
  const sorted = frames.toSorted((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * share) - 1]!;
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

// A trace pictures the whole page at each step, in the page's own time.
test.use({ trace: "off" });

const PAGES = {
  "Live trading": "/trading/?symbol=USDEUR",
  Positions: "/positions/",
};

for (const [name, path] of Object.entries(PAGES)) {
  test(`${name} keeps its frames and its memory at 200 ticks a second`, async ({ page, request }) => {
    test.setTimeout((SECONDS + 120) * 1_000);
    const api = await Api.signUp(request);
    const agent = await api.agent("Busy");
    await agent.beat();
    await agent.push(ticksOf(0));
    // Fifty open positions have fifty instruments streamed.
    await agent.report(
      Object.fromEntries(Object.entries(ticksOf(0)).map(([instrument, { ask }]) => [instrument, ask])),
    );
    await api.call("patch", "/settings", { preferred_pairs: INSTRUMENTS.slice(0, 12) });
    let received = 0;
    page.on("websocket", (socket) =>
      socket.on("framereceived", ({ payload }) => {
        received += (JSON.parse(String(payload)) as { prices?: object[] }).prices?.length ?? 0;
      }),
    );
    await signIn(page, api.credentials);
    await page.goto(path);
    await expect(page.getByTestId("connection")).toHaveAttribute("data-status", "open");
    await expect(page.locator("[aria-busy=true]")).toHaveCount(0);
    await watchFrames(page);
    await pause((SECONDS * 1_000) / SAMPLES);
    const idle = percentile(await takeFrames(page), 0.99);
    const pushing = pushPrices(agent);
    const shown = page.getByRole("list", { name: "Prices" }).getByRole("listitem").first();
    await expect(shown).toContainText(/\d\.\d{5}/);

    const session = await page.context().newCDPSession(page);
    await session.send("Performance.enable");
    const frames: number[] = [];
    const heaps: number[] = [];
    received = 0;
    const pushedBefore = pushing.pushed();
    const beginning = performance.now();
    for (let sample = 0; sample < SAMPLES; sample += 1) {
      await takeFrames(page);
      await pause((SECONDS * 1_000) / SAMPLES);
      // Before the heap is collected: that pause is the measurement's own.
      frames.push(...(await takeFrames(page)));
      heaps.push(await heapAfterCollection(session));
    }
    const seconds = (performance.now() - beginning) / 1_000;
    const rates = [(pushing.pushed() - pushedBefore) * INSTRUMENTS.length, received].map((count) =>
      (count / seconds).toFixed(0),
    );
    const last = await pushing.stop();
    await expect(shown).toContainText(last[INSTRUMENTS[0]!]!.bid.toFixed(5));

    const third = SAMPLES / 3;
    const growth = mean(heaps.slice(-third)) / mean(heaps.slice(0, third)) - 1;
    process.stdout.write(
      `${name}, ${seconds.toFixed(0)} s: ${rates[0]} ticks/s pushed, ${rates[1]} received; ` +
        `${frames.length} frames, idle p99 ${idle.toFixed(1)} ms, p50 ${percentile(frames, 0.5).toFixed(1)} ms, ` +
        `p99 ${percentile(frames, 0.99).toFixed(1)} ms, most ${percentile(frames, 1).toFixed(1)} ms; ` +
        `heap ${heaps.map((heap) => (heap / 2 ** 20).toFixed(1)).join(" ")} MiB, ${(growth * 100).toFixed(1)} %\n`,
    );
    expect(percentile(frames, 0.99)).toBeLessThanOrEqual(FRAME_LIMIT_MS);
    expect(growth).toBeLessThanOrEqual(MOST_GROWTH);
  });
}
