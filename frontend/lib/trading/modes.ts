import type { Schemas } from "@/lib/api/client";

export type Mode = Schemas["TradingMode"];

export const MODES: Record<Mode, { label: string; hint: string; consequence: string }> = {
  active: {
    label: "Active",
    hint: "Entries and exits are traded",
    consequence: "Alerts open positions again from now on, with real money on a real account.",
  },
  reducing: {
    label: "Reducing",
    hint: "Exits only",
    consequence: "Alerts and orders open nothing any more; what is open can still be closed.",
  },
  halted: {
    label: "Halted",
    hint: "Nothing is traded, exits neither",
    consequence:
      "Nothing is sent any more, exits neither: open positions stay open until their stops at the broker.",
  },
};
