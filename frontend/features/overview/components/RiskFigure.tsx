import { cn } from "@/lib/cn";
import { formatMoney, type Decimal } from "@/lib/format/decimal";
import { limitUse, type OpenRisk } from "@/lib/trading/risk";
import { Amount } from "./AccountFigures";
import { Figure } from "./Figure";

interface RiskFigureProps {
  currency: string;
  result: Decimal;
  allowance: number | null;
  risk: OpenRisk;
}

/** What the stops would take, against what the day may still lose. */
export function RiskFigure({ currency, result, allowance, risk }: RiskFigureProps) {
  const use = allowance === null ? null : limitUse(result, risk.atRisk, allowance);
  const gaps = [
    risk.withoutStop > 0 && `${risk.withoutStop} without a stop`,
    risk.unknown > 0 && `${risk.unknown} not valued`,
  ].filter((text) => text !== false);
  return (
    <Figure label="Open risk" value={<Amount>{formatMoney(risk.atRisk, currency)}</Amount>}>
      {use ? (
        <>
          <span
            role="img"
            aria-label={`${Math.round(use.lostPercent)} percent of the day’s limit lost, ${Math.round(use.atRiskPercent)} percent at risk`}
            className="mb-1.5 flex h-1.5 overflow-hidden rounded-full bg-hover"
          >
            <span className="bg-loss" style={{ width: `${use.lostPercent}%` }} />
            <span
              className={use.level === "calm" ? "bg-accent" : "bg-warn"}
              style={{ width: `${use.atRiskPercent}%` }}
            />
          </span>
          <span className={cn(use.level === "over" && "text-loss", use.level === "near" && "text-warn")}>
            {formatMoney(use.lost.plus(use.atRisk), currency)} of the day’s limit{" "}
            {formatMoney(use.allowance, currency)}
          </span>
        </>
      ) : (
        <span>No daily loss limit is set</span>
      )}
      {gaps.length > 0 && <span className="text-warn"> · {gaps.join(", ")}</span>}
    </Figure>
  );
}
