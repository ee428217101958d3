"use client";

import { MenuIcon } from "lucide-react";
import dynamic from "next/dynamic";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Sheet, SheetContent, SheetTrigger } from "@/components/ui/sheet";
import { Skeleton } from "@/components/ui/skeleton";
import { NavList } from "./NavList";
import { TickerStrip } from "./TickerStrip";

// Menus and dialogs weigh more than what the page shows first; their place is kept.
const TopbarControls = dynamic(() => import("./TopbarControls"), {
  ssr: false,
  loading: () => <Skeleton className="ml-auto h-8 w-40 sm:w-80" />,
});

export function Topbar() {
  const [isNavOpen, setNavOpen] = useState(false);
  return (
    <header className="sticky top-0 z-30 border-b bg-surface">
      <div className="flex h-12 items-center gap-2 px-3 lg:px-6">
        <Sheet open={isNavOpen} onOpenChange={setNavOpen}>
          <SheetTrigger asChild>
            <Button variant="ghost" size="icon" className="lg:hidden" aria-label="Open the menu">
              <MenuIcon aria-hidden />
            </Button>
          </SheetTrigger>
          <SheetContent title="ForexElite Pro" side="left" className="w-64">
            <NavList onNavigate={() => setNavOpen(false)} />
          </SheetContent>
        </Sheet>
        <div className="hidden min-w-0 flex-1 md:block">
          <TickerStrip />
        </div>
        <TopbarControls />
      </div>
      <div className="border-t px-3 py-1 md:hidden">
        <TickerStrip />
      </div>
    </header>
  );
}
