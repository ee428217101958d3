import {
  decimal,
  formatDecimal,
  fractionDigits,
  type Decimal,
  type DecimalInput,
} from "@/lib/format/decimal";

/** What an instrument's name says: brokers add suffixes ("EURUSD.i", "EURUSDm"), the first six letters are the pair. */
export interface Pair {
  base: string;
  quote: string;
}

const METALS: Record<string, { digits: number; contract: number }> = {
  XAU: { digits: 2, contract: 100 },
  XAG: { digits: 3, contract: 5000 },
};

const CURRENCIES = new Set(
  "USD EUR JPY GBP CHF AUD CAD NZD SEK NOK DKK PLN CZK HUF TRY ZAR MXN SGD HKD CNH ILS RON THB KRW INR".split(
    " ",
  ),
);

export function pairOf(instrument: string): Pair | null {
  const name = /^[A-Z]{6}/.exec(instrument.toUpperCase())?.[0];
  if (!name) return null;
  const [base, quote] = [name.slice(0, 3), name.slice(3)];
  return (CURRENCIES.has(base) || base in METALS) && CURRENCIES.has(quote) ? { base, quote } : null;
}

const MOST_DIGITS = 8;
const OTHER_DIGITS = 2;

/**
 * The digits an instrument is quoted with. JSON numbers lose their trailing zeros, so the name decides, and prices that
 * were seen may only add digits.
 */
export function digitsOf(instrument: string, ...seen: DecimalInput[]): number {
  const pair = pairOf(instrument);
  const usual = !pair ? OTHER_DIGITS : (METALS[pair.base]?.digits ?? (pair.quote === "JPY" ? 3 : 5));
  return Math.min(MOST_DIGITS, Math.max(usual, ...seen.map(fractionDigits)));
}

/** As the agent counts it: ten points where a price has three or five digits, else one. */
export function pipOf(digits: number): Decimal {
  const point = decimal(10).pow(-digits);
  return digits === 3 || digits === 5 ? point.times(10) : point;
}

/** Units of the base in one lot; null where the name does not tell. */
export function contractSizeOf(instrument: string): Decimal | null {
  const pair = pairOf(instrument);
  return pair && decimal(METALS[pair.base]?.contract ?? 100_000);
}

export function formatPrice(instrument: string, price: DecimalInput): string {
  return formatDecimal(price, digitsOf(instrument, price)).replaceAll(",", "");
}

/** Ask less bid, in pips. */
export function spreadInPips(instrument: string, bid: DecimalInput, ask: DecimalInput): Decimal {
  return decimal(ask)
    .minus(bid)
    .div(pipOf(digitsOf(instrument, bid, ask)));
}
