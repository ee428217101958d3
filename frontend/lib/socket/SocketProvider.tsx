"use client";

import { useQueryClient } from "@tanstack/react-query";
import { createContext, useContext, useEffect, useMemo, useState, type ReactNode } from "react";
import { api, unwrap } from "@/lib/api/client";
import { receiveTicks } from "@/lib/stores/priceStore";
import { Connection, type Socket } from "./connection";
import { applyNews, catchUp } from "./news";
import { useConnectionState } from "./store";

const ConnectionContext = createContext<Connection | null>(null);

async function openTicket(): Promise<string> {
  const { url, ticket } = await unwrap(api().POST("/auth/socket-ticket"));
  const address = new URL(url);
  address.searchParams.set("ticket", ticket);
  return address.href;
}

/** The one socket of the dashboard; it lives as long as somebody is signed in. */
export function SocketProvider({ children }: { children: ReactNode }) {
  const queryClient = useQueryClient();
  const [connection] = useState(
    () =>
      new Connection({
        openTicket,
        makeSocket: (url) => new WebSocket(url) as Socket,
        onMessage: (message) => {
          if (message.type === "prices") receiveTicks(message.prices);
          else applyNews(queryClient, message);
        },
        onState: (state) => {
          useConnectionState.setState(state, true);
          if (state.status === "open") catchUp(queryClient);
        },
      }),
  );

  useEffect(() => {
    connection.start();
    const nudge = () => {
      if (document.visibilityState === "visible") connection.nudge();
    };
    window.addEventListener("online", nudge);
    document.addEventListener("visibilitychange", nudge);
    return () => {
      window.removeEventListener("online", nudge);
      document.removeEventListener("visibilitychange", nudge);
      connection.stop();
    };
  }, [connection]);

  return <ConnectionContext value={connection}>{children}</ConnectionContext>;
}

/** Streams these instruments into the priceStore while the component is there. Watchers of one share a subscription. */
export function useInstruments(instruments: readonly string[]): void {
  const connection = useContext(ConnectionContext);
  if (!connection) throw new Error("useInstruments needs a SocketProvider above it");
  // By content: a list that is made anew on each render must not subscribe anew.
  const key = [...new Set(instruments)].sort().join("\n");
  const names = useMemo(() => (key === "" ? [] : key.split("\n")), [key]);
  useEffect(() => connection.watch(names), [connection, names]);
}
