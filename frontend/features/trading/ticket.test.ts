import { expect, it } from "vitest";
import { decimal } from "@/lib/format/decimal";
import {
  estimateTicket,
  isOnSymbol,
  readTicket,
  refusals,
  rewardToRisk,
  serverErrors,
  type Ticket,
} from "./ticket";

const quote = { bid: 1.08, ask: 1.0801 };
const ticket: Ticket = {
  side: "buy",
  sizeBy: "risk",
  size: "1",
  stopsBy: "pips",
  stop: "20",
  target: "40",
};
const account = { equity: 10_000, currency: "USD" };
const estimate = (change: Partial<Ticket>, maxVolume: number | null = null) =>
  estimateTicket({
    ticket: { ...ticket, ...change },
    symbol: "EURUSD",
    quotes: { EURUSD: quote },
    account,
    maxVolume,
  });

it("reads what was typed into an order, digits untouched", () => {
  expect(readTicket(ticket, quote).order).toEqual({ risk_pct: "1", sl_pips: "20", tp_pips: "40" });
  expect(
    readTicket(
      { ...ticket, sizeBy: "lots", size: "0.10", stopsBy: "price", stop: "1.0750", target: "" },
      quote,
    ).order,
  ).toEqual({ volume: "0.10", sl: "1.0750" });
});

it("says what is missing or cannot be", () => {
  expect(readTicket({ ...ticket, stop: "" }, quote).errors).toEqual({
    stop: "A size by risk needs a stop loss.",
  });
  expect(readTicket({ ...ticket, sizeBy: "lots", size: "1e3", stop: "" }, quote).errors).toEqual({
    size: "Lots above zero",
  });
  expect(readTicket({ ...ticket, size: "101" }, quote).errors?.size).toBe("At most 100 percent");
  expect(readTicket({ ...ticket, target: "-5" }, quote).errors?.target).toBe("Pips above zero");
});

it("holds stops against the side", () => {
  const prices = { ...ticket, stopsBy: "price", stop: "1.09", target: "1.07" } as const;
  expect(readTicket(prices, quote).errors).toEqual({
    stop: "Below the price for a buy",
    target: "Above the price for a buy",
  });
  expect(readTicket({ ...prices, side: "sell" }, quote).errors).toBeNull();
  // Without a price nothing can be said against them; the server will.
  expect(readTicket(prices, undefined).errors).toBeNull();
});

it("estimates size, loss and gain by risk", () => {
  const told = estimate({});
  expect(told?.volume?.toString()).toBe("0.5");
  expect(told?.stop?.toString()).toBe("1.0781");
  expect(told?.target?.toString()).toBe("1.0841");
  expect(told?.loss?.toString()).toBe("-100");
  expect(told?.gain?.toString()).toBe("200");
  expect(told && rewardToRisk(told)?.toString()).toBe("2");
});

it("estimates a sell from the bid, with stops as prices", () => {
  const told = estimate({
    side: "sell",
    sizeBy: "lots",
    size: "0.1",
    stopsBy: "price",
    stop: "1.0830",
    target: "",
  });
  expect(told?.entry).toBe(1.08);
  expect(told?.loss?.toString()).toBe("-30");
  expect(told?.gain).toBeNull();
  expect(told && rewardToRisk(told)).toBeNull();
});

it("caps a size by risk at the largest order, and does not size without a stop", () => {
  expect(estimate({}, 0.2)?.volume?.toString()).toBe("0.2");
  expect(estimate({ stop: "" })).toMatchObject({ volume: null, why: "A risk in percent needs a stop." });
  expect(estimateTicket({ ticket, symbol: "EURUSD", quotes: {}, account, maxVolume: null })).toBeNull();
});

it("knows the rules that would refuse an entry", () => {
  const free = {
    trading_mode: "active",
    disclaimer_accepted: true,
    max_open_positions: 3,
    max_lot_size: 1,
  } as const;
  const calm = { open_positions: 2, day: { result: -99, loss_allowance: 100 } };
  expect(refusals(free, calm, decimal(1))).toEqual([]);
  expect(
    refusals(
      { ...free, trading_mode: "reducing", disclaimer_accepted: false },
      { open_positions: 3, day: { result: -100, loss_allowance: 100 } },
      decimal("1.01"),
    ),
  ).toEqual([
    "disclaimer_not_accepted",
    "reducing",
    "max_lot_size",
    "max_open_positions",
    "daily_loss_limit",
  ]);
  expect(refusals({ ...free, trading_mode: "halted" }, undefined, null)).toEqual(["halted"]);
});

it("names the server's fields as the form does", () => {
  expect(serverErrors({ sl_pips: "too near", volume: "too many", symbol: "?" })).toEqual({
    stop: "too near",
    size: "too many",
  });
});

it("finds the broker's spelling of an instrument", () => {
  expect(isOnSymbol("EURUSD", "EURUSD", undefined)).toBe(true);
  expect(isOnSymbol("EURUSD.i", "EURUSD", { EURUSD: "EURUSD.i" })).toBe(true);
  expect(isOnSymbol("EURUSD.i", "EURUSD", {})).toBe(false);
});
