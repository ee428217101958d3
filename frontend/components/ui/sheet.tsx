"use client";

import { XIcon } from "lucide-react";
import { Dialog as Primitive } from "radix-ui";
import type { ReactNode } from "react";
import { cn } from "@/lib/cn";
import { overlayStyle } from "./dialog";

export const Sheet = Primitive.Root;
export const SheetTrigger = Primitive.Trigger;
export const SheetClose = Primitive.Close;

interface SheetContentProps {
  title: string;
  side?: "left" | "right";
  className?: string;
  children: ReactNode;
}

export function SheetContent({ title, side = "right", className, children }: SheetContentProps) {
  return (
    <Primitive.Portal>
      <Primitive.Overlay className={overlayStyle} />
      <Primitive.Content
        aria-describedby={undefined}
        className={cn(
          "fixed inset-y-0 z-50 flex w-[min(28rem,90vw)] flex-col gap-4 overflow-y-auto border-line bg-surface p-4 shadow-xl data-[state=open]:animate-in",
          side === "left"
            ? "left-0 border-r data-[state=open]:slide-in-from-left-8"
            : "right-0 border-l data-[state=open]:slide-in-from-right-8",
          className,
        )}
      >
        <div className="flex items-center justify-between">
          <Primitive.Title className="text-lg font-semibold">{title}</Primitive.Title>
          <Primitive.Close
            className="grid size-8 place-items-center rounded-md text-muted hover:bg-hover hover:text-fg"
            aria-label="Close"
          >
            <XIcon className="size-4" aria-hidden />
          </Primitive.Close>
        </div>
        {children}
      </Primitive.Content>
    </Primitive.Portal>
  );
}
