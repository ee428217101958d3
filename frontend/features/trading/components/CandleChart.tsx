"use client";

import {
  CandlestickSeries,
  createChart,
  LineStyle,
  TickMarkType,
  type IChartApi,
  type IPriceLine,
  type ISeriesApi,
  type Time,
  type UTCTimestamp,
} from "lightweight-charts";
import { useEffect, useMemo, useRef } from "react";
import { chartColours } from "@/components/charts/colours";
import type { Candle, Timeframe } from "@/lib/api/queries/prices";
import { formatDateTime, formatShort, zoneLabel } from "@/lib/format/time";
import { useTheme } from "@/lib/hooks/useTheme";
import { usePriceStore, type Price } from "@/lib/stores/priceStore";
import { digitsOf, formatPrice } from "@/lib/trading/instrument";
import { advance, barOf, barTime, withGaps, withLive, type Bar } from "../bars";

export interface PriceLevel {
  id: string;
  price: number;
  kind: "open" | "stop" | "target";
  label: string;
}

interface CandleChartProps {
  instrument: string;
  timeframe: Timeframe;
  candles: readonly Candle[];
  levels: readonly PriceLevel[];
  /** A bar ended: what is stored of it is truer than what was seen here. */
  onBarEnd: () => void;
}

const TIME_PARTS: Partial<Record<TickMarkType, Intl.DateTimeFormatOptions>> = {
  [TickMarkType.Year]: { year: "numeric" },
  [TickMarkType.Month]: { month: "short" },
  [TickMarkType.DayOfMonth]: { day: "numeric", month: "short" },
};

