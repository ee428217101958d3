"use client";

import { useWatchlist } from "@/lib/hooks/useWatchlist";
import { useInstruments } from "@/lib/socket/SocketProvider";
import { usePrice } from "@/lib/stores/priceStore";
import { formatPrice } from "@/lib/trading/instrument";

export function TickerStrip() {
  const instruments = useWatchlist();
  useInstruments(instruments);
  return (
    <ul
      aria-label="Prices"
      tabIndex={0}
      className="flex [scrollbar-width:none] gap-4 overflow-x-auto rounded-sm whitespace-nowrap"
    >
      {instruments.map((instrument) => (
        <TickerItem key={instrument} instrument={instrument} />
      ))}
    </ul>
  );
}

const ARROWS = { up: "▲", down: "▼", same: "" } as const;
const TONES = { up: "text-profit", down: "text-loss", same: "" } as const;

function TickerItem({ instrument }: { instrument: string }) {
  const price = usePrice(instrument);
  return (
    <li className="flex items-baseline gap-1.5 text-xs">
      <span className="text-muted">{instrument}</span>
      <span className="min-w-14 font-medium tabular-nums">
        {price ? formatPrice(instrument, price.bid) : "–"}
      </span>
      <span aria-hidden className={`w-2.5 text-[0.6rem] ${price ? TONES[price.move] : ""}`}>
        {price && ARROWS[price.move]}
      </span>
    </li>
  );
}
