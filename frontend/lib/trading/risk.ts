import { decimal, ZERO, type Decimal, type DecimalInput } from "@/lib/format/decimal";
import { liveProfit, profitAt, type OpenPosition, type Quotes } from "./pnl";

export interface GuardedPosition extends OpenPosition {
  sl?: DecimalInput | null;
  /** As last reported; stands in where no live price is known. */
  profit: DecimalInput;
}

export interface OpenRisk {
  /** What would be lost from here if every stop were hit; a stop beyond the current price secures a gain and risks none. */
  atRisk: Decimal;
  withoutStop: number;
  /** Positions with a stop whose value at the stop cannot be computed here. */
  unknown: number;
}

export function openRisk(positions: readonly GuardedPosition[], currency: string, quotes: Quotes): OpenRisk {
  let atRisk = ZERO;
  let withoutStop = 0;
  let unknown = 0;
  for (const position of positions) {
    if (position.sl == null) {
      withoutStop += 1;
      continue;
    }
    const atStop = profitAt(position, position.sl, currency, quotes);
    if (!atStop) {
      unknown += 1;
      continue;
    }
    const loss = (liveProfit(position, currency, quotes) ?? decimal(position.profit)).minus(atStop);
    if (loss.gt(0)) atRisk = atRisk.plus(loss);
  }
  return { atRisk, withoutStop, unknown };
}

export interface LimitUse {
  lost: Decimal;
  atRisk: Decimal;
  allowance: Decimal;
  /** Shares of the allowance in percent, cut so that both together fill a bar at most. */
  lostPercent: number;
  atRiskPercent: number;
  level: "calm" | "near" | "over";
}

/** How much of the day's allowance is lost already, and how much more the stops would take. */
export function limitUse(result: DecimalInput, atRisk: Decimal, allowance: DecimalInput): LimitUse | null {
  const limit = decimal(allowance);
  if (limit.lte(0)) return null;
  const lost = decimal(result).lt(0) ? decimal(result).abs() : ZERO;
  const share = (amount: Decimal) => amount.div(limit).times(100).toNumber();
  const lostPercent = Math.min(100, share(lost));
  const used = share(lost.plus(atRisk));
  return {
    lost,
    atRisk,
    allowance: limit,
    lostPercent,
    atRiskPercent: Math.min(100 - lostPercent, share(atRisk)),
    level: used >= 100 ? "over" : used >= 75 ? "near" : "calm",
  };
}
