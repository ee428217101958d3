import {
  CheckIcon,
  CircleDashedIcon,
  CircleIcon,
  CircleSlashIcon,
  LoaderIcon,
  XIcon,
  type LucideIcon,
} from "lucide-react";
import { Badge, type Tone } from "@/components/ui/badge";
import type { Schemas } from "@/lib/api/client";

type Status =
  | Schemas["SignalStatus"]
  | Schemas["JobStatus"]
  | Schemas["DeploymentStatus"]
  | Schemas["VersionStatus"]
  | Schemas["AgentStatus"]
  | Schemas["TradingMode"]
  | "quiet";

const LOOKS: Record<Status, { label: string; tone: Tone; icon: LucideIcon }> = {
  pending: { label: "Pending", tone: "info", icon: CircleDashedIcon },
  running: { label: "Running", tone: "good", icon: CircleIcon },
  executed: { label: "Filled", tone: "good", icon: CheckIcon },
  completed: { label: "Done", tone: "good", icon: CheckIcon },
  failed: { label: "Failed", tone: "bad", icon: XIcon },
  discarded: { label: "Discarded", tone: "neutral", icon: CircleSlashIcon },
  cancelled: { label: "Cancelled", tone: "neutral", icon: CircleSlashIcon },
  deploying: { label: "Deploying", tone: "info", icon: LoaderIcon },
  stopped: { label: "Stopped", tone: "neutral", icon: CircleSlashIcon },
  draft: { label: "Draft", tone: "neutral", icon: CircleDashedIcon },
  compiling: { label: "Compiling", tone: "info", icon: LoaderIcon },
  compiled: { label: "Compiled", tone: "good", icon: CheckIcon },
  never_seen: { label: "Never seen", tone: "neutral", icon: CircleDashedIcon },
  online: { label: "Online", tone: "good", icon: CircleIcon },
  quiet: { label: "Quiet", tone: "warn", icon: CircleDashedIcon },
  offline: { label: "Offline", tone: "bad", icon: XIcon },
  active: { label: "Active", tone: "good", icon: CircleIcon },
  reducing: { label: "Reducing", tone: "warn", icon: CircleDashedIcon },
  halted: { label: "Halted", tone: "bad", icon: CircleSlashIcon },
};

/** A state by word, icon and colour. `label` where the word must be another, as a running job's. */
export function StatusBadge({ status, label }: { status: Status; label?: string }) {
  const { label: word, tone, icon: Icon } = LOOKS[status];
  return (
    <Badge tone={tone}>
      <Icon className="size-3" aria-hidden />
      {label ?? word}
    </Badge>
  );
}
