"use client";

import { ChevronDownIcon } from "lucide-react";
import { useState } from "react";
import { StatusBadge } from "@/components/data/StatusBadge";
import { Button } from "@/components/ui/button";
import { Confirm } from "@/components/ui/confirm";
import {
  Menu,
  MenuContent,
  MenuLabel,
  MenuRadioGroup,
  MenuRadioItem,
  MenuTrigger,
} from "@/components/ui/menu";
import { Skeleton } from "@/components/ui/skeleton";
import { toast } from "@/components/ui/toaster";
import { useChangeSettings, useSettings } from "@/lib/api/queries/account";
import { MODES, type Mode } from "@/lib/trading/modes";

export function TradingModeSwitch() {
  const settings = useSettings();
  const [wanted, setWanted] = useState<Mode | null>(null);
  const mode = settings.data?.trading_mode;
  if (!mode) return <Skeleton className="h-8 w-24" />;
  return (
    <>
      <Menu>
        <MenuTrigger asChild>
          <Button variant="ghost" className="px-1.5" aria-label={`Trading mode: ${MODES[mode].label}`}>
            <StatusBadge status={mode} />
            <ChevronDownIcon className="hidden sm:block" aria-hidden />
          </Button>
        </MenuTrigger>
        <MenuContent>
          <MenuLabel>Trading mode</MenuLabel>
          <MenuRadioGroup
            value={mode}
            onValueChange={(next) => {
              if (next !== mode) setWanted(next as Mode);
            }}
          >
            {(Object.keys(MODES) as Mode[]).map((each) => (
              <MenuRadioItem key={each} value={each} hint={MODES[each].hint}>
                {MODES[each].label}
              </MenuRadioItem>
            ))}
          </MenuRadioGroup>
        </MenuContent>
      </Menu>
      <ModeConfirm wanted={wanted} onClose={() => setWanted(null)} />
    </>
  );
}

/** Asks for the mode that is `wanted`; what it means stands in the question. */
export function ModeConfirm({ wanted, onClose }: { wanted: Mode | null; onClose: () => void }) {
  const change = useChangeSettings();
  return (
    <Confirm
      open={wanted !== null}
      onOpenChange={(isOpen) => {
        if (!isOpen) onClose();
      }}
      title={wanted ? `Set trading to ${MODES[wanted].label.toLowerCase()}?` : ""}
      confirmLabel={wanted ? `Set to ${MODES[wanted].label.toLowerCase()}` : ""}
      isDanger={wanted === "halted"}
      onConfirm={async () => {
        if (!wanted) return;
        await change.mutateAsync({ trading_mode: wanted });
        toast.success(`Trading mode is ${MODES[wanted].label.toLowerCase()}`);
      }}
    >
      <p>{wanted && MODES[wanted].consequence}</p>
    </Confirm>
  );
}
