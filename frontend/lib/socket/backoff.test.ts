import { expect, it } from "vitest";
import { reconnectDelay } from "./backoff";

it("doubles from one second to thirty", () => {
  expect([0, 1, 2, 3, 4, 5, 6, 1000].map(reconnectDelay)).toEqual([
    1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000,
  ]);
});
