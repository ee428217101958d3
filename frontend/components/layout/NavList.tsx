"use client";

import Link from "next/link";
import { usePathname } from "next/navigation";
import { cn } from "@/lib/cn";
import { NAV } from "./nav";

export function NavList({ onNavigate }: { onNavigate?: () => void }) {
  const pathname = usePathname();
  const isHere = (href: string) => (href === "/" ? pathname === "/" : `${pathname}/`.startsWith(href));
  return (
    <nav aria-label="Pages" className="grid gap-4">
      {NAV.map((group) => (
        <div key={group.label} className="grid gap-0.5">
          <p className="px-2 py-1 text-xs text-muted">{group.label}</p>
          {group.entries.map(({ href, label, icon: Icon }) => (
            <Link
              key={href}
              href={href}
              prefetch={false}
              onClick={onNavigate}
              aria-current={isHere(href) ? "page" : undefined}
              className={cn(
                "flex h-8 items-center gap-2.5 rounded-md px-2 text-sm font-medium",
                isHere(href) ? "bg-hover text-fg" : "text-muted hover:bg-hover/60 hover:text-fg",
              )}
            >
              <Icon className="size-4" aria-hidden />
              {label}
            </Link>
          ))}
        </div>
      ))}
    </nav>
  );
}
