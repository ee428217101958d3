"use client";

import { useEffect, useState } from "react";
import { serverNow } from "@/lib/clock";

/**
 * The time, moving on each `everyMs`. The server's, unless another clock is given: ages are shown against the clock that
 * took their times.
 */
export function useNow(everyMs = 1_000, clock: () => number = serverNow): number {
  const [now, setNow] = useState(clock);
  useEffect(() => {
    const timer = setInterval(() => setNow(clock()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs, clock]);
  return now;
}
