import type { Metadata } from "next";
import { Suspense } from "react";
import { TradingPage } from "@/features/trading/components/TradingPage";

export const metadata: Metadata = { title: "Live trading" };

export default function Page() {
  return (
    <Suspense>
      <TradingPage />
    </Suspense>
  );
}
