import { expect, it } from "vitest";
import { MOST_INSTRUMENTS, Subscriptions } from "./subscriptions";

it("subscribes once for many watchers and ends with the last", () => {
  const subscriptions = new Subscriptions();
  subscriptions.watch(["EURUSD", "GBPUSD"]);
  subscriptions.watch(["EURUSD"]);
  expect(subscriptions.difference()).toEqual({ subscribe: ["EURUSD", "GBPUSD"], unsubscribe: [] });
  subscriptions.unwatch(["EURUSD", "GBPUSD"]);
  expect(subscriptions.difference()).toEqual({ subscribe: [], unsubscribe: ["GBPUSD"] });
  subscriptions.unwatch(["EURUSD"]);
  expect(subscriptions.difference()).toEqual({ subscribe: [], unsubscribe: ["EURUSD"] });
  expect(subscriptions.difference()).toEqual({ subscribe: [], unsubscribe: [] });
});

it("says everything again to a new socket", () => {
  const subscriptions = new Subscriptions();
  subscriptions.watch(["EURUSD"]);
  subscriptions.difference();
  subscriptions.forgetSent();
  expect(subscriptions.difference().subscribe).toEqual(["EURUSD"]);
});

it("keeps to the limit and fills places that become free", () => {
  const subscriptions = new Subscriptions();
  const names = Array.from({ length: MOST_INSTRUMENTS + 1 }, (_, index) => `X${index}`);
  subscriptions.watch(names);
  expect(subscriptions.difference().subscribe).toHaveLength(MOST_INSTRUMENTS);
  subscriptions.unwatch(["X0"]);
  expect(subscriptions.difference()).toEqual({ subscribe: [`X${MOST_INSTRUMENTS}`], unsubscribe: ["X0"] });
});
