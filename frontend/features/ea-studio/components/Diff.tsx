import dynamic from "next/dynamic";
import { Skeleton } from "@/components/ui/skeleton";

export const Diff = dynamic(() => import("../monaco/DiffView").then((module) => module.DiffView), {
  ssr: false,
  loading: () => <Skeleton className="h-full w-full" />,
});