/** A day's bar is a day in UTC; all shorter ones are times in the user's zone. */
function axisLabel(time: Time, type: TickMarkType, isDaily: boolean): string {
  const parts = TIME_PARTS[type] ?? { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  return new Intl.DateTimeFormat("en-GB", { ...parts, ...(isDaily && { timeZone: "UTC" }) }).format(
    new Date((time as number) * 1000),
  );
}

/** Import it by next/dynamic. Prices move the drawing past React: no component renders for a tick. */
export default function CandleChart({ instrument, timeframe, candles, levels, onBarEnd }: CandleChartProps) {
  const holder = useRef<HTMLDivElement>(null);
  const legend = useRef<HTMLParagraphElement>(null);
  const parts = useRef<{ chart: IChartApi; series: ISeriesApi<"Candlestick"> } | null>(null);
  const lines = useRef(new Map<string, IPriceLine>());
  /** What prices have made of the newest bar; the stored ones never take it back. */
  const live = useRef<Bar | undefined>(undefined);
  const { shown } = useTheme();
  const digits = digitsOf(instrument, ...candles.slice(-20).map(({ close }) => close));
  const stored = useMemo(() => candles.map(barOf), [candles]);

  // One chart for each instrument and timeframe: nothing of the one before may show through.
  useEffect(() => {
    if (!holder.current) return;
    const isDaily = timeframe === "D1";
    const chart = createChart(holder.current, {
      autoSize: true,
      layout: { attributionLogo: true, fontFamily: "inherit", fontSize: 11 },
      rightPriceScale: { borderVisible: false },
      timeScale: {
        borderVisible: false,
        timeVisible: !isDaily,
        secondsVisible: false,
        rightOffset: 6,
        barSpacing: 8,
        tickMarkFormatter: (time: Time, type: TickMarkType) => axisLabel(time, type, isDaily),
      },
      localization: {
        timeFormatter: (time: UTCTimestamp) =>
          isDaily
            ? new Date(time * 1000).toLocaleDateString("en-GB", { dateStyle: "medium", timeZone: "UTC" })
            : formatShort(time * 1000),
      },
    });
    const series = chart.addSeries(CandlestickSeries, {
      priceFormat: { type: "price", precision: digits, minMove: 10 ** -digits },
      borderVisible: true,
    });
    parts.current = { chart, series };
    live.current = undefined;
    const known = lines.current;
    const tell = (bar: Bar | undefined) => {
      if (!legend.current) return;
      const show = (price: number) => formatPrice(instrument, price);
      legend.current.textContent = bar
        ? `O ${show(bar.open)}  H ${show(bar.high)}  L ${show(bar.low)}  C ${show(bar.close)}`
        : `Times in ${isDaily ? "UTC" : zoneLabel()}`;
    };
    tell(undefined);
    chart.subscribeCrosshairMove(({ time, seriesData }) => {
      const bar = time === undefined ? undefined : (seriesData.get(series) as Partial<Bar> | undefined);
      tell(bar?.open === undefined ? undefined : (bar as Bar));
    });
    return () => {
      parts.current = null;
      known.clear();
      chart.remove();
    };
  }, [instrument, timeframe, digits]);

  useEffect(() => {
    if (!parts.current) return;
    const { chart, series } = parts.current;
    const { text, line, profit, loss } = chartColours();
    chart.applyOptions({
      layout: { background: { color: "transparent" }, textColor: text },
      grid: { vertLines: { color: line }, horzLines: { color: line } },
    });
    // Rising bars are hollow, so that colour is not the only difference.
    series.applyOptions({
      upColor: "transparent",
      downColor: loss,
      borderUpColor: profit,
      borderDownColor: loss,
      wickUpColor: profit,
      wickDownColor: loss,
      priceLineColor: text,
    });
  }, [shown, instrument, timeframe, digits]);

  useEffect(() => {
    parts.current?.series.setData(asData(withGaps(withLive(stored, live.current), timeframe)));
  }, [stored, instrument, timeframe, digits]);

  useEffect(() => {
    let told: string | undefined;
    const move = (price: Price | undefined) => {
      if (!price || price.ts === told || !parts.current) return;
      told = price.ts;
      const time = barTime(price.ts, timeframe);
      const known = withLive(stored, live.current).at(-1);
      const bar = advance(known, price.bid, time);
      if (!bar) return;
      const isNext = known !== undefined && bar.time > known.time;
      live.current = bar;
      if (isNext) {
        // With the empty times before it, if there are any.
        parts.current.series.setData(
          asData(withGaps(withLive([...stored, ...tail(stored, known)], bar), timeframe)),
        );
        onBarEnd();
      } else {
        parts.current.series.update(asData([bar])[0]!);
      }
    };
    move(usePriceStore.getState().prices[instrument]);
    return usePriceStore.subscribe(({ prices }) => move(prices[instrument]));
  }, [stored, instrument, timeframe, digits, onBarEnd]);

  useEffect(() => {
    if (!parts.current) return;
    const { series } = parts.current;
    const { accent, profit, loss } = chartColours();
    const colours = { open: accent, stop: loss, target: profit };
    const wanted = new Set(levels.map(({ id }) => id));
    for (const [id, line] of lines.current) {
      if (wanted.has(id)) continue;
      series.removePriceLine(line);
      lines.current.delete(id);
    }
    for (const { id, price, kind, label } of levels) {
      const options = {
        price,
        color: colours[kind],
        lineWidth: 1 as const,
        lineStyle: kind === "open" ? LineStyle.Solid : LineStyle.Dashed,
        axisLabelVisible: true,
        title: label,
      };
      const line = lines.current.get(id);
      if (line) line.applyOptions(options);
      else lines.current.set(id, series.createPriceLine(options));
    }
  }, [levels, shown, instrument, timeframe, digits]);

  const last = candles.at(-1);
  return (
    <div className="relative size-full">
      <p
        ref={legend}
        aria-hidden
        className="pointer-events-none absolute top-1 left-2 z-10 min-h-4 text-xs whitespace-pre text-muted tabular-nums"
      />
      {/* A figure and no image: the attribution within is a link that must stay reachable. */}
      <figure
        ref={holder}
        aria-label={`${instrument}, ${timeframe} candles${last ? ` up to ${formatDateTime(last.ts)}` : ""}`}
        className="size-full"
      />
    </div>
  );
}

/** A bar that prices began and that is not stored yet, when the next one begins already. */
function tail(stored: readonly Bar[], known: Bar): Bar[] {
  const last = stored.at(-1);
  return last === undefined || known.time > last.time ? [known] : [];
}

function asData(slots: readonly { time: number }[]) {
  return slots.map((slot) => ({ ...slot, time: slot.time as UTCTimestamp }));
}
