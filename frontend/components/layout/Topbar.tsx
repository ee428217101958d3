"use client";

import { MenuIcon } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Sheet, SheetContent, SheetTrigger } from "@/components/ui/sheet";
import { ConnectionIndicator } from "./ConnectionIndicator";
import { FlattenButton } from "./FlattenButton";
import { NavList } from "./NavList";
import { TickerStrip } from "./TickerStrip";
import { TradingModeSwitch } from "./TradingModeSwitch";
import { UserMenu } from "./UserMenu";

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
        <div className="ml-auto flex items-center gap-1.5">
          <ConnectionIndicator />
          <TradingModeSwitch />
          <FlattenButton />
          <UserMenu />
        </div>
      </div>
      <div className="border-t px-3 py-1 md:hidden">
        <TickerStrip />
      </div>
    </header>
  );
}
