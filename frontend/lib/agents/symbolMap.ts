import { isSymbol } from "@/lib/forms/rules";

/** Lines of an editor: the name in alerts, and the broker's. Half-typed ones are lines, too, which no map could hold. */
export type SymbolRow = [ours: string, theirs: string];

const MOST_SYMBOLS = 500;

export function toRows(map: Readonly<Record<string, string>>): SymbolRow[] {
  return Object.entries(map).sort(([a], [b]) => a.localeCompare(b));
}

/** A form's value is text. */
export function writeRows(rows: readonly SymbolRow[]): string {
  return JSON.stringify(rows);
}

const filled = (text: string): SymbolRow[] =>
  (JSON.parse(text) as SymbolRow[])
    .map(([ours, theirs]): SymbolRow => [ours.trim(), theirs.trim()])
    .filter(([ours, theirs]) => ours !== "" || theirs !== "");

/** Empty lines are none. */
export function readSymbolMap(text: string): Record<string, string> {
  return Object.fromEntries(filled(text));
}

export function symbolMapProblem(text: string): string | null {
  const rows = filled(text);
  const names = rows.map(([ours]) => ours);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice) return `${twice} is mapped twice`;
  const odd = rows.flat().find((name) => !isSymbol(name));
  if (odd === "") return "Each line needs both names";
  if (odd !== undefined) return `“${odd}” is no symbol: letters, digits and . _ # & + -`;
  return rows.length > MOST_SYMBOLS ? `At most ${MOST_SYMBOLS} symbols` : null;
}
