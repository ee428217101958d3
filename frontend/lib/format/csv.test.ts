import { expect, it } from "vitest";
import { toCsv } from "./csv";

const columns = [
  { head: "Symbol", value: (row: { s: string; n: number | null }) => row.s },
  { head: "Profit, USD", value: (row: { s: string; n: number | null }) => row.n },
];

it("quotes what needs quotes and keeps numbers numbers", () => {
  expect(
    toCsv(columns, [
      { s: 'say "hi"\nthere', n: -1.5 },
      { s: "EURUSD", n: null },
    ]),
  ).toBe('Symbol,"Profit, USD"\r\n"say ""hi""\nthere",-1.5\r\nEURUSD,\r\n');
});

it("disarms formulas in foreign texts", () => {
  expect(toCsv(columns, [{ s: "=HYPERLINK(1)", n: 1 }])).toContain("'=HYPERLINK(1),1");
});
