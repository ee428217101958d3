import { decimalOrNull } from "@/lib/forms/rules";

export interface TestAlert {
  symbol: string;
  action: "buy" | "sell" | "close";
  /** Lots; empty for what the strategy sizes by. */
  volume: string;
  slPips: string;
}

/** In the canonical form. Each has an id of its own: two alike are two alerts, not one sent twice. */
export function writeTestAlert({ symbol, action, volume, slPips }: TestAlert, id: string, at: Date): string {
  const isEntry = action !== "close";
  return JSON.stringify({
    symbol: symbol.trim(),
    action,
    ...(isEntry && volume.trim() !== "" ? { volume: decimalOrNull(volume) } : {}),
    ...(isEntry && slPips.trim() !== "" ? { sl_pips: decimalOrNull(slPips) } : {}),
    id: `test-${id}`,
    time: at.toISOString(),
  });
}
