import { expect, it } from "vitest";
import { readEvents } from "./sse";

async function read(...chunks: string[]) {
  const bytes = chunks.map((chunk) => new TextEncoder().encode(chunk));
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const next = bytes.shift();
      if (next) controller.enqueue(next);
      else controller.close();
    },
  });
  const events = [];
  for await (const event of readEvents(body)) events.push(event);
  return events;
}

const whole =
  'event: token\r\ndata: {"text":"a"}\r\n\r\n: alive\n\ndata: one\ndata: two\n\nevent: cut\ndata: never ended';
const wanted = [
  { event: "token", data: '{"text":"a"}' },
  { event: "message", data: "one\ntwo" },
];

it("reads events, drops comments and what was cut off", async () => {
  expect(await read(whole)).toEqual(wanted);
});

it("does not mind where the chunks are cut", async () => {
  expect(await read(...whole)).toEqual(wanted);
});
