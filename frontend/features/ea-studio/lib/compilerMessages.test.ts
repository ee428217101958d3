import { expect, it } from "vitest";
import { forTheModel, messagesOfOutput, messagesOfText } from "./compilerMessages";

it("reads places out of a version's errors, and keeps what has none", () => {
  expect(messagesOfText("(12,8) undeclared identifier\nout of memory\n")).toEqual([
    { line: 12, column: 8, severity: "error", code: null, text: "undeclared identifier" },
    { line: 0, column: 0, severity: "error", code: null, text: "out of memory" },
  ]);
  expect(messagesOfText(null)).toEqual([]);
});

it("reads what the agent reported, and drops what is malformed", () => {
  const diagnostics = [
    { line: 3, column: 7, severity: "error", code: 149, message: "';' expected" },
    { severity: "warning", message: "possible loss of data" },
    { severity: "information", message: "compiling" },
    null,
  ];
  expect(messagesOfOutput({ diagnostics }).map(({ line, code, severity }) => [line, code, severity])).toEqual(
    [
      [3, "149", "error"],
      [0, null, "warning"],
    ],
  );
  expect(messagesOfOutput(undefined)).toEqual([]);
});

it("tells the model errors only, cut to what the API takes", () => {
  const long = { line: 1, column: 2, severity: "error", code: "149", text: "x".repeat(900) } as const;
  const told = forTheModel([{ ...long, severity: "warning" }, ...Array.from({ length: 60 }, () => long)]);
  expect(told).toHaveLength(50);
  expect(told[0]).toMatch(/^\(1,2\) : error 149: x+$/);
  expect(told[0]).toHaveLength(500);
});
