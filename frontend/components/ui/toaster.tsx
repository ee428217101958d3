"use client";

import { Toaster as Sonner, toast } from "sonner";
import { describeError } from "@/lib/api/problem";
import { useTheme } from "@/lib/hooks/useTheme";

export { toast };

export function Toaster() {
  const { shown } = useTheme();
  return <Sonner theme={shown} position="bottom-right" closeButton toastOptions={{ duration: 6_000 }} />;
}

/** What failed and why; with `retry` for what may pass in a moment. */
export function toastError(title: string, error: unknown, retry?: () => void): void {
  toast.error(title, {
    description: describeError(error),
    ...(retry ? { action: { label: "Retry", onClick: retry }, duration: 15_000 } : {}),
  });
}
