/**
 * The server's clock as far as answers told it: ages of data must not depend on how well this machine's clock is set.
 * The `Date` header has whole seconds, so small differences are noise.
 */
const NOISE_MS = 2_000;

let offset = 0;

export function learnServerTime(date: string | null, received = Date.now()): void {
  const server = date === null ? Number.NaN : Date.parse(date);
  if (Number.isNaN(server)) return;
  const difference = server - received;
  offset = Math.abs(difference) > NOISE_MS ? difference : 0;
}

export function serverNow(): number {
  return Date.now() + offset;
}
