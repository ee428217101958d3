import type { Metadata } from "next";
import { Suspense } from "react";
import { OnboardingPage } from "@/features/onboarding/components/OnboardingPage";

export const metadata: Metadata = { title: "Onboarding" };

export default function Page() {
  return (
    <Suspense>
      <OnboardingPage />
    </Suspense>
  );
}
