"use client";

import { CheckIcon } from "lucide-react";
import { DropdownMenu as Primitive } from "radix-ui";
import type { ComponentProps, ReactNode } from "react";
import { cn } from "@/lib/cn";

export const Menu = Primitive.Root;
export const MenuTrigger = Primitive.Trigger;
export const MenuRadioGroup = Primitive.RadioGroup;

const itemStyle =
  "flex items-center gap-2 rounded-md px-2 py-1.5 text-sm outline-none select-none data-[disabled]:opacity-55 data-[highlighted]:bg-hover [&_svg]:size-4 [&_svg]:shrink-0";

export function MenuContent({ className, ...props }: ComponentProps<typeof Primitive.Content>) {
  return (
    <Primitive.Portal>
      <Primitive.Content
        sideOffset={6}
        align="end"
        className={cn("z-50 min-w-48 rounded-lg border bg-raised p-1 shadow-xl", className)}
        {...props}
      />
    </Primitive.Portal>
  );
}

export function MenuItem({ className, ...props }: ComponentProps<typeof Primitive.Item>) {
  return <Primitive.Item className={cn(itemStyle, className)} {...props} />;
}

export function MenuRadioItem({
  children,
  hint,
  ...props
}: ComponentProps<typeof Primitive.RadioItem> & { hint?: ReactNode }) {
  return (
    <Primitive.RadioItem className={cn(itemStyle, "relative items-start pr-8")} {...props}>
      <span className="grid">
        <span>{children}</span>
        {hint && <span className="text-xs text-muted">{hint}</span>}
      </span>
      <Primitive.ItemIndicator className="absolute top-2 right-2">
        <CheckIcon aria-hidden />
      </Primitive.ItemIndicator>
    </Primitive.RadioItem>
  );
}

export function MenuLabel(props: ComponentProps<typeof Primitive.Label>) {
  return <Primitive.Label className="truncate px-2 py-1.5 text-xs text-muted" {...props} />;
}

export function MenuSeparator() {
  return <Primitive.Separator className="-mx-1 my-1 h-px bg-line" />;
}
