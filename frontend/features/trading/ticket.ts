import type { Schemas } from "@/lib/api/client";
import { decimal, parseDecimal, ZERO, type Decimal } from "@/lib/format/decimal";
import { profitAt, type Quote, type Quotes, type Side } from "@/lib/trading/pnl";
import { pipsToDistance, volumeForRisk } from "@/lib/trading/sizing";

/** What the form holds, as it was typed. */
export interface Ticket {
  side: Side;
  sizeBy: "risk" | "lots";
  size: string;
  stopsBy: "pips" | "price";
  stop: string;
  target: string;
}
export type TicketField = "size" | "stop" | "target";
export type TicketErrors = Partial<Record<TicketField, string>>;

type Size = Pick<Schemas["NewOrder"], "risk_pct" | "volume" | "sl" | "sl_pips" | "tp" | "tp_pips">;

/** The price at which an order of this side would be filled now. */
export function entryPrice(side: Side, quote: Quote): number {
  return side === "buy" ? quote.ask : quote.bid;
}

/** Whether a price lies where this side loses. */
function isBehind(side: Side, price: Decimal, entry: number): boolean {
  return side === "buy" ? price.lt(entry) : price.gt(entry);
}

/** The part of an order that was typed, or what is wrong with it. Stops are held against the price where one is known. */
export function readTicket(
  ticket: Ticket,
  quote: Quote | undefined,
): { order: Size; errors: null } | { order: null; errors: TicketErrors } {
  const errors: TicketErrors = {};
  const order: Size = {};

  const size = parseDecimal(ticket.size);
  if (!size || size.lte(0)) {
    errors.size = ticket.sizeBy === "risk" ? "A percentage above zero" : "Lots above zero";
  } else if (ticket.sizeBy === "risk") {
    if (size.gt(100)) errors.size = "At most 100 percent";
    order.risk_pct = ticket.size.trim();
  } else {
    order.volume = ticket.size.trim();
  }

  const entry = quote && entryPrice(ticket.side, quote);
  const read = (field: "stop" | "target") => {
    const text = ticket[field].trim();
    if (text === "") return;
    const value = parseDecimal(text);
    if (!value || value.lte(0)) {
      errors[field] = ticket.stopsBy === "pips" ? "Pips above zero" : "A price above zero";
      return;
    }
    if (ticket.stopsBy === "price" && entry !== undefined) {
      const mustBeBehind = field === "stop";
      if (value.eq(entry) || isBehind(ticket.side, value, entry) !== mustBeBehind) {
        const below = (ticket.side === "buy") === mustBeBehind;
        errors[field] = `${below ? "Below" : "Above"} the price for a ${ticket.side}`;
      }
    }
    if (field === "stop") order[ticket.stopsBy === "pips" ? "sl_pips" : "sl"] = text;
    else order[ticket.stopsBy === "pips" ? "tp_pips" : "tp"] = text;
  };
  read("stop");
  read("target");
  if (ticket.sizeBy === "risk" && ticket.stop.trim() === "")
    errors.stop = "A size by risk needs a stop loss.";
  return Object.keys(errors).length > 0 ? { order: null, errors } : { order, errors: null };
}

/** The server's fields under the names of the form's. */
export function serverErrors(errors: Readonly<Record<string, string>>): TicketErrors {
  const named: TicketErrors = {};
  const size = errors.volume ?? errors.risk_pct;
  const stop = errors.sl ?? errors.sl_pips;
  const target = errors.tp ?? errors.tp_pips;
  if (size) named.size = size;
  if (stop) named.stop = stop;
  if (target) named.target = target;
  return named;
}

export interface Estimate {
  entry: number;
  volume: Decimal | null;
  stop: Decimal | null;
  target: Decimal | null;
  /** Below zero: what is left of the account's money at the stop, before costs. */
  loss: Decimal | null;
  gain: Decimal | null;
  /** Why the volume is not known here. */
  why: string | null;
}

interface EstimateInput {
  ticket: Ticket;
  symbol: string;
  quotes: Quotes;
  account: { equity: number; currency: string };
  maxVolume: number | null;
}

/** What an order like this would come to at the prices of now; null while no price is known. */
export function estimateTicket({
  ticket,
  symbol,
  quotes,
  account,
  maxVolume,
}: EstimateInput): Estimate | null {
  const quote = quotes[symbol];
  if (!quote) return null;
  const entry = entryPrice(ticket.side, quote);
  const away = ticket.side === "buy" ? -1 : 1;
  const level = (text: string, direction: number): Decimal | null => {
    const value = parseDecimal(text);
    if (!value || value.lte(0)) return null;
    return ticket.stopsBy === "price" ? value : pipsToDistance(symbol, value).times(direction).plus(entry);
  };
  const stop = level(ticket.stop, away);
  const target = level(ticket.target, -away);

  const size = parseDecimal(ticket.size);
  let volume: Decimal | null = null;
  let why: string | null = null;
  if (size?.gt(0)) {
    if (ticket.sizeBy === "lots") volume = size;
    else {
      const sized = volumeForRisk({
        symbol,
        equity: account.equity,
        riskPercent: size,
        stopDistance: stop && isBehind(ticket.side, stop, entry) ? stop.minus(entry).abs() : ZERO,
        currency: account.currency,
        quotes,
        maxVolume,
      });
      if (sized.known) volume = sized.volume;
      else why = sized.why;
    }
  }
  const at = (price: Decimal | null) =>
    price && volume
      ? profitAt({ symbol, side: ticket.side, volume, open_price: entry }, price, account.currency, quotes)
      : null;
  return { entry, volume, stop, target, loss: at(stop), gain: at(target), why };
}

/** How many times the loss the gain is. */
export function rewardToRisk({ loss, gain }: Pick<Estimate, "loss" | "gain">): Decimal | null {
  return loss?.lt(0) && gain?.gt(0) ? gain.div(loss.abs()) : null;
}

type Limits = Pick<
  Schemas["Settings"],
  "trading_mode" | "disclaimer_accepted" | "max_open_positions" | "max_lot_size"
>;
interface LimitedAccount {
  open_positions: number;
  day: { result: number; loss_allowance?: number | null };
}

/** Which of the settings' rules would refuse an entry now, as reason codes. The server has the last word. */
export function refusals(
  settings: Limits,
  account: LimitedAccount | undefined,
  volume: Decimal | null,
): string[] {
  const found: string[] = [];
  if (!settings.disclaimer_accepted) found.push("disclaimer_not_accepted");
  if (settings.trading_mode === "halted") found.push("halted");
  if (settings.trading_mode === "reducing") found.push("reducing");
  if (settings.max_lot_size != null && volume?.gt(settings.max_lot_size)) found.push("max_lot_size");
  if (account) {
    if (settings.max_open_positions != null && account.open_positions >= settings.max_open_positions)
      found.push("max_open_positions");
    const allowance = account.day.loss_allowance;
    if (allowance != null && decimal(account.day.result).lte(decimal(allowance).times(-1)))
      found.push("daily_loss_limit");
  }
  return found;
}

/** A position's symbol is the broker's; what is traded is named as TradingView names it, or as the broker does. */
export function isOnSymbol(
  symbol: string,
  instrument: string,
  symbolMap: Readonly<Record<string, unknown>> | undefined,
): boolean {
  return symbol === instrument || symbolMap?.[instrument] === symbol;
}
