import { expect, it } from "vitest";
import type { Schemas } from "@/lib/api/client";
import { isDone, nextStep } from "./steps";

const fresh: Schemas["OnboardingStatus"] = {
  disclaimer_accepted: false,
  broker_connection: false,
  agent_paired: false,
  strategy: false,
  first_signal: false,
  complete: false,
};

it("goes on where something is missing, also behind steps that were done first", () => {
  expect(nextStep(fresh)).toBe("disclaimer");
  expect(nextStep({ ...fresh, broker_connection: true, strategy: true })).toBe("disclaimer");
  expect(nextStep({ ...fresh, disclaimer_accepted: true, broker_connection: true })).toBe("agent");
});

it("keeps the last step open until an alert came in", () => {
  const paired = {
    ...fresh,
    disclaimer_accepted: true,
    broker_connection: true,
    agent_paired: true,
    strategy: true,
  };
  expect(nextStep(paired)).toBe("strategy");
  expect(isDone("strategy", paired)).toBe(false);
  expect(nextStep({ ...paired, first_signal: true })).toBeNull();
});
