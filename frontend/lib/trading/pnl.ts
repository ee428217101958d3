import { decimal, type Decimal, type DecimalInput } from "@/lib/format/decimal";
import { contractSizeOf, pairOf } from "./instrument";

export interface Quote {
  bid: number;
  ask: number;
}
export type Quotes = Readonly<Record<string, Quote | undefined>>;
export type Side = "buy" | "sell";

export interface OpenPosition {
  symbol: string;
  side: Side;
  volume: DecimalInput;
  open_price: DecimalInput;
  swap?: DecimalInput;
}

/** The price at which a position would be closed now. */
export function closingPrice(side: Side, quote: Quote): number {
  return side === "buy" ? quote.bid : quote.ask;
}

function quoteOf(pair: string, quotes: Quotes): Quote | undefined {
  const exact = quotes[pair];
  if (exact) return exact;
  // A broker's own spelling of the pair serves as well.
  const name = Object.keys(quotes).find(
    (known) => known.toUpperCase().startsWith(pair) && pairOf(known) !== null,
  );
  return name === undefined ? undefined : quotes[name];
}

/** An amount in another currency, at the side of the market it would be changed on; null without a price for it. */
export function convert(amount: Decimal, from: string, to: string, quotes: Quotes): Decimal | null {
  if (from === to) return amount;
  const gain = amount.gte(0);
  const direct = quoteOf(from + to, quotes);
  if (direct) return amount.times(gain ? direct.bid : direct.ask);
  const inverse = quoteOf(to + from, quotes);
  if (inverse) return amount.div(gain ? inverse.ask : inverse.bid);
  return null;
}

/** The price whose movement converts the result of a symbol, to be subscribed beside it; null when none is needed. */
export function conversionPairs(symbol: string, currency: string): string[] {
  const pair = pairOf(symbol);
  if (!pair || pair.quote === currency) return [];
  // The pair's own price converts where its base is the account's currency.
  if (pair.base === currency) return [];
  return [pair.quote + currency, currency + pair.quote];
}

/** What a position earns when closed at a price, in the account's currency; null where that cannot be known. */
export function profitAt(
  position: OpenPosition,
  price: DecimalInput,
  currency: string,
  quotes: Quotes,
): Decimal | null {
  const contract = contractSizeOf(position.symbol);
  const pair = pairOf(position.symbol);
  if (!contract || !pair) return null;
  const move = decimal(price).minus(position.open_price);
  const inQuote = (position.side === "buy" ? move : move.times(-1)).times(position.volume).times(contract);
  return convert(inQuote, pair.quote, currency, quotes);
}

/** What a position earns now, without swap; null where a price is missing. */
export function liveProfit(position: OpenPosition, currency: string, quotes: Quotes): Decimal | null {
  const quote = quotes[position.symbol];
  return quote ? profitAt(position, closingPrice(position.side, quote), currency, quotes) : null;
}
