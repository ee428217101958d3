import { cva, type VariantProps } from "class-variance-authority";
import { Slot } from "radix-ui";
import type { ComponentProps } from "react";
import { cn } from "@/lib/cn";

export const buttonVariants = cva(
  "inline-flex shrink-0 items-center justify-center gap-1.5 rounded-md border text-sm font-medium whitespace-nowrap transition-colors select-none disabled:pointer-events-none disabled:opacity-55 [&_svg]:size-4 [&_svg]:shrink-0",
  {
    variants: {
      variant: {
        primary: "border-transparent bg-accent text-on-accent hover:brightness-110",
        secondary: "border-line bg-raised text-fg hover:bg-hover",
        ghost: "border-transparent text-muted hover:bg-hover hover:text-fg",
        danger: "border-transparent bg-danger text-on-danger hover:brightness-110",
        "danger-soft": "border-loss/40 bg-loss-soft text-loss hover:border-loss",
      },
      size: {
        sm: "h-7 px-2.5",
        md: "h-8 px-3",
        lg: "h-10 px-4 text-base",
        icon: "size-8",
        "icon-sm": "size-7",
      },
    },
    defaultVariants: { variant: "secondary", size: "md" },
  },
);

interface ButtonProps extends ComponentProps<"button">, VariantProps<typeof buttonVariants> {
  asChild?: boolean;
  /** Busy buttons keep their width, say so, and take no second press. */
  isBusy?: boolean;
}

export function Button({ className, variant, size, asChild, isBusy, disabled, type, ...props }: ButtonProps) {
  const Component = asChild ? Slot.Root : "button";
  return (
    <Component
      className={cn(buttonVariants({ variant, size }), isBusy && "animate-pulse", className)}
      aria-busy={isBusy || undefined}
      disabled={Boolean(disabled) || isBusy}
      type={asChild ? undefined : (type ?? "button")}
      {...props}
    />
  );
}
