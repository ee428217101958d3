"use client";

import { useRouter } from "next/navigation";
import { useEffect, type ReactNode } from "react";
import { useAuth } from "@/lib/auth/session";
import { StartScreen } from "./Providers";

/** Comfort, not protection: that the API asks for a token is what keeps others out. */
export function AuthGuard({ children }: { children: ReactNode }) {
  const auth = useAuth();
  const router = useRouter();

  useEffect(() => {
    if (auth.status !== "signed_out") return;
    const here = window.location.pathname + window.location.search;
    router.replace(here === "/" ? "/sign-in/" : `/sign-in/?next=${encodeURIComponent(here)}`);
  }, [auth.status, router]);

  if (auth.status !== "signed_in") return <StartScreen />;
  // By user: no state of a component outlives its owner's session.
  return <div key={auth.userId}>{children}</div>;
}
