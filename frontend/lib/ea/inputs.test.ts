import { expect, it } from "vitest";
import { changedInputs, inputsOf, readInputsJson } from "./inputs";

const SOURCE = `
input group "Signal"
input int                InpFast   = 12;          // Fast period
sinput ENUM_MA_METHOD    InpMethod = MODE_EMA;    // Method of both averages
/* input int Hidden = 1; */
// input int Commented = 2;
input group "Risk"
input double InpRisk = 1.0;
input bool   InpTrail = true; // Trail the stop
input string InpComment = "london";
int fast = 0;
`;

it("reads input lines with type, group and label, and nothing that is commented out", () => {
  expect(
    inputsOf(SOURCE).map(({ name, kind, fallback, label, group }) => [name, kind, fallback, label, group]),
  ).toEqual([
    ["InpFast", "integer", "12", "Fast period", "Signal"],
    ["InpMethod", "text", "MODE_EMA", "Method of both averages", "Signal"],
    ["InpRisk", "number", "1.0", "InpRisk", "Risk"],
    ["InpTrail", "truth", "true", "Trail the stop", "Risk"],
    ["InpComment", "text", "london", "InpComment", "Risk"],
  ]);
});

it("sends what was changed, by its type, and says what cannot be read", () => {
  const inputs = inputsOf(SOURCE);
  expect(
    changedInputs(inputs, { InpFast: "20", InpRisk: "1.0", InpTrail: "false", InpComment: "asia" }),
  ).toEqual({
    values: { InpFast: 20, InpTrail: false, InpComment: "asia" },
    errors: {},
  });
  expect(Object.keys(changedInputs(inputs, { InpFast: "1.5", InpRisk: "1e9x" }).errors)).toEqual([
    "InpFast",
    "InpRisk",
  ]);
});

it("takes plain JSON objects only", () => {
  expect(readInputsJson('{"Lots": 0.1, "Trail": true}')).toEqual({ values: { Lots: 0.1, Trail: true } });
  expect(readInputsJson(" ")).toEqual({ values: {} });
  for (const wrong of ["[1]", '{"a": {}}', "{", "null"])
    expect(readInputsJson(wrong)).toHaveProperty("error");
});
