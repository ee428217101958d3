import Big from "big.js";

/** Amounts, prices and volumes are decimals: arithmetic on them goes through Big, never through floats. */
export type Decimal = Big;
export type DecimalInput = Big | number | string;

export const ZERO = new Big(0);

export function decimal(value: DecimalInput): Big {
  return new Big(value);
}

/** What a form field holds, or null when it is no plain decimal ("1e3", "1,5" and "" are none). */
export function parseDecimal(text: string): Big | null {
  const trimmed = text.trim();
  return /^-?(\d+(\.\d*)?|\.\d+)$/.test(trimmed) ? new Big(trimmed.replace(/\.$/, "")) : null;
}

export function sum(values: Iterable<DecimalInput>): Big {
  let total = ZERO;
  for (const value of values) total = total.plus(value);
  return total;
}

/** Digits after the point, as the shortest form of the number shows them. */
export function fractionDigits(value: DecimalInput): number {
  const { c, e } = new Big(value);
  return Math.max(0, c.length - 1 - e);
}

const GROUP = /\B(?=(\d{3})+$)/g;
/** A minus as wide as the digits, so that columns stand still. */
const MINUS = "\u2212";

/** `12345.6` → `12,345.60`. Rounds half away from zero, as statements of account do; never shows minus zero. */
export function formatDecimal(value: DecimalInput, digits: number, { sign = false } = {}): string {
  const rounded = new Big(value).round(digits, Big.roundHalfUp);
  const [whole = "0", fraction] = rounded.abs().toFixed(digits).split(".");
  const body = whole.replace(GROUP, ",") + (fraction === undefined ? "" : `.${fraction}`);
  if (rounded.eq(0)) return body;
  return (rounded.lt(0) ? MINUS : sign ? "+" : "") + body;
}

/** Currencies without a minor unit. */
const WHOLE = new Set(["JPY", "KRW", "HUF", "CLP", "ISK", "VND"]);

export function currencyDigits(currency: string): number {
  return WHOLE.has(currency) ? 0 : 2;
}

/** `1,234.50 USD`: the code stands behind, since "$" is a dozen currencies. */
export function formatMoney(value: DecimalInput, currency: string, options: { sign?: boolean } = {}): string {
  return `${formatDecimal(value, currencyDigits(currency), options)}\u00a0${currency}`;
}

/** Lots: at least two digits, more only where they are used. */
export function formatVolume(volume: DecimalInput): string {
  return formatDecimal(volume, Math.min(8, Math.max(2, fractionDigits(volume))));
}

export function formatPercent(value: DecimalInput, digits = 2, options: { sign?: boolean } = {}): string {
  return `${formatDecimal(value, digits, options)}\u00a0%`;
}
