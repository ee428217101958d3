import type { ReactNode } from "react";
import { AgentBanner } from "./AgentBanner";
import { NavList } from "./NavList";
import { Topbar } from "./Topbar";

export function Shell({ children }: { children: ReactNode }) {
  return (
    <>
      <a
        href="#content"
        className="fixed top-2 left-2 z-50 -translate-y-16 rounded-md bg-accent px-3 py-2 text-sm font-medium text-on-accent focus:translate-y-0"
      >
        Skip to content
      </a>
      <div className="flex min-h-dvh">
        <aside className="sticky top-0 hidden h-dvh w-52 shrink-0 flex-col gap-4 overflow-y-auto border-r bg-surface p-3 lg:flex">
          <p className="px-2 pt-1 font-semibold">
            ForexElite <span className="text-accent">Pro</span>
          </p>
          <NavList />
        </aside>
        <div className="flex min-w-0 flex-1 flex-col">
          <Topbar />
          <AgentBanner />
          <main
            id="content"
            tabIndex={-1}
            className="mx-auto w-full max-w-[1600px] flex-1 p-4 outline-none lg:p-6"
          >
            {children}
          </main>
        </div>
      </div>
    </>
  );
}
