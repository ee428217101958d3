/** An `input` line of a program, as a form needs it. */
export interface ProgramInput {
  name: string;
  kind: "integer" | "number" | "truth" | "text";
  /** As the program spells it: `MODE_EMA`, `12`, `true`. */
  fallback: string;
  /** The line's comment, which MetaTrader shows in place of the name. */
  label: string;
  type: string;
  group: string | null;
}

export type InputValue = number | string | boolean;

const INTEGERS = new Set(["char", "uchar", "short", "ushort", "int", "uint", "long", "ulong"]);
const INPUT =
  /^[ \t]*s?input[ \t]+([A-Za-z_]\w*)[ \t]+([A-Za-z_]\w*)[ \t]*(?:=[ \t]*([^;]*?))?[ \t]*;[ \t]*(?:\/\/[ \t]*(.*?))?[ \t]*$/;
const GROUP = /^[ \t]*s?input[ \t]+group[ \t]+"([^"]*)"/;

function kindOf(type: string): ProgramInput["kind"] {
  if (INTEGERS.has(type)) return "integer";
  if (type === "double" || type === "float") return "number";
  return type === "bool" ? "truth" : "text";
}

/** The inputs that can be read without a compiler; what it cannot read it leaves out, and the program's own value stands. */
export function inputsOf(source: string): ProgramInput[] {
  const inputs: ProgramInput[] = [];
  let group: string | null = null;
  for (const line of source.replaceAll(/\/\*[\s\S]*?\*\//g, "").split(/\r?\n/)) {
    const named = GROUP.exec(line);
    if (named) {
      group = named[1] || null;
      continue;
    }
    const [, type, name, fallback = "", label = ""] = INPUT.exec(line) ?? [];
    if (type === undefined || name === undefined) continue;
    const bare = type === "string" ? fallback.replace(/^"(.*)"$/, "$1") : fallback;
    inputs.push({ name, kind: kindOf(type), fallback: bare, label: label || name, type, group });
  }
  return inputs;
}

/** A field's text as its input's value, or why it is none. */
export function readInput(input: ProgramInput, text: string): { value: InputValue } | { error: string } {
  const trimmed = text.trim();
  switch (input.kind) {
    case "integer":
      return /^[-+]?\d+$/.test(trimmed) && Number.isSafeInteger(Number(trimmed))
        ? { value: Number(trimmed) }
        : { error: "A whole number, as 12" };
    case "number":
      return /^[-+]?(?:\d+\.?\d*|\.\d+)$/.test(trimmed)
        ? { value: Number(trimmed) }
        : { error: "A number, as 1.5" };
    case "truth":
      return { value: trimmed === "true" };
    case "text":
      return { value: text };
  }
}

/** What differs from the program's own values: only that is sent. */
export function changedInputs(
  inputs: readonly ProgramInput[],
  texts: Readonly<Record<string, string>>,
): { values: Record<string, InputValue>; errors: Record<string, string> } {
  const values: Record<string, InputValue> = {};
  const errors: Record<string, string> = {};
  for (const input of inputs) {
    const text = texts[input.name];
    if (text === undefined || text === input.fallback) continue;
    const read = readInput(input, text);
    if ("error" in read) errors[input.name] = read.error;
    else values[input.name] = read.value;
  }
  return { values, errors };
}

/** Inputs as free JSON, for programs whose lines cannot be read. */
export function readInputsJson(text: string): { values: Record<string, InputValue> } | { error: string } {
  if (text.trim() === "") return { values: {} };
  try {
    const parsed: unknown = JSON.parse(text);
    const isPlain =
      typeof parsed === "object" &&
      parsed !== null &&
      !Array.isArray(parsed) &&
      Object.values(parsed).every((value) => ["number", "string", "boolean"].includes(typeof value));
    return isPlain
      ? { values: parsed as Record<string, InputValue> }
      : { error: "An object of numbers, texts and truths by the inputs' names" };
  } catch {
    return { error: 'This is no JSON; write {"Lots": 0.1}' };
  }
}
