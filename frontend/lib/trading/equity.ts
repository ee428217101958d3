import { decimal, type DecimalInput } from "@/lib/format/decimal";

export interface Booked {
  event_type: string;
  created_at: string;
  profit_loss?: number | null;
}

/** A deal moved the balance. The order that it was made for tells the same money a second time. */
export function isDeal({ event_type }: Pick<Booked, "event_type">): boolean {
  return event_type === "position_opened" || event_type === "position_closed";
}

export interface CurvePoint {
  /** Seconds since the epoch, strictly ascending. */
  time: number;
  value: number;
}

/**
 * The balance after each booked deal, reckoned backwards from the balance of now, and the equity of now at the end.
 * Deposits and withdrawals are no deals: they shift what lies before them.
 */
export function equityCurve(
  events: readonly Booked[],
  balance: DecimalInput,
  equity: DecimalInput,
  reportedAt: string,
): CurvePoint[] {
  const booked = events
    .filter(isDeal)
    .filter((event) => event.profit_loss != null && event.profit_loss !== 0)
    .map((event) => ({ at: Math.floor(Date.parse(event.created_at) / 1000), amount: event.profit_loss ?? 0 }))
    .sort((a, b) => b.at - a.at);
  const points: CurvePoint[] = [];
  const put = (time: number, value: number) => {
    // Within one second the latest stands, and it was met first.
    if (points.at(-1)?.time !== time) points.push({ time, value });
  };
  const now = Math.floor(Date.parse(reportedAt) / 1000);
  const last = booked[0] ? Math.max(now, booked[0].at + 1) : now;
  put(last, decimal(equity).toNumber());
  let before = decimal(balance);
  for (const { at, amount } of booked) {
    put(at, before.toNumber());
    before = before.minus(amount);
  }
  const first = points.at(-1);
  if (first && booked.length > 0) put(first.time - 1, before.toNumber());
  return points.reverse();
}
