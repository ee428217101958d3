import type { ReactNode } from "react";
import { AuthGuard } from "@/components/layout/AuthGuard";
import { Shell } from "@/components/layout/Shell";
import { SocketProvider } from "@/lib/socket/SocketProvider";

export default function DashboardLayout({ children }: { children: ReactNode }) {
  return (
    <AuthGuard>
      <SocketProvider>
        <Shell>{children}</Shell>
      </SocketProvider>
    </AuthGuard>
  );
}
