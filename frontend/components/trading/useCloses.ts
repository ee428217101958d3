"use client";

import { useCallback, useState } from "react";
import { ApiProblem } from "@/lib/api/problem";
import { useClosePosition, type Position } from "@/lib/api/queries/trading";

export function positionKey({ broker_connection_id, ticket }: Position): string {
  return `${broker_connection_id}:${ticket}`;
}

export interface Close {
  jobId: string;
  symbol: string;
  connectionId: string;
  /** Of many that were sent at once none is announced by itself. */
  isAnnounced: boolean;
}

/** Sends closes, and remembers their jobs for as long as the page is there: a failed one would be gone from the list. */
export function useCloses() {
  const { mutateAsync } = useClosePosition();
  const [closes, setCloses] = useState<Readonly<Record<string, Close>>>({});

  const close = useCallback(
    async (
      position: Position,
      { volume, isAnnounced = true }: { volume?: string; isAnnounced?: boolean } = {},
    ) => {
      const { ticket, symbol, broker_connection_id: connectionId } = position;
      try {
        const job = await mutateAsync({ ticket, broker_connection_id: connectionId, volume });
        setCloses((known) => ({
          ...known,
          [positionKey(position)]: { jobId: job.id, symbol, connectionId, isAnnounced },
        }));
      } catch (error) {
        const told = error instanceof ApiProblem ? error.fieldErrors.volume : undefined;
        throw told ? new Error(`Volume: ${told}`, { cause: error }) : error;
      }
    },
    [mutateAsync],
  );

  return { closes, close };
}

export type Closes = ReturnType<typeof useCloses>;
