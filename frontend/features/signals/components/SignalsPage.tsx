"use client";

import { useCallback, useState } from "react";
import { StrategyForm } from "@/components/signals/StrategyForm";
import { PageHeader } from "@/components/layout/PageHeader";
import { Dialog, DialogContent } from "@/components/ui/dialog";
import { useStrategies } from "@/lib/api/queries/signals";
import { useFilters } from "@/lib/hooks/useFilters";
import { LEAVE_QUESTION, useUnsavedGuard } from "@/lib/hooks/useUnsavedGuard";
import { DEFAULTS } from "../filters";
import { FeedCard } from "./FeedCard";
import { SignalSheet } from "./SignalSheet";
import { StrategiesCard } from "./StrategiesCard";
import { StrategySheet } from "./StrategySheet";

export function SignalsPage() {
  const { filters, setFilters } = useFilters(DEFAULTS);
  const strategies = useStrategies();
  const [isCreating, setCreating] = useState(false);
  const [isDirty, setDirty] = useState(false);
  useUnsavedGuard(isDirty);
  const mayLeave = useCallback(() => !isDirty || window.confirm(LEAVE_QUESTION), [isDirty]);
  const opened = strategies.data?.items.find(({ id }) => id === filters.open);
  return (
    <>
      <PageHeader
        title="TV signals"
        description="Alerts of TradingView: how they come in, and what became of them."
      />
      <div className="grid gap-4">
        <StrategiesCard
          query={strategies}
          onOpen={(open, tab) => setFilters({ open, tab })}
          onCreate={() => setCreating(true)}
        />
        <FeedCard filters={filters} setFilters={setFilters} strategies={strategies.data?.items} />
      </div>
      <Dialog
        open={isCreating}
        onOpenChange={(isOpen) => {
          if (!isOpen && !mayLeave()) return;
          setDirty(false);
          setCreating(isOpen);
        }}
      >
        <DialogContent
          title="New strategy"
          description="One for each set of alerts that trades by rules of its own."
          className="max-w-2xl"
        >
          <StrategyForm
            onDirty={setDirty}
            onSaved={(made) => {
              setDirty(false);
              setCreating(false);
              setFilters({ open: made.id, tab: "connect" });
            }}
          />
        </DialogContent>
      </Dialog>
      <StrategySheet
        strategy={opened}
        tab={filters.tab}
        onTab={(tab) => {
          if (mayLeave()) setFilters({ tab });
        }}
        onDirty={setDirty}
        onClose={() => {
          if (!mayLeave()) return;
          setDirty(false);
          setFilters({ open: "", tab: DEFAULTS.tab });
        }}
      />
      <SignalSheet id={filters.signal} onClose={() => setFilters({ signal: "" })} />
    </>
  );
}
