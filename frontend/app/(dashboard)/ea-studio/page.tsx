import type { Metadata } from "next";
import { Suspense } from "react";
import { EaStudioPage } from "@/features/ea-studio/components/EaStudioPage";

export const metadata: Metadata = { title: "EA Studio" };

export default function Page() {
  return (
    <Suspense>
      <EaStudioPage />
    </Suspense>
  );
}
