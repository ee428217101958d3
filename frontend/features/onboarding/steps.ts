import type { Schemas } from "@/lib/api/client";

type Status = Schemas["OnboardingStatus"];

/** The first alert belongs to the strategy that takes it, so that the API's five steps are four here. */
export const STEPS = ["disclaimer", "connection", "agent", "strategy"] as const;
export type Step = (typeof STEPS)[number];

export function isStep(word: string): word is Step {
  return (STEPS as readonly string[]).includes(word);
}

export function isDone(step: Step, status: Status): boolean {
  switch (step) {
    case "disclaimer":
      return status.disclaimer_accepted;
    case "connection":
      return status.broker_connection;
    case "agent":
      return status.agent_paired;
    case "strategy":
      return status.strategy && status.first_signal;
  }
}

/** Where to go on; null when nothing is left. */
export function nextStep(status: Status): Step | null {
  return STEPS.find((step) => !isDone(step, status)) ?? null;
}
