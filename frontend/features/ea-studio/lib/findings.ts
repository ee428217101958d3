/** What the server's check of a written program has found. */
export interface Finding {
  line: number;
  column: number;
  message: string;
}

export function findingsOf(body: unknown): Finding[] {
  const { findings } = (body ?? {}) as { findings?: unknown };
  if (!Array.isArray(findings)) return [];
  return (findings as Partial<Finding>[]).flatMap((each) =>
    typeof each?.message === "string"
      ? [{ line: each.line ?? 0, column: each.column ?? 0, message: each.message }]
      : [],
  );
}

const MOMENT = /\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?Z/g;

/** The server's words, its moments in the reader's zone. */
export function withLocalTimes(detail: string, format: (moment: string) => string): string {
  return detail.replaceAll(MOMENT, (moment) => format(moment));
}
