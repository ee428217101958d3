"use client";

import Link from "next/link";
import { buttonVariants } from "@/components/ui/button";
import { useOnboarding } from "@/lib/api/queries/account";

/** Only while there is something left to set up. */
export function SetupCard() {
  const { data } = useOnboarding();
  if (!data || data.complete) return null;
  const steps = [
    data.disclaimer_accepted,
    data.broker_connection,
    data.agent_paired,
    data.strategy,
    data.first_signal,
  ];
  return (
    <section
      aria-label="Set-up"
      className="flex flex-wrap items-center justify-between gap-3 rounded-lg border border-accent/40 bg-accent-soft px-4 py-3"
    >
      <p className="text-sm">
        <strong className="font-semibold">Finish setting up.</strong> {steps.filter(Boolean).length} of{" "}
        {steps.length} steps are done; then the first alert can trade.
      </p>
      <Link href="/onboarding/" prefetch={false} className={buttonVariants({ variant: "primary" })}>
        Continue
      </Link>
    </section>
  );
}
