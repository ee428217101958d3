"use client";

import { CopyField } from "@/components/data/CopyField";
import { ErrorState } from "@/components/data/states";
import { StrategyForm } from "@/components/signals/StrategyForm";
import { TestAlertForm } from "@/components/signals/TestAlertForm";
import { Skeleton } from "@/components/ui/skeleton";
import { useConnections } from "@/lib/api/queries/account";
import { useStrategies } from "@/lib/api/queries/signals";
import { NextButton } from "./NextButton";

interface StrategyStepProps {
  isPaired: boolean;
  /** An alert came in. */
  isDone: boolean;
  onDone: () => void;
}

export function StrategyStep({ isPaired, isDone, onDone }: StrategyStepProps) {
  const strategies = useStrategies();
  const connections = useConnections();
  if (!strategies.data || !connections.data) {
    const failed = [strategies, connections].find(({ error }) => error);
    return failed ? (
      <ErrorState
        title="The strategies could not be loaded"
        error={failed.error}
        onRetry={() => void Promise.all([strategies.refetch(), connections.refetch()])}
      />
    ) : (
      <Skeleton className="h-24" />
    );
  }
  if (connections.data.items.length === 0) {
    return (
      <p className="text-sm text-muted">A strategy trades an account: make its connection in step 2 first.</p>
    );
  }
  const [strategy] = strategies.data.items;
  if (!strategy) {
    return (
      <div className="grid gap-4">
        <p className="max-w-prose text-sm text-muted">
          A strategy is a webhook address for TradingView with rules of its own. Stops, pairs and risk can be
          set later on the page TV signals.
        </p>
        <StrategyForm isBrief />
      </div>
    );
  }
  return (
    <div className="grid min-w-0 grid-cols-1 gap-4">
      <CopyField label={`Webhook address of ${strategy.name}`} value={strategy.webhook_url} />
      {!isPaired && (
        <p className="rounded-md bg-warn-soft px-3 py-2 text-sm text-warn">
          No agent was heard yet: an alert would find nobody to trade it. Pair one in step 3 first.
        </p>
      )}
      <TestAlertForm key={strategy.id} strategy={strategy} />
      {isDone && <NextButton onClick={onDone}>Done</NextButton>}
    </div>
  );
}
