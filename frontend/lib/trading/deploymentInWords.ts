import type { Schemas } from "@/lib/api/client";

type Deployment = Pick<Schemas["Deployment"], "status" | "last_job" | "mt5_agent_id">;

export interface DeploymentInWords {
  text: string;
  /** An order is on its way, so that the state will change by itself. */
  isMoving: boolean;
  canRun: boolean;
  canStop: boolean;
  canDelete: boolean;
}

/** What happens with a deployment now, and what may be asked of it. */
export function deploymentInWords({ status, last_job, mt5_agent_id }: Deployment): DeploymentInWords {
  const hasAgent = mt5_agent_id != null;
  const isOpen = last_job?.status === "pending" || last_job?.status === "running";
  const isClaimed = last_job?.status === "running";
  const may = (can: Partial<Pick<DeploymentInWords, "canRun" | "canStop" | "canDelete">>) => ({
    canRun: false,
    canStop: false,
    canDelete: false,
    ...can,
  });
  if (isOpen && last_job.job_type === "stop")
    return {
      text: isClaimed ? "The agent takes it off its chart" : "Waits for the agent to stop it",
      isMoving: true,
      ...may({}),
    };
  switch (status) {
    case "pending":
      return { text: "Waits for the agent to place it", isMoving: true, ...may({ canStop: true }) };
    case "deploying":
      return {
        text: "The agent attaches it to its chart",
        isMoving: hasAgent,
        ...may({ canDelete: !hasAgent }),
      };
    case "running":
      return hasAgent
        ? { text: "Trades on its chart", isMoving: false, ...may({ canStop: true }) }
        : { text: "Its agent was deleted", isMoving: false, ...may({ canDelete: true }) };
    case "stopped":
      return isOpen
        ? { text: "Waits for the agent to start it", isMoving: true, ...may({ canStop: hasAgent }) }
        : { text: "Off its chart", isMoving: false, ...may({ canRun: hasAgent, canDelete: true }) };
    case "failed":
      return {
        text: "Did not work out",
        isMoving: false,
        // One that ran before may still be on its chart.
        ...may({ canRun: hasAgent, canStop: hasAgent && last_job?.job_type !== "deploy", canDelete: true }),
      };
  }
}
