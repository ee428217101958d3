import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Connection, type ConnectionState, type Socket } from "./connection";
import type { SocketMessage } from "./messages";

class FakeSocket implements Socket {
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: (() => void) | null = null;
  readonly said: unknown[] = [];
  isClosed = false;
  constructor(readonly url: string) {}
  send(text: string) {
    this.said.push(JSON.parse(text));
  }
  close() {
    this.isClosed = true;
  }
}

function setUp(tickets: () => Promise<string> = () => Promise.resolve("ws://x/?ticket=1")) {
  const sockets: FakeSocket[] = [];
  const states: ConnectionState[] = [];
  const messages: SocketMessage[] = [];
  const connection = new Connection({
    openTicket: tickets,
    makeSocket: (url) => {
      const socket = new FakeSocket(url);
      sockets.push(socket);
      return socket;
    },
    onMessage: (message) => messages.push(message),
    onState: (state) => states.push(state),
  });
  const last = () => {
    const socket = sockets.at(-1);
    if (!socket) throw new Error("no socket was made");
    return socket;
  };
  return { connection, sockets, states, messages, last };
}

const settle = () => vi.advanceTimersByTimeAsync(0);

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it("subscribes when it opens, and again on the socket after it", async () => {
  const { connection, last, sockets } = setUp();
  connection.watch(["EURUSD"]);
  connection.start();
  await settle();
  last().onopen?.();
  expect(last().said).toEqual([{ action: "subscribe", instruments: ["EURUSD"] }]);
  last().onclose?.();
  await vi.advanceTimersByTimeAsync(1_000);
  last().onopen?.();
  expect(sockets).toHaveLength(2);
  expect(last().said).toEqual([{ action: "subscribe", instruments: ["EURUSD"] }]);
});

it("waits 1, 2, 4 … 30 seconds and begins anew after success", async () => {
  const { connection, states, last } = setUp();
  connection.start();
  await settle();
  const waits: number[] = [];
  const failAndWait = async () => {
    last().onclose?.();
    const state = states.at(-1);
    if (state?.status !== "waiting") throw new Error(`state is ${state?.status}`);
    waits.push(state.retryAt - Date.now());
    await vi.advanceTimersByTimeAsync(state.retryAt - Date.now());
  };
  for (let time = 0; time < 7; time += 1) await failAndWait();
  last().onopen?.();
  await failAndWait();
  expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 1_000]);
});

it("takes a refused ticket as a failure", async () => {
  const { connection, states, sockets } = setUp(() => Promise.reject(new Error("503")));
  connection.start();
  await settle();
  expect(states.at(-1)).toMatchObject({ status: "waiting" });
  expect(sockets).toHaveLength(0);
});

it("drops a line that does not answer a ping, and hears nothing of it any more", async () => {
  const { connection, last, states, messages } = setUp();
  connection.start();
  await settle();
  const dead = last();
  dead.onopen?.();
  const hear = dead.onmessage;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(dead.said.at(-1)).toEqual({ action: "ping" });
  hear?.({ data: '{"type":"pong"}' });
  await vi.advanceTimersByTimeAsync(10_000);
  expect(dead.isClosed).toBe(false);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(dead.isClosed).toBe(true);
  expect(dead.onmessage).toBeNull();
  expect(states.at(-1)).toMatchObject({ status: "waiting" });
  expect(messages).toEqual([{ type: "pong" }]);
});

it("does not wait for the timer when the network comes back", async () => {
  const { connection, sockets, last } = setUp();
  connection.start();
  await settle();
  last().onclose?.();
  connection.nudge();
  await settle();
  expect(sockets).toHaveLength(2);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(sockets).toHaveLength(2);
});

it("stays stopped, also when a ticket comes late", async () => {
  let give: (url: string) => void = () => undefined;
  const { connection, sockets, states } = setUp(
    () =>
      new Promise((resolve) => {
        give = resolve;
      }),
  );
  connection.start();
  connection.stop();
  give("ws://x");
  await vi.advanceTimersByTimeAsync(60_000);
  expect(sockets).toHaveLength(0);
  expect(states.at(-1)).toEqual({ status: "closed" });
});
