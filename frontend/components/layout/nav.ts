import {
  ActivityIcon,
  BotIcon,
  CandlestickChartIcon,
  CodeIcon,
  LayoutDashboardIcon,
  LayersIcon,
  RadioIcon,
  ServerIcon,
  SettingsIcon,
  type LucideIcon,
} from "lucide-react";

export interface NavEntry {
  href: string;
  label: string;
  icon: LucideIcon;
}

/** In the order of a trading day: what is, what is traded, what trades by itself, what it all runs on. */
export const NAV: readonly { label: string; entries: readonly NavEntry[] }[] = [
  {
    label: "Trade",
    entries: [
      { href: "/", label: "Overview", icon: LayoutDashboardIcon },
      { href: "/trading/", label: "Live trading", icon: CandlestickChartIcon },
      { href: "/positions/", label: "Positions", icon: LayersIcon },
      { href: "/history/", label: "History", icon: ActivityIcon },
    ],
  },
  {
    label: "Automate",
    entries: [
      { href: "/signals/", label: "TV signals", icon: RadioIcon },
      { href: "/ea-studio/", label: "EA Studio", icon: CodeIcon },
      { href: "/deployments/", label: "Deployments", icon: BotIcon },
    ],
  },
  {
    label: "Set up",
    entries: [
      { href: "/agents/", label: "Agents", icon: ServerIcon },
      { href: "/settings/", label: "Settings", icon: SettingsIcon },
    ],
  },
];
