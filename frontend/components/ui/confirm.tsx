"use client";

import { AlertDialog as Primitive } from "radix-ui";
import { useState, type ReactNode } from "react";
import { describeError } from "@/lib/api/problem";
import { Button } from "./button";
import { overlayStyle, panelStyle } from "./dialog";

interface ConfirmProps {
  /** The button that asks. */
  trigger?: ReactNode;
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
  title: ReactNode;
  /** What will happen, in full; and what will not. */
  children: ReactNode;
  confirmLabel: string;
  isDanger?: boolean;
  /** The dialog stays until it is done, and shows why it was not. */
  onConfirm: () => Promise<unknown>;
}

export function Confirm({
  trigger,
  open,
  onOpenChange,
  title,
  children,
  confirmLabel,
  isDanger,
  onConfirm,
}: ConfirmProps) {
  const [isOpenInside, setOpenInside] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const setOpen = (next: boolean) => {
    if (isBusy) return;
    setFailure(null);
    setOpenInside(next);
    onOpenChange?.(next);
  };
  const confirm = async () => {
    setBusy(true);
    setFailure(null);
    try {
      await onConfirm();
      setOpenInside(false);
      onOpenChange?.(false);
    } catch (error) {
      setFailure(describeError(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Primitive.Root open={open ?? isOpenInside} onOpenChange={setOpen}>
      {trigger !== undefined && <Primitive.Trigger asChild>{trigger}</Primitive.Trigger>}
      <Primitive.Portal>
        <Primitive.Overlay className={overlayStyle} />
        <Primitive.Content className={panelStyle}>
          <Primitive.Title className="text-lg font-semibold">{title}</Primitive.Title>
          <Primitive.Description asChild>
            <div className="grid gap-2 text-sm text-muted">{children}</div>
          </Primitive.Description>
          {failure && (
            <p role="alert" className="rounded-md bg-loss-soft px-3 py-2 text-sm text-loss">
              {failure}
            </p>
          )}
          <div className="flex flex-wrap justify-end gap-2">
            <Primitive.Cancel asChild>
              <Button disabled={isBusy}>Cancel</Button>
            </Primitive.Cancel>
            <Button variant={isDanger ? "danger" : "primary"} isBusy={isBusy} onClick={() => void confirm()}>
              {confirmLabel}
            </Button>
          </div>
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  );
}
