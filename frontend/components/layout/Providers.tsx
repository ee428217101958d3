"use client";

import { QueryClientProvider } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import { useEffect, useState, type ReactNode } from "react";
import { Button } from "@/components/ui/button";
import { startApi } from "@/lib/api/client";
import { describeError } from "@/lib/api/problem";
import { makeQueryClient } from "@/lib/api/queryClient";
import { startAuth, useAuth } from "@/lib/auth/session";
import { loadConfig } from "@/lib/config";
import { useEaStore } from "@/lib/stores/eaStore";
import { resetPrices } from "@/lib/stores/priceStore";

// After the first paint: nothing has happened yet that could be told.
const Toaster = dynamic(() => import("@/components/ui/toaster").then(({ Toaster }) => Toaster), {
  ssr: false,
});

type Start = { status: "loading" } | { status: "ready" } | { status: "failed"; why: string };

/** Nothing runs before the page knows where its services are. */
export function Providers({ children }: { children: ReactNode }) {
  const [queryClient] = useState(makeQueryClient);
  const [start, setStart] = useState<Start>({ status: "loading" });

  useEffect(() => {
    let isGone = false;
    loadConfig().then(
      (config) => {
        if (isGone) return;
        startAuth(config);
        startApi(config);
        setStart({ status: "ready" });
      },
      (error: unknown) => {
        if (!isGone) setStart({ status: "failed", why: describeError(error) });
      },
    );
    return () => {
      isGone = true;
    };
  }, []);

  // Whoever signs in next on this browser finds nothing of the one before.
  useEffect(
    () =>
      useAuth.subscribe((now, before) => {
        const userOf = (state: typeof now) => (state.status === "signed_in" ? state.userId : null);
        if (userOf(before) === null || userOf(before) === userOf(now)) return;
        queryClient.clear();
        resetPrices();
        useEaStore.getState().reset();
      }),
    [queryClient],
  );

  if (start.status === "failed") {
    return (
      <main className="grid min-h-dvh place-items-center p-6">
        <div role="alert" className="grid max-w-md gap-3 text-center">
          <h1 className="text-lg font-semibold">The dashboard could not start</h1>
          <p className="text-sm text-muted">
            It does not know where its services are: {start.why}. Trading goes on without it: agents and
            alerts do not need this page.
          </p>
          <Button className="justify-self-center" variant="primary" onClick={() => window.location.reload()}>
            Try again
          </Button>
        </div>
      </main>
    );
  }
  return (
    <QueryClientProvider client={queryClient}>
      {start.status === "ready" ? children : <StartScreen />}
      <Toaster />
    </QueryClientProvider>
  );
}

export function StartScreen() {
  return (
    <div role="status" className="grid min-h-dvh place-items-center text-sm text-muted">
      Loading…
    </div>
  );
}
