export interface CompilerMessage {
  /** From 1; 0 where the compiler named no place. */
  line: number;
  column: number;
  severity: "error" | "warning";
  code: string | null;
  text: string;
}

const PLACED = /^\((\d+),(\d+)\)\s*(.*)$/;

/** A version's `compilation_error`: errors only, a line each. */
export function messagesOfText(text: string | null | undefined): CompilerMessage[] {
  const lines = (text ?? "").split("\n").filter((line) => line.trim() !== "");
  return lines.map((line) => {
    const [, at = "0", column = "0", said = line] = PLACED.exec(line) ?? [];
    return { line: Number(at), column: Number(column), severity: "error", code: null, text: said };
  });
}

/** What the agent reported of a compile job, which has warnings and codes besides; what is malformed is left out. */
export function messagesOfOutput(output: unknown): CompilerMessage[] {
  const { diagnostics } = (output ?? {}) as { diagnostics?: unknown };
  if (!Array.isArray(diagnostics)) return [];
  return (diagnostics as Record<string, unknown>[]).flatMap((each) => {
    if (typeof each?.message !== "string" || (each.severity !== "error" && each.severity !== "warning"))
      return [];
    const number = (value: unknown) => (typeof value === "number" ? value : 0);
    const code = typeof each.code === "number" || typeof each.code === "string" ? String(each.code) : null;
    return [
      {
        line: number(each.line),
        column: number(each.column),
        severity: each.severity,
        code,
        text: each.message,
      },
    ];
  });
}

const MOST = 50;
const CHARS = 500;

/** As the model is told, within what the API takes. */
export function forTheModel(messages: readonly CompilerMessage[]): string[] {
  return messages
    .filter(({ severity }) => severity === "error")
    .slice(0, MOST)
    .map(({ line, column, code, text }) =>
      `${line > 0 ? `(${line},${column}) : ` : ""}error${code ? ` ${code}` : ""}: ${text}`.slice(0, CHARS),
    );
}
