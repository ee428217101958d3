import type { Metadata } from "next";
import { Suspense } from "react";
import { SignalsPage } from "@/features/signals/components/SignalsPage";

export const metadata: Metadata = { title: "TV signals" };

export default function Page() {
  return (
    <Suspense>
      <SignalsPage />
    </Suspense>
  );
}
