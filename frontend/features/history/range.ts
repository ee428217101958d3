/** The moment a day of the user's calendar begins, as the API takes it; null for no date. */
export function dayStart(date: string, daysLater = 0): string | null {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(date);
  if (!parts) return null;
  const [year, month, day] = parts.slice(1).map(Number) as [number, number, number];
  const at = new Date(year, month - 1, day + daysLater);
  return Number.isNaN(at.getTime()) ? null : at.toISOString();
}

/** Whole days, the last one included; the API's range ends before its end. */
export function dayRange(from: string, to: string): { from?: string; to?: string } {
  const start = dayStart(from);
  const end = dayStart(to, 1);
  return { ...(start && { from: start }), ...(end && { to: end }) };
}
