"use client";

import { CheckIcon, CopyIcon } from "lucide-react";
import { useEffect, useState } from "react";
import { Button } from "@/components/ui/button";
import { toastError } from "@/components/ui/toaster";
import { cn } from "@/lib/cn";

interface CopyFieldProps {
  label: string;
  value: string;
  /** Over several lines, as commands and alert texts are. */
  isBlock?: boolean;
}

export function CopyField({ label, value, isBlock }: CopyFieldProps) {
  const [isCopied, setCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return;
    const timer = setTimeout(() => setCopied(false), 2_000);
    return () => clearTimeout(timer);
  }, [isCopied]);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(value);
      setCopied(true);
    } catch (error) {
      toastError("Copying was not allowed", error);
    }
  };
  return (
    <div className="grid grid-cols-1 gap-1">
      <span className="text-xs text-muted">{label}</span>
      <div className="flex items-start gap-2 rounded-md border bg-bg p-1 pl-2.5">
        <code
          tabIndex={0}
          aria-label={label}
          className={cn(
            "min-w-0 flex-1 py-1 font-mono text-xs",
            isBlock
              ? "max-h-64 overflow-auto break-words whitespace-pre-wrap"
              : "overflow-x-auto whitespace-nowrap",
          )}
        >
          {value}
        </code>
        <Button size="icon-sm" variant="ghost" onClick={() => void copy()} aria-label={`Copy ${label}`}>
          {isCopied ? <CheckIcon className="text-profit" aria-hidden /> : <CopyIcon aria-hidden />}
        </Button>
        <span role="status" className="sr-only">
          {isCopied ? "Copied" : ""}
        </span>
      </div>
    </div>
  );
}
