import { formatClock, formatDateTime, zoneLabel } from "@/lib/format/time";
import { formatDuration, latencySteps, type LatencyTrail as Trail } from "@/lib/trading/latency";
import { cn } from "@/lib/cn";

/** The stations a signal passed, and how long each leg took; a leg it has not taken (yet) is dashed. */
export function LatencyTrail({ trail }: { trail: Trail }) {
  const steps = latencySteps(trail);
  return (
    <div>
      <ol className="grid gap-x-1 sm:grid-cols-5" aria-label="Latency trail">
        {steps.map(({ name, at, deltaMs }, index) => (
          <li
            key={name}
            data-step={name}
            className="relative flex min-h-9 items-center gap-x-3 sm:min-h-16 sm:flex-col sm:items-start sm:gap-0 sm:pt-5"
          >
            {index > 0 && (
              <span
                aria-hidden
                className={cn(
                  "absolute -top-3 left-[5px] h-6 border-l sm:top-[7px] sm:right-full sm:left-auto sm:h-0 sm:w-[calc(100%-0.75rem)] sm:border-t sm:border-l-0",
                  at ? "border-accent" : "border-dashed border-line-strong",
                )}
              />
            )}
            <span
              aria-hidden
              className={cn(
                "size-[11px] shrink-0 rounded-full border-2 sm:absolute sm:top-0.5 sm:left-0",
                at ? "border-accent bg-accent" : "border-line-strong bg-surface",
              )}
            />
            <span className="w-24 text-xs font-medium sm:w-auto">{name}</span>
            <span className="text-xs tabular-nums sm:order-last" title={at ? formatDateTime(at) : undefined}>
              {at ? (
                <time dateTime={at} className="text-muted">
                  {formatClock(at)}
                </time>
              ) : (
                <span className="text-muted">–</span>
              )}
            </span>
            <span className="ml-auto text-xs font-semibold tabular-nums sm:ml-0">
              {deltaMs === null ? (
                <span className="sm:invisible">{"\u00a0"}</span>
              ) : (
                `+${formatDuration(deltaMs)}`
              )}
            </span>
          </li>
        ))}
      </ol>
      <p className="mt-2 text-xs text-muted">
        {trail.total_ms != null && (
          <>
            <strong className="font-semibold text-fg tabular-nums">{formatDuration(trail.total_ms)}</strong>{" "}
            from reception to fill, by the clocks of server and agent.{" "}
          </>
        )}
        Times in {zoneLabel(trail.received_at)}.
      </p>
    </div>
  );
}

const LEGS = ["Claimed", "Sent", "Filled"] as const;
const LEG_STYLE = { Claimed: "bg-accent", Sent: "bg-warn", Filled: "bg-profit" } as const;

/** The same in a row of a table: shares of the time from reception to fill. */
export function LatencyBar({ trail }: { trail: Trail }) {
  if (trail.total_ms == null) return <span className="text-muted">–</span>;
  const legs = latencySteps(trail).filter(
    (step): step is typeof step & { name: (typeof LEGS)[number]; deltaMs: number } =>
      (LEGS as readonly string[]).includes(step.name) && step.deltaMs !== null && step.deltaMs > 0,
  );
  const words = legs
    .map(({ name, deltaMs }) => `${name.toLowerCase()} +${formatDuration(deltaMs)}`)
    .join(", ");
  return (
    <span className="inline-flex items-center gap-2" title={`Received, ${words}`}>
      <span
        role="img"
        aria-label={`Received, ${words}`}
        className="flex h-1.5 w-20 gap-px overflow-hidden rounded-full bg-hover"
      >
        {legs.map(({ name, deltaMs }) => (
          <span key={name} className={cn("min-w-0.5", LEG_STYLE[name])} style={{ flexGrow: deltaMs }} />
        ))}
      </span>
      <span className="w-16 text-right tabular-nums">{formatDuration(trail.total_ms)}</span>
    </span>
  );
}
