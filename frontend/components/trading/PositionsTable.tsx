"use client";

import { useMemo, type ReactNode } from "react";
import { DataTable, type Column } from "@/components/data/DataTable";
import { RelativeTime } from "@/components/data/RelativeTime";
import { PnL } from "@/components/data/PnL";
import { useJob, type Position } from "@/lib/api/queries/trading";
import { formatVolume } from "@/lib/format/decimal";
import { useInstruments } from "@/lib/socket/SocketProvider";
import { formatPrice } from "@/lib/trading/instrument";
import { jobInWords } from "@/lib/trading/jobReport";
import { CloseButton } from "./CloseButton";
import { CloseAnnouncements } from "./CloseProgress";
import { ClosingPrice, LiveProfit, quotedNames } from "./live";
import { SideLabel } from "./SideLabel";
import { positionKey, type Closes } from "./useCloses";

interface PositionsTableProps {
  caption: string;
  query: {
    data: readonly Position[] | undefined;
    error: unknown;
    isPending: boolean;
    refetch: () => unknown;
  };
  currencies: Readonly<Record<string, string | undefined>>;
  /** By broker connection, where there are several. */
  accountNames?: Readonly<Record<string, string | undefined>>;
  closes: Closes;
  /** Beside other things: what can be missed is left out. */
  isCompact?: boolean;
  empty: ReactNode;
}

const NONE: readonly Position[] = [];

const level = (symbol: string, price: number | null | undefined) =>
  price == null ? <span className="text-muted">–</span> : formatPrice(symbol, price);

function detailsFor(currencies: Readonly<Record<string, string | undefined>>): readonly Column<Position>[] {
  return [
    {
      id: "swap",
      head: "Swap",
      align: "right",
      from: "xl",
      cell: ({ swap, broker_connection_id }) => {
        const currency = currencies[broker_connection_id];
        return swap === 0 || !currency ? (
          <span className="text-muted">–</span>
        ) : (
          <PnL value={swap} currency={currency} />
        );
      },
    },
    {
      id: "by",
      head: "Opened",
      from: "xl",
      className: "max-w-48 truncate",
      cell: ({ opened_at, strategy_name, magic_number }) => (
        <>
          <RelativeTime at={opened_at} />
          <span className="text-muted">
            {" "}
            by {strategy_name ?? (magic_number === 0 ? "hand" : `magic ${magic_number}`)}
          </span>
        </>
      ),
    },
  ];
}

/** Open positions with what they earn now. A tick draws the cells of its own symbol only. */
export function PositionsTable({
  caption,
  query,
  currencies,
  accountNames,
  closes: { closes, close },
  isCompact = false,
  empty,
}: PositionsTableProps) {
  const positions = query.data ?? NONE;
  useInstruments(useMemo(() => quotedNames(positions, currencies), [positions, currencies]));

  const columns = useMemo<readonly Column<Position>[]>(
    () => [
      {
        id: "position",
        head: "Position",
        className: "py-1 whitespace-nowrap",
        cell: ({ symbol, side, volume, open_price }) => (
          <>
            <span className="font-medium">{symbol}</span>
            <span className="ml-2 text-muted">
              <SideLabel side={side} /> <span className="tabular-nums">{formatVolume(volume)}</span>
            </span>
            <span className="block text-xs text-muted tabular-nums md:hidden">
              {formatPrice(symbol, open_price)} → <ClosingPrice symbol={symbol} side={side} />
            </span>
          </>
        ),
      },
      {
        id: "open",
        head: "Open",
        align: "right",
        from: "md",
        className: "tabular-nums",
        cell: ({ symbol, open_price }) => formatPrice(symbol, open_price),
      },
      {
        id: "now",
        head: "Now",
        align: "right",
        from: "md",
        cell: ({ symbol, side }) => <ClosingPrice symbol={symbol} side={side} />,
      },
      {
        id: "sl",
        head: "Stop loss",
        align: "right",
        from: "lg",
        className: "tabular-nums",
        cell: ({ symbol, sl }) => level(symbol, sl),
      },
      {
        id: "tp",
        head: "Take profit",
        align: "right",
        from: "lg",
        className: "tabular-nums",
        cell: ({ symbol, tp }) => level(symbol, tp),
      },
      ...(isCompact ? [] : detailsFor(currencies)),
      ...(accountNames
        ? [
            {
              id: "account",
              head: "Account",
              from: "lg" as const,
              className: "max-w-40 truncate",
              cell: ({ broker_connection_id }: Position) => accountNames[broker_connection_id] ?? "–",
            },
          ]
        : []),
      {
        id: "profit",
        head: "P&L",
        align: "right",
        className: "font-medium",
        cell: (position) => {
          const currency = currencies[position.broker_connection_id];
          return currency ? <LiveProfit position={position} currency={currency} /> : <span>–</span>;
        },
      },
      {
        id: "close",
        head: <span className="sr-only">Close</span>,
        align: "right",
        className: "w-px whitespace-nowrap",
        cell: (position) => (
          <CloseCell
            position={position}
            currency={currencies[position.broker_connection_id]}
            isCompact={isCompact}
            sentJobId={closes[positionKey(position)]?.jobId}
            onClose={(which, volume) => close(which, { volume })}
          />
        ),
      },
    ],
    [currencies, accountNames, closes, close, isCompact],
  );

  return (
    <>
      <DataTable
        caption={caption}
        columns={columns}
        query={query}
        rowKey={positionKey}
        empty={empty}
        skeletonRows={3}
      />
      <CloseAnnouncements closes={closes} currencies={currencies} />
    </>
  );
}

interface CloseCellProps {
  position: Position;
  isCompact: boolean;
  currency: string | undefined;
  /** Of a close that this page has sent: it is known before the list names it, and after. */
  sentJobId: string | undefined;
  onClose: (position: Position, volume: string | undefined) => Promise<void>;
}

function CloseCell({ position, isCompact, currency, sentJobId, onClose }: CloseCellProps) {
  const jobId = position.closing_job_id ?? sentJobId ?? null;
  const { data: job } = useJob(jobId);
  const story = jobId === null ? null : jobInWords(job, position.symbol, currency);
  if (story?.outcome === "underway") {
    return (
      <span role="status" title={story.text} className="inline-flex h-7 items-center text-xs text-muted">
        <span className="animate-pulse">Closing…</span>
        {!isCompact && <span className="ml-1 hidden xl:inline">{story.text.toLowerCase()}</span>}
      </span>
    );
  }
  return (
    <span className="inline-flex items-center gap-2">
      {story?.outcome === "failed" && (
        <span role="status" className="max-w-56 text-xs whitespace-normal text-loss">
          {story.text}
        </span>
      )}
      <CloseButton position={position} currency={currency} onClose={onClose} />
    </span>
  );
}
