"use client";

import { useEffect, useMemo, useState } from "react";
import { DataTable, type Column } from "@/components/data/DataTable";
import { PnL } from "@/components/data/PnL";
import { EmptyState } from "@/components/data/states";
import { PageHeader } from "@/components/layout/PageHeader";
import { SideLabel } from "@/components/trading/SideLabel";
import { useCurrencies } from "@/components/trading/useCurrencies";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Field } from "@/components/ui/field";
import { Input, NativeSelect } from "@/components/ui/input";
import { useConnections } from "@/lib/api/queries/account";
import { useHistory, type HistoryFilter, type TradeEvent } from "@/lib/api/queries/trading";
import { formatDecimal, formatVolume } from "@/lib/format/decimal";
import { formatDateTime, formatShort, zoneLabel } from "@/lib/format/time";
import { useFilters } from "@/lib/hooks/useFilters";
import { formatPrice } from "@/lib/trading/instrument";
import { reasonInWords } from "@/lib/trading/reasons";
import { isKind, KINDS, realisedBy } from "../events";
import { dayRange } from "../range";
import { ExportButton } from "./ExportButton";
import { Totals } from "./Totals";

const DEFAULTS = { account: "", symbol: "", kind: "", from: "", to: "" };

export function HistoryPage() {
  const { filters, setFilters, isFiltered } = useFilters(DEFAULTS);
  const { data: connections } = useConnections();
  const currencies = useCurrencies();
  const { account, symbol, kind, from, to } = filters;
  const filter = useMemo<HistoryFilter>(
    () => ({
      ...(account && { broker_connection_id: account }),
      ...(symbol && { symbol }),
      ...(isKind(kind) && { event_type: kind }),
      ...dayRange(from, to),
    }),
    [account, symbol, kind, from, to],
  );
  const history = useHistory(filter);
  const columns = useMemo(() => columnsFor(currencies), [currencies]);
  const isBackwards = from !== "" && to !== "" && from > to;

  return (
    <>
      <PageHeader
        title="History"
        description={`Orders, and the deals they became. Times in ${zoneLabel()}.`}
        actions={<ExportButton filter={filter} isEmpty={history.data?.items.length === 0} />}
      />
      <div
        role="search"
        aria-label="Filter"
        className="mb-4 grid grid-cols-2 gap-3 sm:flex sm:flex-wrap sm:items-start"
      >
        <SymbolFilter value={symbol} onChange={(next) => setFilters({ symbol: next })} />
        <Field label="Kind">
          {(control) => (
            <NativeSelect
              {...control}
              value={kind}
              onChange={(event) => setFilters({ kind: event.target.value })}
            >
              <option value="">All kinds</option>
              {Object.entries(KINDS).map(([value, label]) => (
                <option key={value} value={value}>
                  {label}
                </option>
              ))}
            </NativeSelect>
          )}
        </Field>
        <Field label="From">
          {(control) => (
            <Input
              {...control}
              type="date"
              max={to || undefined}
              value={from}
              onChange={(event) => setFilters({ from: event.target.value })}
            />
          )}
        </Field>
        <Field label="To" error={isBackwards ? "Before its beginning" : undefined}>
          {(control) => (
            <Input
              {...control}
              type="date"
              min={from || undefined}
              value={to}
              onChange={(event) => setFilters({ to: event.target.value })}
            />
          )}
        </Field>
        {connections && connections.items.length > 1 && (
          <Field label="Account">
            {(control) => (
              <NativeSelect
                {...control}
                value={account}
                onChange={(event) => setFilters({ account: event.target.value })}
              >
                <option value="">All accounts</option>
                {connections.items.map(({ id, name }) => (
                  <option key={id} value={id}>
                    {name}
                  </option>
                ))}
              </NativeSelect>
            )}
          </Field>
        )}
        {isFiltered && (
          <Button variant="ghost" className="self-end sm:mt-6" onClick={() => setFilters(DEFAULTS)}>
            Clear
          </Button>
        )}
      </div>
      <Totals totals={history.data?.totals} />
      <Card title="Events" isFlush className={history.isPlaceholderData ? "opacity-60" : ""}>
        <DataTable
          caption="History"
          columns={columns}
          query={{ ...history, data: history.data?.items }}
          rowKey={({ id }) => id}
          skeletonRows={10}
          empty={
            isFiltered ? (
              <EmptyState
                title="Nothing matches"
                action={<Button onClick={() => setFilters(DEFAULTS)}>Clear the filter</Button>}
              >
                Symbols are compared exactly as the broker spells them.
              </EmptyState>
            ) : (
              <EmptyState title="Nothing has been traded yet">
                Every order, fill and close is kept here for good, from the first one on.
              </EmptyState>
            )
          }
        />
      </Card>
    </>
  );
}

