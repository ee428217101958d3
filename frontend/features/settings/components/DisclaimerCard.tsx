import { CheckIcon } from "lucide-react";
import Link from "next/link";
import { buttonVariants } from "@/components/ui/button";
import type { Schemas } from "@/lib/api/client";
import { formatDateTime } from "@/lib/format/time";

export function DisclaimerCard({ settings }: { settings: Schemas["Settings"] }) {
  if (settings.disclaimer_accepted) {
    return (
      <p className="flex items-center gap-2 text-sm">
        <CheckIcon className="size-4 shrink-0 text-profit" aria-hidden />
        <span>
          Accepted
          {settings.disclaimer_accepted_at && ` on ${formatDateTime(settings.disclaimer_accepted_at)}`}.
        </span>
      </p>
    );
  }
  return (
    <div className="flex flex-wrap items-center justify-between gap-2">
      <p className="text-sm text-warn">Not accepted yet: nothing is traded until it is.</p>
      <Link
        href="/onboarding/?step=disclaimer"
        prefetch={false}
        className={buttonVariants({ variant: "primary" })}
      >
        Read and accept
      </Link>
    </div>
  );
}
