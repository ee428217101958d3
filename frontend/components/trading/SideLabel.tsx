import type { Side } from "@/lib/trading/pnl";

/** Buy and sell are directions, not results, and so without their colours. */
export function SideLabel({ side }: { side: Side }) {
  return (
    <span className="whitespace-nowrap">
      <span aria-hidden className="mr-1 text-[0.7em] text-muted">
        {side === "buy" ? "↗" : "↘"}
      </span>
      {side === "buy" ? "Buy" : "Sell"}
    </span>
  );
}