const PAUSE_MS = 400;

/** Asked for once the typing rests, not at each letter. */
function SymbolFilter({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const [text, setText] = useState(value);
  const [shown, setShown] = useState({ value, sent: value });
  // A filter that was changed from elsewhere, not by what was typed here a moment ago.
  if (value !== shown.value) {
    setShown({ value, sent: value });
    if (value !== shown.sent) setText(value);
  }
  useEffect(() => {
    const typed = text.trim();
    if (typed === value) return;
    const timer = setTimeout(() => {
      setShown((before) => ({ ...before, sent: typed }));
      onChange(typed);
    }, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text, value, onChange]);
  return (
    <Field label="Symbol">
      {(control) => (
        <Input
          {...control}
          className="sm:w-32"
          placeholder="All"
          autoComplete="off"
          spellCheck={false}
          maxLength={32}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      )}
    </Field>
  );
}

function columnsFor(currencies: Readonly<Record<string, string | undefined>>): readonly Column<TradeEvent>[] {
  const price = ({ symbol }: TradeEvent, value: number | null | undefined) =>
    value == null || symbol == null ? <span className="text-muted">–</span> : formatPrice(symbol, value);
  return [
    {
      id: "at",
      head: "Time",
      className: "whitespace-nowrap tabular-nums",
      cell: ({ created_at }) => (
        <time dateTime={created_at} title={formatDateTime(created_at)} className="text-muted">
          {formatShort(created_at)}
        </time>
      ),
    },
    {
      id: "what",
      head: "Event",
      className: "py-1",
      cell: (event) => (
        <>
          <span className="whitespace-nowrap">{KINDS[event.event_type]}</span>
          <span className="block text-xs text-muted sm:hidden">
            {event.symbol} {event.volume != null && formatVolume(event.volume)}
          </span>
          {event.reason_code && (
            <span className="block text-xs text-muted">{reasonInWords(event.reason_code, event.notes)}</span>
          )}
        </>
      ),
    },
    {
      id: "symbol",
      head: "Symbol",
      from: "sm",
      className: "font-medium",
      cell: ({ symbol }) => symbol ?? "–",
    },
    {
      id: "side",
      head: "Side",
      from: "sm",
      cell: ({ direction }) => (direction ? <SideLabel side={direction === "LONG" ? "buy" : "sell"} /> : "–"),
    },
    {
      id: "volume",
      head: "Lots",
      align: "right",
      from: "sm",
      className: "tabular-nums",
      cell: ({ volume }) => (volume == null ? "–" : formatVolume(volume)),
    },
    {
      id: "price",
      head: "Price",
      align: "right",
      from: "sm",
      className: "tabular-nums",
      cell: (event) => price(event, event.exit_price ?? event.entry_price),
    },
    {
      id: "stops",
      head: "SL / TP",
      align: "right",
      from: "lg",
      className: "tabular-nums whitespace-nowrap",
      cell: (event) =>
        event.sl == null && event.tp == null ? (
          <span className="text-muted">–</span>
        ) : (
          <>
            {price(event, event.sl)} / {price(event, event.tp)}
          </>
        ),
    },
    {
      id: "order",
      head: "Order",
      align: "right",
      from: "xl",
      className: "text-muted tabular-nums",
      cell: ({ external_order_id }) => external_order_id ?? "–",
    },
    {
      id: "comment",
      head: "Comment",
      from: "xl",
      className: "max-w-40 truncate text-muted",
      cell: ({ comment }) => comment ?? "",
    },
    {
      id: "profit",
      head: "Realised",
      align: "right",
      className: "font-medium",
      cell: (event) => {
        const realised = realisedBy(event);
        if (realised === null) return <span className="text-muted">–</span>;
        const currency = currencies[event.broker_connection_id ?? ""];
        return currency ? (
          <PnL value={realised} currency={currency} />
        ) : (
          <span className="tabular-nums">{formatDecimal(realised, 2, { sign: true })}</span>
        );
      },
    },
  ];
}
