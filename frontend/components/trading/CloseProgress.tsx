"use client";

import { useEffect, useRef } from "react";
import { toast } from "@/components/ui/toaster";
import { useJob } from "@/lib/api/queries/trading";
import { jobInWords } from "@/lib/trading/jobReport";
import type { Close } from "./useCloses";

/** Says how each announced close ended, also after its row has gone. */
export function CloseAnnouncements({
  closes,
  currencies,
}: {
  closes: Readonly<Record<string, Close>>;
  currencies: Readonly<Record<string, string | undefined>>;
}) {
  return Object.values(closes)
    .filter(({ isAnnounced }) => isAnnounced)
    .map((close) => (
      <Announcement key={close.jobId} close={close} currency={currencies[close.connectionId]} />
    ));
}

function Announcement({ close, currency }: { close: Close; currency: string | undefined }) {
  const { data: job } = useJob(close.jobId);
  const { outcome, text } = jobInWords(job, close.symbol, currency);
  const isTold = useRef(false);
  useEffect(() => {
    if (outcome === "underway" || isTold.current) return;
    isTold.current = true;
    if (outcome === "done") toast.success(close.symbol, { description: text });
    else toast.error(`${close.symbol} was not closed`, { description: text, duration: 15_000 });
  }, [outcome, text, close.symbol]);
  return null;
}
