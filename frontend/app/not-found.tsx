import Link from "next/link";
import { buttonVariants } from "@/components/ui/button";

export default function NotFound() {
  return (
    <main className="grid min-h-dvh place-items-center p-6">
      <div className="grid justify-items-center gap-3 text-center">
        <h1 className="text-lg font-semibold">There is no such page</h1>
        <p className="text-sm text-muted">The address may be mistyped, or the page has moved.</p>
        <Link href="/" className={buttonVariants({ variant: "primary" })}>
          To the overview
        </Link>
      </div>
    </main>
  );
}
