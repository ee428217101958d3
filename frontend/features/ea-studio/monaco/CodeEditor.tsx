"use client";

import { useEffect, useRef } from "react";
import { useTheme } from "@/lib/hooks/useTheme";
import type { CompilerMessage } from "../lib/compilerMessages";
import { monaco, MQL5 } from "./monaco";
import { THEMES } from "./theme";

const OPTIONS = {
  automaticLayout: true,
  fontFamily: '"JetBrains Mono Variable", ui-monospace, monospace',
  fontSize: 13,
  lineHeight: 20,
  minimap: { enabled: false },
  scrollBeyondLastLine: false,
  renderLineHighlight: "line",
  lineNumbersMinChars: 4,
  tabSize: 3,
  fixedOverflowWidgets: true,
  padding: { top: 8, bottom: 8 },
  scrollbar: { alwaysConsumeMouseWheel: false },
  // Tab leaves the editor on request only (Ctrl+M); the hint is in the toolbar's help.
  unicodeHighlight: { ambiguousCharacters: false },
} satisfies monaco.editor.IStandaloneEditorConstructionOptions;

export interface CodeEditorProps {
  /** Whose text it is: another's brings markers and history of its own. */
  documentId: string;
  value: string;
  isReadOnly: boolean;
  /** Why it cannot be edited, said where somebody types. */
  readOnlyReason: string;
  /** Keeps the last line in sight while text comes. */
  isFollowing: boolean;
  messages: readonly CompilerMessage[];
  /** Where to go; a new object goes there again. */
  jumpTo: { line: number; column: number } | null;
  onChange: (value: string) => void;
}

/** Shows `value`, which changes under it by streams and versions, and tells what is typed. */
export function CodeEditor(props: CodeEditorProps) {
  const { documentId, value, isReadOnly, readOnlyReason, isFollowing, messages, jumpTo, onChange } = props;
  const host = useRef<HTMLDivElement>(null);
  const editor = useRef<monaco.editor.IStandaloneCodeEditor>(null);
  const onChangeNow = useRef(onChange);
  const isShowing = useRef(false);
  const { shown } = useTheme();

  useEffect(() => {
    onChangeNow.current = onChange;
  }, [onChange]);

  useEffect(() => {
    if (!host.current) return;
    const model = monaco.editor.createModel("", MQL5);
    const created = monaco.editor.create(host.current, { ...OPTIONS, model, ariaLabel: "Source code" });
    const listener = created.onDidChangeModelContent(() => {
      if (!isShowing.current) onChangeNow.current(model.getValue());
    });
    editor.current = created;
    return () => {
      listener.dispose();
      created.dispose();
      model.dispose();
      editor.current = null;
    };
  }, []);

  useEffect(() => {
    const model = editor.current?.getModel();
    if (!model || model.getValue() === value) return;
    isShowing.current = true;
    const old = model.getValue();
    if (value.startsWith(old) && old !== "") {
      // A stream's next words: only these are laid out, not the whole text again.
      const end = model.getFullModelRange().getEndPosition();
      const range = monaco.Range.fromPositions(end);
      model.applyEdits([{ range, text: value.slice(old.length) }]);
    } else model.setValue(value);
    isShowing.current = false;
    if (isFollowing) editor.current?.revealLine(model.getLineCount());
  }, [value, isFollowing]);

  useEffect(() => monaco.editor.setTheme(THEMES[shown]), [shown]);

  useEffect(() => {
    editor.current?.updateOptions({ readOnly: isReadOnly, readOnlyMessage: { value: readOnlyReason } });
  }, [isReadOnly, readOnlyReason]);

  useEffect(() => {
    const model = editor.current?.getModel();
    if (!model) return;
    const markers = messages.map(({ line, column, severity, code, text }) => {
      const lineNumber = Math.min(Math.max(line, 1), model.getLineCount());
      const word = model.getWordAtPosition({ lineNumber, column: Math.max(column, 1) });
      return {
        startLineNumber: lineNumber,
        endLineNumber: lineNumber,
        startColumn: word?.startColumn ?? Math.max(column, 1),
        endColumn: word?.endColumn ?? model.getLineMaxColumn(lineNumber),
        message: text,
        code: code ?? undefined,
        severity: severity === "warning" ? monaco.MarkerSeverity.Warning : monaco.MarkerSeverity.Error,
      };
    });
    monaco.editor.setModelMarkers(model, "compiler", markers);
  }, [messages, documentId]);

  useEffect(() => {
    if (!jumpTo || !editor.current) return;
    const position = { lineNumber: Math.max(jumpTo.line, 1), column: Math.max(jumpTo.column, 1) };
    editor.current.setPosition(position);
    editor.current.revealPositionInCenter(position);
    editor.current.focus();
  }, [jumpTo]);

  return <div ref={host} className="h-full w-full" data-testid="editor" />;
}
