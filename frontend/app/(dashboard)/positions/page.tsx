import type { Metadata } from "next";
import { Suspense } from "react";
import { PositionsPage } from "@/features/positions/components/PositionsPage";

export const metadata: Metadata = { title: "Positions" };

export default function Page() {
  return (
    <Suspense>
      <PositionsPage />
    </Suspense>
  );
}
