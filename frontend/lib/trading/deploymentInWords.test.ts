import { expect, it } from "vitest";
import type { Schemas } from "@/lib/api/client";
import { deploymentInWords } from "./deploymentInWords";

const job = (job_type: Schemas["JobType"], status: Schemas["JobStatus"]): Schemas["JobBrief"] => ({
  id: "1",
  job_type,
  status,
  created_at: "2026-01-01T00:00:00Z",
});
const words = (
  status: Schemas["DeploymentStatus"],
  last_job: Schemas["JobBrief"] | null = null,
  mt5_agent_id: string | null = "agent",
) => deploymentInWords({ status, last_job, mt5_agent_id });

it("offers what can be done in each state", () => {
  expect(words("running")).toMatchObject({ canStop: true, canRun: false, canDelete: false, isMoving: false });
  expect(words("stopped")).toMatchObject({ canStop: false, canRun: true, canDelete: true });
  expect(words("failed", job("deploy", "failed"))).toMatchObject({
    canRun: true,
    canStop: false,
    canDelete: true,
  });
  expect(words("failed", job("run", "failed")).canStop).toBe(true);
  expect(words("deploying")).toMatchObject({ canStop: false, isMoving: true });
});

it("tells a stop that is on its way from a program that trades", () => {
  expect(words("running", job("stop", "pending"))).toMatchObject({
    text: "Waits for the agent to stop it",
    isMoving: true,
    canStop: false,
  });
  expect(words("running", job("stop", "running")).text).toBe("The agent takes it off its chart");
  expect(words("running", job("stop", "failed")).canStop).toBe(true);
});

it("asks nothing of an agent that was deleted", () => {
  expect(words("stopped", null, null)).toMatchObject({ canRun: false, canDelete: true });
  expect(words("running", null, null)).toMatchObject({ canStop: false, canDelete: true });
});
