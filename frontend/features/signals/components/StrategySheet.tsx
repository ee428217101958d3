"use client";

import { useState } from "react";
import { StrategyForm } from "@/components/signals/StrategyForm";
import { TestAlertForm } from "@/components/signals/TestAlertForm";
import { Button } from "@/components/ui/button";
import { Confirm } from "@/components/ui/confirm";
import { Sheet, SheetContent } from "@/components/ui/sheet";
import { Tabs, TabsContent, TabsList, TabsTrigger } from "@/components/ui/tabs";
import { toast } from "@/components/ui/toaster";
import { useDeleteStrategy, type Strategy } from "@/lib/api/queries/signals";
import { AlertTextPanel } from "./AlertTextPanel";
import { ExplainPanel } from "./ExplainPanel";
import { WebhookPanel } from "./WebhookPanel";

interface StrategySheetProps {
  strategy: Strategy | undefined;
  tab: string;
  onTab: (tab: string) => void;
  onDirty: (isDirty: boolean) => void;
  onClose: () => void;
}

export function StrategySheet({ strategy, tab, onTab, onDirty, onClose }: StrategySheetProps) {
  return (
    <Sheet
      open={strategy !== undefined}
      onOpenChange={(isOpen) => {
        if (!isOpen) onClose();
      }}
    >
      {strategy && (
        <SheetContent title={strategy.name} className="w-[min(44rem,100%)]">
          {!strategy.is_enabled && (
            <p className="rounded-md bg-warn-soft px-3 py-2 text-sm text-warn">
              Switched off: its alerts are logged as discarded and not traded.
            </p>
          )}
          <Tabs value={tab} onValueChange={onTab} className="grid grid-cols-1 gap-4">
            <TabsList>
              <TabsTrigger value="connect">Connect TradingView</TabsTrigger>
              <TabsTrigger value="test">Test and explain</TabsTrigger>
              <TabsTrigger value="settings">Settings</TabsTrigger>
            </TabsList>
            <TabsContent value="connect" className="grid min-w-0 grid-cols-1 gap-6">
              <WebhookPanel strategy={strategy} />
              <AlertTextPanel strategy={strategy} />
            </TabsContent>
            <TabsContent value="test" className="grid min-w-0 grid-cols-1 gap-6">
              <section className="grid gap-3">
                <h3 className="text-sm font-semibold">Send a test alert</h3>
                <TestAlertForm key={strategy.id} strategy={strategy} />
              </section>
              <ExplainPanel key={strategy.id} strategy={strategy} />
            </TabsContent>
            <TabsContent value="settings" className="grid min-w-0 grid-cols-1 gap-6">
              <StrategyForm key={strategy.id} strategy={strategy} onDirty={onDirty} />
              <DeleteStrategy strategy={strategy} onDeleted={onClose} />
            </TabsContent>
          </Tabs>
        </SheetContent>
      )}
    </Sheet>
  );
}

function DeleteStrategy({ strategy, onDeleted }: { strategy: Strategy; onDeleted: () => void }) {
  const remove = useDeleteStrategy();
  const [isAsking, setAsking] = useState(false);
  return (
    <section className="flex flex-wrap items-center justify-between gap-2 border-t pt-4">
      <p className="text-sm text-muted">Its webhook, and the log of its signals, go with it.</p>
      <Button variant="danger-soft" onClick={() => setAsking(true)}>
        Delete strategy
      </Button>
      <Confirm
        open={isAsking}
        onOpenChange={setAsking}
        title={`Delete ${strategy.name}?`}
        confirmLabel="Delete strategy"
        isDanger
        onConfirm={async () => {
          await remove.mutateAsync(strategy.id);
          toast.success(`${strategy.name} is deleted`);
          onDeleted();
        }}
      >
        <p>
          Its webhook ends at once and its signals are deleted with it. Positions that it opened stay open:
          close them before, if they should not. This cannot be undone; to stop its alerts only, switch it
          off.
        </p>
      </Confirm>
    </section>
  );
}
