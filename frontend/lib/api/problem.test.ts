import { expect, it } from "vitest";
import { ApiProblem, describeError } from "./problem";

it("keeps what a problem says, field by field", () => {
  const problem = ApiProblem.from(422, {
    type: "about:blank",
    title: "Unprocessable Entity",
    status: 422,
    code: "invalid",
    detail: "Correct the fields.",
    errors: [{ field: "name", message: "1 to 80 characters" }],
  });
  expect(problem).toMatchObject({
    status: 422,
    code: "invalid",
    message: "Correct the fields.",
    isTransient: false,
  });
  expect(problem.fieldErrors).toEqual({ name: "1 to 80 characters" });
});

it("reads the gateway's own form, and no form at all", () => {
  expect(ApiProblem.from(503, { message: "Service Unavailable" })).toMatchObject({
    code: "http_503",
    detail: "Service Unavailable",
    isTransient: true,
  });
  expect(ApiProblem.from(502, "<html>")).toMatchObject({ code: "http_502", errors: [] });
});

it("says when no answer came", () => {
  const problem = ApiProblem.unreachable(new TypeError("fetch failed"));
  expect(problem).toMatchObject({ status: 0, code: "unreachable", isTransient: true });
  expect(describeError(problem)).toMatch(/could not be reached/);
});
