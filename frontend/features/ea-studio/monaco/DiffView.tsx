"use client";

import { useEffect, useRef } from "react";
import { useTheme } from "@/lib/hooks/useTheme";
import { monaco, MQL5 } from "./monaco";
import { THEMES } from "./theme";

/** Two texts beside each other, or one below the other where there is no room. */
export function DiffView({ left, right }: { left: string; right: string }) {
  const host = useRef<HTMLDivElement>(null);
  const { shown } = useTheme();

  useEffect(() => {
    if (!host.current) return;
    const original = monaco.editor.createModel(left, MQL5);
    const modified = monaco.editor.createModel(right, MQL5);
    const editor = monaco.editor.createDiffEditor(host.current, {
      automaticLayout: true,
      readOnly: true,
      fontSize: 13,
      lineHeight: 20,
      fontFamily: '"JetBrains Mono Variable", ui-monospace, monospace',
      minimap: { enabled: false },
      scrollBeyondLastLine: false,
      renderOverviewRuler: false,
      hideUnchangedRegions: { enabled: true },
      useInlineViewWhenSpaceIsLimited: true,
      originalAriaLabel: "Before",
      modifiedAriaLabel: "After",
    });
    editor.setModel({ original, modified });
    return () => {
      // Ends a comparison that is still at work, which would miss the models.
      editor.setModel(null);
      editor.dispose();
      original.dispose();
      modified.dispose();
    };
  }, [left, right]);

  useEffect(() => monaco.editor.setTheme(THEMES[shown]), [shown]);

  return <div ref={host} className="h-full w-full" data-testid="diff" />;
}
