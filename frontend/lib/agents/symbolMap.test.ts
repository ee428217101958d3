import { expect, it } from "vitest";
import { readSymbolMap, symbolMapProblem, toRows, writeRows, type SymbolRow } from "./symbolMap";

const problem = (...rows: SymbolRow[]) => symbolMapProblem(writeRows(rows));

it("comes back from the editor's lines as the map it was, without empty lines", () => {
  const map = { XAUUSD: "GOLD", EURUSD: "EURUSD.i" };
  expect(toRows(map)).toEqual([
    ["EURUSD", "EURUSD.i"],
    ["XAUUSD", "GOLD"],
  ]);
  expect(readSymbolMap(writeRows([...toRows(map), [" ", ""]]))).toEqual(map);
});

it("names what is wrong with a line", () => {
  expect(problem(["XAUUSD", "GOLD"], ["", ""])).toBeNull();
  expect(problem(["XAUUSD", ""])).toBe("Each line needs both names");
  expect(problem(["XAUUSD", "GOLD SPOT"])).toContain("“GOLD SPOT”");
  expect(problem(["XAUUSD", "GOLD"], ["XAUUSD ", "XAU"])).toBe("XAUUSD is mapped twice");
});
