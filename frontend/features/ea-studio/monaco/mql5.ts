import type * as Monaco from "monaco-editor/editor/editor.api";

export const MQL5 = "mql5";

const KEYWORDS =
  "break case class const continue default delete do dynamic_cast else enum export extern final for if import input interface namespace new operator override private protected public return sinput static struct switch template this typedef typename union using virtual while";
const TYPES =
  "bool char color complex datetime double float int long matrix matrixf short string uchar uint ulong ushort vector vectorf void MqlBookInfo MqlCalendarEvent MqlDateTime MqlParam MqlRates MqlTick MqlTradeCheckResult MqlTradeRequest MqlTradeResult MqlTradeTransaction";
const HANDLERS =
  "OnBookEvent OnCalculate OnChartEvent OnDeinit OnInit OnStart OnTester OnTesterDeinit OnTesterInit OnTesterPass OnTick OnTimer OnTrade OnTradeTransaction";

export const mql5Language: Monaco.languages.IMonarchLanguage = {
  defaultToken: "",
  keywords: KEYWORDS.split(" "),
  types: TYPES.split(" "),
  handlers: HANDLERS.split(" "),
  literals: ["true", "false", "NULL", "EMPTY_VALUE", "WHOLE_ARRAY"],
  escapes: /\\(?:[abfnrtv\\"'0]|x[0-9A-Fa-f]{1,4}|u[0-9A-Fa-f]{4})/,
  brackets: [
    { open: "{", close: "}", token: "delimiter.curly" },
    { open: "[", close: "]", token: "delimiter.square" },
    { open: "(", close: ")", token: "delimiter.parenthesis" },
  ],
  tokenizer: {
    root: [
      [/^(\s*#\s*(?:include|import|resource))(\s*)(<[^>]*>|"[^"]*")/, ["keyword", "", "string"]],
      [/^\s*#\s*\w+/, "keyword"],
      // input group "Risk": `group` means something here only.
      [/(s?input)(\s+)(group)\b/, ["keyword", "", "keyword"]],
      // Constants of time and colour come before names, as they begin with a letter.
      [/[DC]'[^']*'/, "number"],
      [
        /_(?:Digits|Point|Symbol|Period|LastError|RandomSeed|StopFlag|UninitReason|AppliedTo)\b/,
        "variable.predefined",
      ],
      [
        /(?:ENUM|MODE|PERIOD|ORDER|POSITION|SYMBOL|ACCOUNT|DEAL|TRADE|INIT|PRICE|CHART|OBJ|TIME)_[A-Z0-9_]+\b/,
        "constant",
      ],
      [
        /[a-zA-Z_]\w*/,
        {
          cases: {
            "@keywords": "keyword",
            "@types": "type",
            "@handlers": "predefined",
            "@literals": "constant",
            "@default": "identifier",
          },
        },
      ],
      { include: "@blank" },
      [/[{}()[\]]/, "@brackets"],
      [/0[xX][0-9a-fA-F]+/, "number.hex"],
      [/(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?[fF]?/, "number"],
      // A text ends with its line, so that one missing quote does not colour all that follows.
      [/"(?:[^"\\]|\\.)*$/, "string.invalid"],
      [/"/, "string", "@string"],
      [/'(?:[^'\\]|\\.)'/, "string"],
      [/[<>=!~?:&|+\-*^%]+|\//, "operator"],
      [/[;,.]/, "delimiter"],
    ],
    blank: [
      [/\s+/, ""],
      [/\/\*/, "comment", "@comment"],
      [/\/\/.*$/, "comment"],
    ],
    comment: [
      [/[^/*]+/, "comment"],
      [/\*\//, "comment", "@pop"],
      [/[/*]/, "comment"],
    ],
    string: [
      [/[^\\"]+/, "string"],
      [/@escapes/, "string.escape"],
      [/\\./, "string.invalid"],
      [/"/, "string", "@pop"],
    ],
  },
};

const mql5Configuration: Monaco.languages.LanguageConfiguration = {
  comments: { lineComment: "//", blockComment: ["/*", "*/"] },
  brackets: [
    ["{", "}"],
    ["[", "]"],
    ["(", ")"],
  ],
  autoClosingPairs: [
    { open: "{", close: "}" },
    { open: "[", close: "]" },
    { open: "(", close: ")" },
    { open: '"', close: '"', notIn: ["string", "comment"] },
  ],
  surroundingPairs: [
    { open: "{", close: "}" },
    { open: "[", close: "]" },
    { open: "(", close: ")" },
    { open: '"', close: '"' },
  ],
};

export function registerMql5(monaco: typeof Monaco): void {
  monaco.languages.register({ id: MQL5, extensions: [".mq5", ".mqh"], aliases: ["MQL5"] });
  monaco.languages.setMonarchTokensProvider(MQL5, mql5Language);
  monaco.languages.setLanguageConfiguration(MQL5, mql5Configuration);
}
