import { expect, it } from "vitest";
import { IdempotencyKey } from "./idempotency";
import { ApiProblem } from "./problem";

const body = { name: "a" };

it("stays while the outcome is unknown", () => {
  const key = new IdempotencyKey();
  const first = key.for(body);
  key.answered(ApiProblem.unreachable(new TypeError()));
  key.answered(ApiProblem.from(503, {}));
  expect(key.for({ name: "a" })).toBe(first);
});

it("is new after an answer, and for another body", () => {
  const key = new IdempotencyKey();
  const first = key.for(body);
  key.answered();
  const second = key.for(body);
  expect(second).not.toBe(first);
  key.answered(ApiProblem.from(422, {}));
  const third = key.for(body);
  expect(third).not.toBe(second);
  expect(key.for({ name: "b" })).not.toBe(third);
});
