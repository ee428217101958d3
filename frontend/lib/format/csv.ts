import { downloadFile } from "./file";

export type CsvValue = string | number | boolean | null | undefined;

export interface CsvColumn<Row> {
  head: string;
  value: (row: Row) => CsvValue;
}

/** A cell that begins so is a formula to a spreadsheet, and what TradingView sends is not ours. */
const FORMULA = /^[=+\-@\t\r]/;

function cell(value: CsvValue): string {
  if (value == null) return "";
  const text = typeof value === "string" && FORMULA.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** RFC 4180: a head, CRLF, quotes where needed. */
export function toCsv<Row>(columns: readonly CsvColumn<Row>[], rows: readonly Row[]): string {
  const lines = [
    columns.map(({ head }) => cell(head)),
    ...rows.map((row) => columns.map((c) => cell(c.value(row)))),
  ];
  return lines.map((line) => `${line.join(",")}\r\n`).join("");
}

/** The mark at its head makes Excel read UTF-8. */
export function downloadCsv(fileName: string, csv: string): void {
  downloadFile(fileName, ["\ufeff", csv], "text/csv;charset=utf-8");
}
