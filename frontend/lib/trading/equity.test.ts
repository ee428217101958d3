import { expect, it } from "vitest";
import { equityCurve } from "./equity";

const at = (second: number) => new Date(second * 1000).toISOString();

it("walks back from the balance of now and ends at the equity", () => {
  const curve = equityCurve(
    [
      { event_type: "position_closed", created_at: at(200), profit_loss: -0.2 },
      { event_type: "position_closed", created_at: at(100), profit_loss: 0.3 },
      { event_type: "position_opened", created_at: at(150), profit_loss: null },
      { event_type: "order_closed", created_at: at(201), profit_loss: -0.2 },
    ],
    1000.1,
    1010,
    at(300),
  );
  expect(curve).toEqual([
    { time: 99, value: 1000 },
    { time: 100, value: 1000.3 },
    { time: 200, value: 1000.1 },
    { time: 300, value: 1010 },
  ]);
});

it("ascends strictly when deals share a second or are newer than the report", () => {
  const curve = equityCurve(
    [
      { event_type: "position_closed", created_at: at(300), profit_loss: 1 },
      { event_type: "position_closed", created_at: at(300), profit_loss: 2 },
    ],
    103,
    104,
    at(250),
  );
  expect(curve).toEqual([
    { time: 299, value: 100 },
    { time: 300, value: 103 },
    { time: 301, value: 104 },
  ]);
});

it("is one point without deals", () => {
  expect(equityCurve([], 5, 6, at(1))).toEqual([{ time: 1, value: 6 }]);
});
