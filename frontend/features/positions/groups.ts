import type { Position } from "@/lib/api/queries/trading";

export interface CurrencyGroup {
  currency: string;
  positions: Position[];
}

/** Results of different currencies are never added. Positions of accounts that nobody reported are in no group. */
export function groupByCurrency(
  positions: readonly Position[],
  currencies: Readonly<Record<string, string | undefined>>,
): CurrencyGroup[] {
  const groups = new Map<string, Position[]>();
  for (const position of positions) {
    const currency = currencies[position.broker_connection_id];
    if (currency === undefined) continue;
    const group = groups.get(currency);
    if (group) group.push(position);
    else groups.set(currency, [position]);
  }
  return [...groups].map(([currency, some]) => ({ currency, positions: some }));
}
