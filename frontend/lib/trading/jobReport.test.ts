import { expect, it } from "vitest";
import { jobInWords, readExecution } from "./jobReport";

const job = { output: null, error_message: null, reason_code: null };
// The contract leaves the output open, so the generated type admits no property.
const output = (value: object) => value as Record<string, never>;

it("takes from a report what is there, and nothing on trust", () => {
  expect(readExecution({ ticket: 7, fill_price: 1.1, volume: "0.1" })).toEqual({
    ticket: 7,
    price: 1.1,
    volume: null,
    profit: null,
  });
  expect(readExecution(null).price).toBeNull();
});

it("tells an order from waiting to filled", () => {
  const trade = { ...job, job_type: "trade" as const };
  expect(jobInWords(undefined, "EURUSD").outcome).toBe("underway");
  expect(jobInWords({ ...trade, status: "pending" }, "EURUSD").text).toBe("Waiting for the agent");
  expect(jobInWords({ ...trade, status: "running" }, "EURUSD").outcome).toBe("underway");
  const filled = output({ ticket: 100009, fill_price: 1.0741, volume: 0.05 });
  expect(jobInWords({ ...trade, status: "completed", output: filled }, "EURUSD")).toEqual({
    outcome: "done",
    text: "Filled 0.05 at 1.07410 as ticket 100009",
  });
});

it("tells what a close brought", () => {
  const closed = output({ ticket: 100011, fill_price: 1.2741, volume: 0.02, profit: -0.1 });
  const told = jobInWords(
    { ...job, job_type: "close_position", status: "completed", output: closed },
    "GBPUSD",
    "USD",
  );
  expect(told.text.replaceAll("\u00a0", " ")).toBe("Closed 0.02 at 1.27410 for −0.10 USD");
});

it("says why it came to nothing, and whether the broker was asked", () => {
  const trade = { ...job, job_type: "trade" as const };
  expect(jobInWords({ ...trade, status: "failed", reason_code: "no_quotes" }, "EURUSD")).toEqual({
    outcome: "failed",
    text: "Failed: The broker has no quotes for the symbol at the moment.",
  });
  expect(jobInWords({ ...trade, status: "cancelled", reason_code: "expired" }, "EURUSD").text).toMatch(
    /^Not sent: /,
  );
});
