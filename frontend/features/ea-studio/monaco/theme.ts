import type * as Monaco from "monaco-editor/editor/editor.api";

type Palette = Record<
  | "keyword"
  | "type"
  | "string"
  | "number"
  | "comment"
  | "predefined"
  | "fg"
  | "bg"
  | "line"
  | "muted"
  | "accent"
  | "raised"
  | "added"
  | "removed",
  string
>;

/** The tokens of the design as hex, for Monaco reads no CSS variables; each holds AA on `bg`. */
const PALETTES: Record<"dark" | "light", Palette> = {
  dark: {
    bg: "#13161c",
    fg: "#e7eaef",
    raised: "#1a1e26",
    line: "#262c37",
    muted: "#98a2b3",
    accent: "#7fa6ff",
    keyword: "#7fa6ff",
    type: "#6fc7d9",
    string: "#4cc38a",
    number: "#f0b34a",
    comment: "#98a2b3",
    predefined: "#c9a2ff",
    added: "#4cc38a26",
    removed: "#ff7b8526",
  },
  light: {
    bg: "#ffffff",
    fg: "#14181f",
    raised: "#ffffff",
    line: "#e1e5eb",
    muted: "#566072",
    accent: "#2456c8",
    keyword: "#2456c8",
    type: "#0b6478",
    string: "#0b7043",
    number: "#855400",
    comment: "#566072",
    predefined: "#7434b8",
    added: "#0b704322",
    removed: "#b91f3122",
  },
};

function themeOf(base: "vs" | "vs-dark", palette: Palette): Monaco.editor.IStandaloneThemeData {
  const bare = (colour: string) => colour.slice(1);
  return {
    base,
    inherit: true,
    rules: [
      { token: "", foreground: bare(palette.fg) },
      { token: "identifier", foreground: bare(palette.fg) },
      { token: "delimiter", foreground: bare(palette.muted) },
      { token: "operator", foreground: bare(palette.muted) },
      { token: "keyword", foreground: bare(palette.keyword) },
      { token: "type", foreground: bare(palette.type) },
      { token: "string", foreground: bare(palette.string) },
      { token: "number", foreground: bare(palette.number) },
      { token: "constant", foreground: bare(palette.number) },
      { token: "comment", foreground: bare(palette.comment), fontStyle: "italic" },
      { token: "predefined", foreground: bare(palette.predefined) },
      { token: "variable.predefined", foreground: bare(palette.predefined) },
    ],
    colors: {
      "editor.background": palette.bg,
      "editor.foreground": palette.fg,
      "editor.lineHighlightBorder": palette.line,
      "editorLineNumber.foreground": palette.muted,
      "editorLineNumber.activeForeground": palette.fg,
      "editorCursor.foreground": palette.accent,
      "editorWidget.background": palette.raised,
      "editorWidget.border": palette.line,
      "editorHoverWidget.background": palette.raised,
      "editorIndentGuide.background1": palette.line,
      "diffEditor.insertedTextBackground": palette.added,
      "diffEditor.removedTextBackground": palette.removed,
      focusBorder: palette.accent,
    },
  };
}

export const THEMES = { dark: "forexelite-dark", light: "forexelite-light" } as const;

export function defineThemes(monaco: typeof Monaco): void {
  monaco.editor.defineTheme(THEMES.dark, themeOf("vs-dark", PALETTES.dark));
  monaco.editor.defineTheme(THEMES.light, themeOf("vs", PALETTES.light));
}
