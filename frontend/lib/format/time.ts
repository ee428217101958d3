/** The zone the browser's owner lives in; settings may name another for the trading day, never for display. */
export function localZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function format(zone: string | undefined, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = JSON.stringify([zone, options]);
  let made = formats.get(key);
  if (!made) {
    made = new Intl.DateTimeFormat("en-GB", { ...options, timeZone: zone });
    formats.set(key, made);
  }
  return made;
}

/** `14:03:09`. */
export function formatClock(at: string | number | Date, zone?: string): string {
  return format(zone, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" }).format(
    new Date(at),
  );
}

/** `2 Nov 2026, 14:03:09 GMT+1`: with its zone, so that nobody takes it for the broker's or the server's time. */
export function formatDateTime(at: string | number | Date, zone?: string): string {
  return format(zone, {
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
    timeZoneName: "short",
  }).format(new Date(at));
}

/** `2 Nov, 14:03`: for dense rows whose head or foot names the zone (see zoneLabel). */
export function formatShort(at: string | number | Date, zone?: string): string {
  return format(zone, {
    day: "numeric",
    month: "short",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  }).format(new Date(at));
}

/** `GMT+1`, as of a time. */
export function zoneLabel(at: string | number | Date = new Date(), zone?: string): string {
  const parts = format(zone, { timeZoneName: "short" }).formatToParts(new Date(at));
  return parts.find(({ type }) => type === "timeZoneName")?.value ?? "UTC";
}

/** `just now`, `42 s ago`, `5 min ago`, `3 h ago`, `2 d ago`; `in 5 min` for what is to come. */
export function formatAge(at: string | number | Date, now: number): string {
  const ms = now - new Date(at).getTime();
  const seconds = Math.floor(Math.abs(ms) / 1000);
  if (seconds < 2) return "just now";
  const span =
    seconds < 60
      ? `${seconds}\u00a0s`
      : seconds < 3600
        ? `${Math.floor(seconds / 60)}\u00a0min`
        : seconds < 172_800
          ? `${Math.floor(seconds / 3600)}\u00a0h`
          : `${Math.floor(seconds / 86_400)}\u00a0d`;
  return ms >= 0 ? `${span} ago` : `in ${span}`;
}

/**
 * Which of two RFC 3339 times in UTC is later. Ticks differ by less than the milliseconds that Date keeps, so their
 * fractions are compared digit by digit.
 */
export function compareInstants(a: string, b: string): number {
  const whole = Math.floor(Date.parse(a) / 1000) - Math.floor(Date.parse(b) / 1000);
  if (whole !== 0) return whole;
  const digits = (at: string) => (/\.(\d+)/.exec(at)?.[1] ?? "").padEnd(9, "0");
  return digits(a) < digits(b) ? -1 : digits(a) > digits(b) ? 1 : 0;
}
