"use client";

import { useEffect, useState } from "react";
import { serverNow } from "@/lib/clock";

/** The server's time, moving on each `everyMs`: ages of data are shown against it. */
export function useNow(everyMs = 1_000): number {
  const [now, setNow] = useState(serverNow);
  useEffect(() => {
    const timer = setInterval(() => setNow(serverNow()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}
