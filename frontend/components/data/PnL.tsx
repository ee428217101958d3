import { decimal, formatMoney, type DecimalInput } from "@/lib/format/decimal";
import { cn } from "@/lib/cn";

interface PnLProps {
  value: DecimalInput | null;
  currency: string;
  className?: string;
}

/** A result by sign, arrow and colour: each alone would do. `null` is not known, which is not zero. */
export function PnL({ value, currency, className }: PnLProps) {
  if (value === null) {
    return (
      <span className={cn("text-muted", className)} title="No price is known that values this">
        unknown
      </span>
    );
  }
  const amount = decimal(value);
  const [arrow, tone, word] = amount.gt(0)
    ? ["▲", "text-profit", "profit"]
    : amount.lt(0)
      ? ["▼", "text-loss", "loss"]
      : ["", "text-muted", ""];
  return (
    <span className={cn("whitespace-nowrap tabular-nums", tone, className)}>
      {arrow && (
        <span aria-hidden className="mr-1 text-[0.7em]">
          {arrow}
        </span>
      )}
      {formatMoney(amount, currency, { sign: true })}
      {word && <span className="sr-only"> {word}</span>}
    </span>
  );
}
