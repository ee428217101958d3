import Big from "big.js";
import { decimal, type Decimal, type DecimalInput } from "@/lib/format/decimal";
import { contractSizeOf, digitsOf, pairOf, pipOf } from "./instrument";
import { convert, type Quotes } from "./pnl";

export interface RiskInput {
  symbol: string;
  equity: DecimalInput;
  riskPercent: DecimalInput;
  /** The distance of the stop from the entry, in units of price. */
  stopDistance: DecimalInput;
  currency: string;
  quotes: Quotes;
  maxVolume?: DecimalInput | null;
  volumeStep?: DecimalInput;
}

export type RiskEstimate =
  { known: true; volume: Decimal; riskAmount: Decimal; lossPerLot: Decimal } | { known: false; why: string };

/** Currencies and metals are traded in hundredths of a lot nearly everywhere; the agent knows the broker's own step. */
const USUAL_STEP = "0.01";

/** What the agent will trade for a risk: an estimate, since only the terminal knows contract, step and rate for sure. */
export function volumeForRisk(input: RiskInput): RiskEstimate {
  const pair = pairOf(input.symbol);
  const contract = contractSizeOf(input.symbol);
  if (!pair || !contract) {
    return {
      known: false,
      why: `The contract of ${input.symbol} is known to the terminal only; the agent sizes it.`,
    };
  }
  if (decimal(input.stopDistance).lte(0)) return { known: false, why: "A risk in percent needs a stop." };
  const lost = convert(
    contract.times(input.stopDistance).times(-1),
    pair.quote,
    input.currency,
    input.quotes,
  );
  if (!lost) {
    return {
      known: false,
      why: `No price converts ${pair.quote} into ${input.currency} here; the agent sizes it.`,
    };
  }
  const lossPerLot = lost.abs();
  const riskAmount = decimal(input.equity).times(input.riskPercent).div(100);
  const step = decimal(input.volumeStep ?? USUAL_STEP);
  const wanted = riskAmount.div(lossPerLot);
  const capped = input.maxVolume != null && wanted.gt(input.maxVolume) ? decimal(input.maxVolume) : wanted;
  // Down and never up: no rounding may risk more than was asked for.
  const volume = capped.div(step).round(0, Big.roundDown).times(step);
  return { known: true, volume, riskAmount, lossPerLot };
}

export function pipsToDistance(symbol: string, pips: DecimalInput): Decimal {
  return pipOf(digitsOf(symbol)).times(pips);
}
