import { decimal, fractionDigits, parseDecimal } from "@/lib/format/decimal";
import { pairOf } from "@/lib/trading/instrument";

/** What is wrong with a field's text, or null. The API's rules where they are cheap to know; it has the last word. */
export type Rule = (text: string) => string | null;

const LONGEST_NAME = 80;

export const nameRule: Rule = (text) => {
  const length = [...text.trim()].length;
  return length >= 1 && length <= LONGEST_NAME ? null : "1 to 80 characters";
};

interface Range {
  most: number;
  digits: number;
  /** Empty means the default, or no limit. */
  isOptional?: boolean;
  unit?: string;
}

/** Above zero, up to `most`. */
export function decimalRule({ most, digits, isOptional, unit = "" }: Range): Rule {
  return (text) => {
    if (text.trim() === "") return isOptional ? null : "Needed";
    const value = parseDecimal(text);
    if (!value) return "A number, as 0.5";
    if (value.lte(0) || value.gt(most)) return `Above 0, at most ${most}${unit}`;
    return fractionDigits(value) > digits
      ? `At most ${digits} ${digits === 1 ? "decimal" : "decimals"}`
      : null;
  };
}

export function wholeRule({ least, most }: { least: number; most: number }): Rule {
  return (text) => {
    if (text.trim() === "") return null;
    const isFine =
      /^\d+$/.test(text.trim()) && decimal(text.trim()).gte(least) && decimal(text.trim()).lte(most);
    return isFine ? null : `A whole number, ${least} to ${most}`;
  };
}

/** Beyond, JSON would round it to another's. */
export const magicNumberRule: Rule = wholeRule({ least: 1, most: Number.MAX_SAFE_INTEGER });

const SYMBOL = /^[A-Za-z0-9._#&+-]{1,32}$/;

export function isSymbol(name: string): boolean {
  return SYMBOL.test(name);
}

export function symbolsRule(most: number): Rule {
  return (text) => {
    const symbols = readSymbols(text);
    const odd = symbols.find((symbol) => !isSymbol(symbol));
    if (odd !== undefined) return `“${odd}” is no symbol: letters, digits and . _ # & + -`;
    return symbols.length > most ? `At most ${most} symbols` : null;
  };
}

/** Symbols between commas or blanks, each once. The pair is in capitals, the broker's suffix as it was typed. */
export function readSymbols(text: string): string[] {
  const names = text.split(/[\s,;]+/).filter((name) => name !== "");
  return [
    ...new Set(names.map((name) => (pairOf(name) ? name.slice(0, 6).toUpperCase() + name.slice(6) : name))),
  ];
}

/** As the API takes decimals: text, so that no digit is lost; null for an empty field. */
export function decimalOrNull(text: string): string | null {
  return parseDecimal(text)?.toFixed() ?? null;
}

export function wholeOrNull(text: string): number | null {
  return text.trim() === "" ? null : Number(text.trim());
}

export const textOf = (value: number | string | null | undefined): string =>
  value == null ? "" : String(value);
