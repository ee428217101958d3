"use client";

import {
  AreaSeries,
  createChart,
  type IChartApi,
  type ISeriesApi,
  type UTCTimestamp,
} from "lightweight-charts";
import { useEffect, useRef } from "react";
import { useTheme } from "@/lib/hooks/useTheme";
import type { CurvePoint } from "@/lib/trading/equity";
import { formatDecimal } from "@/lib/format/decimal";
import { chartColours } from "./colours";

interface LineChartProps {
  points: readonly CurvePoint[];
  digits: number;
  /** What the chart shows, in words: the drawing itself says nothing to a reader. */
  label: string;
}

/** Import it by next/dynamic: the library is loaded only where a chart is. */
export default function LineChart({ points, digits, label }: LineChartProps) {
  const holder = useRef<HTMLDivElement>(null);
  const chart = useRef<IChartApi | null>(null);
  const series = useRef<ISeriesApi<"Area"> | null>(null);
  const { shown } = useTheme();

  useEffect(() => {
    if (!holder.current) return;
    const made = createChart(holder.current, {
      autoSize: true,
      layout: { attributionLogo: true, fontFamily: "inherit", fontSize: 11 },
      rightPriceScale: { borderVisible: false },
      timeScale: { borderVisible: false, timeVisible: true, fixLeftEdge: true, fixRightEdge: true },
      localization: {
        priceFormatter: (price: number) => formatDecimal(price, digits),
        timeFormatter: (time: UTCTimestamp) => new Date(time * 1000).toLocaleString("en-GB"),
      },
      handleScroll: false,
      handleScale: false,
    });
    chart.current = made;
    series.current = made.addSeries(AreaSeries, { lineWidth: 2, priceLineVisible: false });
    return () => {
      chart.current = null;
      series.current = null;
      made.remove();
    };
  }, [digits]);

  useEffect(() => {
    const { text, line, accent } = chartColours();
    chart.current?.applyOptions({
      layout: { background: { color: "transparent" }, textColor: text },
      grid: { vertLines: { visible: false }, horzLines: { color: line } },
    });
    series.current?.applyOptions({ lineColor: accent, topColor: `${accent}40`, bottomColor: `${accent}00` });
  }, [shown, digits]);

  useEffect(() => {
    series.current?.setData(points.map(({ time, value }) => ({ time: time as UTCTimestamp, value })));
    chart.current?.timeScale().fitContent();
  }, [points, digits]);

  // A figure and no image: the attribution within is a link that must stay reachable.
  return <figure ref={holder} aria-label={label} className="size-full" />;
}
