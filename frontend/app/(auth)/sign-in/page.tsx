import type { Metadata } from "next";
import { Suspense } from "react";
import { SignForm } from "@/features/auth/components/SignForm";

export const metadata: Metadata = { title: "Sign in" };

export default function Page() {
  return (
    <Suspense>
      <SignForm kind="in" />
    </Suspense>
  );
}
