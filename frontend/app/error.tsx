"use client";

import { Button } from "@/components/ui/button";

export default function ErrorPage({ reset }: { error: Error; reset: () => void }) {
  return (
    <main className="grid min-h-[60dvh] place-items-center p-6">
      <div role="alert" className="grid justify-items-center gap-3 text-center">
        <h1 className="text-lg font-semibold">This page stumbled</h1>
        <p className="max-w-md text-sm text-muted">
          The mistake is ours and only in the display: orders, agents and alerts are not touched by it.
        </p>
        <Button variant="primary" onClick={reset}>
          Show it again
        </Button>
      </div>
    </main>
  );
}
