"use client";

import { CircleAlertIcon, SparklesIcon, TriangleAlertIcon } from "lucide-react";
import { Button } from "@/components/ui/button";
import { Dialog, DialogContent, DialogFooter } from "@/components/ui/dialog";
import type { CompilerMessage } from "../lib/compilerMessages";

interface CompileDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  versionNumber: number;
  reason: string | null;
  messages: readonly CompilerMessage[];
  onJump: (message: CompilerMessage) => void;
  onFix: (() => void) | null;
}

export function CompileDialog(props: CompileDialogProps) {
  const { open, onOpenChange, versionNumber, reason, messages, onJump, onFix } = props;
  return (
    <Dialog open={open} onOpenChange={onOpenChange}>
      <DialogContent
        title={`Version ${versionNumber} did not compile`}
        description={messages.length > 0 ? "Choose a message to go to its line." : (reason ?? undefined)}
        className="max-w-2xl"
        // The editor takes the focus when a message was chosen.
        onCloseAutoFocus={(event) => event.preventDefault()}
      >
        {messages.length > 0 && (
          <ul
            className="max-h-[50dvh] divide-y overflow-y-auto rounded-md border"
            aria-label="Compiler messages"
          >
            {messages.map((message, index) => (
              <li key={index}>
                <button
                  type="button"
                  className="flex w-full items-start gap-2 px-3 py-2 text-left text-sm hover:bg-hover"
                  onClick={() => onJump(message)}
                >
                  {message.severity === "error" ? (
                    <CircleAlertIcon className="mt-0.5 size-4 shrink-0 text-loss" aria-label="Error" />
                  ) : (
                    <TriangleAlertIcon className="mt-0.5 size-4 shrink-0 text-warn" aria-label="Warning" />
                  )}
                  <span className="min-w-0 flex-1 break-words">{message.text}</span>
                  <span className="shrink-0 text-xs text-muted tabular-nums">
                    {message.line > 0 && `Line ${message.line}, column ${message.column}`}
                    {message.code && ` · ${message.code}`}
                  </span>
                </button>
              </li>
            ))}
          </ul>
        )}
        <DialogFooter>
          <Button onClick={() => onOpenChange(false)}>Close</Button>
          {onFix && (
            <Button variant="primary" onClick={onFix}>
              <SparklesIcon aria-hidden /> Fix with AI
            </Button>
          )}
        </DialogFooter>
      </DialogContent>
    </Dialog>
  );
}
