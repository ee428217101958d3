"use client";

import Link from "next/link";
import { useRef, useState } from "react";
import { EmptyState } from "@/components/data/states";
import { Button, buttonVariants } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Field } from "@/components/ui/field";
import { Input, NativeSelect } from "@/components/ui/input";
import { Segmented } from "@/components/ui/segmented";
import { Skeleton } from "@/components/ui/skeleton";
import { toastError } from "@/components/ui/toaster";
import type { Schemas } from "@/lib/api/client";
import { useSettings } from "@/lib/api/queries/account";
import { ApiProblem } from "@/lib/api/problem";
import { usePlaceOrder, type AccountState } from "@/lib/api/queries/trading";
import { decimal, formatDecimal, fractionDigits, formatVolume } from "@/lib/format/decimal";
import { usePriceStore } from "@/lib/stores/priceStore";
import { reasonInWords } from "@/lib/trading/reasons";
import { entryPrice, readTicket, serverErrors, type Ticket, type TicketErrors } from "../ticket";
import { EstimatePanel } from "./EstimatePanel";
import { OrderProgress, type SentOrder } from "./OrderProgress";
import { SideChoice } from "./SideChoice";

interface OrderTicketProps {
  instrument: string;
  connections: readonly Schemas["BrokerConnection"][] | undefined;
  connection: Schemas["BrokerConnection"] | undefined;
  onConnection: (id: string) => void;
  account: AccountState | undefined;
  sent: readonly SentOrder[];
  onSent: (order: SentOrder) => void;
  onDismiss: (jobId: string) => void;
}

const SIZE_BY = [
  { value: "risk", label: "Risk %" },
  { value: "lots", label: "Lots" },
] as const;
const STOPS_BY = [
  { value: "pips", label: "Pips" },
  { value: "price", label: "Price" },
] as const;
const STOPS = [
  { name: "stop", label: "Stop loss" },
  { name: "target", label: "Take profit" },
] as const;

const EMPTY: Ticket = { side: "buy", sizeBy: "risk", size: "", stopsBy: "pips", stop: "", target: "" };

/** `1.00` as `1`, so that it can be typed over. */
const short = (value: number) => formatDecimal(value, fractionDigits(value)).replaceAll(",", "");

export function OrderTicket({
  instrument,
  connections,
  connection,
  onConnection,
  account,
  sent,
  onSent,
  onDismiss,
}: OrderTicketProps) {
  const { data: settings } = useSettings();
  const place = usePlaceOrder();
  const [typed, setTyped] = useState(EMPTY);
  const [errors, setErrors] = useState<TicketErrors>({});
  const [refusal, setRefusal] = useState<string | null>(null);
  /** It may have arrived. Pressed again it goes out as it was, old price and all: the same body is the same order. */
  const unanswered = useRef<Schemas["NewOrder"] | null>(null);

  // Until something is typed, the risk is that of the settings.
  const usual = typed.sizeBy === "risk" && settings ? short(settings.risk_percent) : "";
  const ticket: Ticket = { ...typed, size: typed.size === "" ? usual : typed.size };
  const change = (next: Partial<Ticket>) => {
    setTyped((before) => ({ ...before, ...next }));
    setErrors({});
    setRefusal(null);
  };

  const send = async (order: Schemas["NewOrder"], what: string) => {
    setErrors({});
    setRefusal(null);
    try {
      const job = await place.mutateAsync(order);
      unanswered.current = null;
      onSent({ jobId: job.id, symbol: order.symbol, what });
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      const isUnknown = error.status === 0 || error.status >= 500;
      unanswered.current = isUnknown ? order : null;
      if (isUnknown || error.isTransient) {
        toastError("The order was not confirmed", error, () => void send(order, what));
        return;
      }
      const fields = serverErrors(error.fieldErrors);
      setErrors(fields);
      if (Object.keys(fields).length === 0) setRefusal(refusalInWords(error));
    }
  };

  const submit = () => {
    if (!connection) return;
    const quote = usePriceStore.getState().prices[instrument];
    const { order: typedOrder, errors: found } = readTicket(ticket, quote);
    if (!typedOrder) {
      setErrors(found);
      return;
    }
    const order: Schemas["NewOrder"] = {
      broker_connection_id: connection.id,
      symbol: instrument,
      side: ticket.side,
      ...typedOrder,
      ...(quote && { price: entryPrice(ticket.side, quote) }),
    };
    const before = unanswered.current;
    const isSame =
      before !== null && JSON.stringify({ ...before, price: order.price }) === JSON.stringify(order);
    const word = ticket.side === "buy" ? "Buy" : "Sell";
    const size =
      typedOrder.volume == null ? `${ticket.size} % risk` : formatVolume(decimal(typedOrder.volume));
    void send(isSame ? before : order, `${word} ${size} ${instrument}`);
  };

  return (
    <Card title="Order">
      {connections === undefined ? (
        <div className="grid gap-3">
          {Array.from({ length: 6 }, (_, index) => (
            <Skeleton key={index} className="h-10" />
          ))}
        </div>
      ) : connections.length === 0 ? (
        <EmptyState
          title="No broker connection yet"
          action={
            <Link href="/agents/" prefetch={false} className={buttonVariants({ variant: "primary" })}>
              Pair an agent
            </Link>
          }
        >
          Orders go to your MetaTrader 5 terminal by an agent that runs beside it.
        </EmptyState>
      ) : (
        // Return in a field sends nothing: an order is placed by its button only.
        <form
          aria-label="Order"
          noValidate
          className="grid gap-3"
          onSubmit={(event) => event.preventDefault()}
        >
          {connections.length > 1 && (
            <Field label="Account">
              {(control) => (
                <NativeSelect
                  {...control}
                  value={connection?.id}
                  onChange={(event) => onConnection(event.target.value)}
                >
                  {connections.map(({ id, name, is_active }) => (
                    <option key={id} value={id} disabled={!is_active}>
                      {name}
                      {is_active ? "" : " (switched off)"}
                    </option>
                  ))}
                </NativeSelect>
              )}
            </Field>
          )}
          <SideChoice instrument={instrument} side={ticket.side} onChange={(side) => change({ side })} />
          <div className="grid grid-cols-[1fr_auto] items-start gap-2">
            <Field label={ticket.sizeBy === "risk" ? "Risk in % of equity" : "Lots"} error={errors.size}>
              {(control) => (
                <Input
                  {...control}
                  inputMode="decimal"
                  autoComplete="off"
                  placeholder={usual || "0.10"}
                  value={typed.size}
                  onChange={(event) => change({ size: event.target.value })}
                />
              )}
            </Field>
            <div className="pt-6">
              <Segmented
                label="Size by"
                value={ticket.sizeBy}
                options={SIZE_BY}
                onChange={(sizeBy) => change({ sizeBy, size: "" })}
              />
            </div>
          </div>
          <div className="grid grid-cols-[1fr_1fr_auto] items-start gap-2">
            {STOPS.map(({ name, label }) => (
              <Field key={name} label={label} error={errors[name]}>
                {(control) => (
                  <Input
                    {...control}
                    inputMode="decimal"
                    autoComplete="off"
                    placeholder={ticket.stopsBy}
                    value={typed[name]}
                    onChange={(event) => change({ [name]: event.target.value })}
                  />
                )}
              </Field>
            ))}
            <div className="pt-6">
              <Segmented
                label="Stops as"
                value={ticket.stopsBy}
                options={STOPS_BY}
                onChange={(stopsBy) => change({ stopsBy, stop: "", target: "" })}
              />
            </div>
          </div>
          <EstimatePanel ticket={ticket} instrument={instrument} account={account} settings={settings} />
          {refusal && (
            <p role="alert" className="rounded-md bg-loss-soft px-3 py-2 text-sm text-loss">
              {refusal}
            </p>
          )}
          <Button
            variant="primary"
            size="lg"
            isBusy={place.isPending}
            disabled={!connection}
            onClick={submit}
          >
            {ticket.side === "buy" ? "Buy" : "Sell"} {instrument} at market
          </Button>
          {sent.length > 0 && (
            <ul aria-label="Sent orders" className="grid gap-2">
              {sent.map((order) => (
                <OrderProgress key={order.jobId} order={order} onDismiss={() => onDismiss(order.jobId)} />
              ))}
            </ul>
          )}
        </form>
      )}
    </Card>
  );
}

/** The rule that refused it, then what the server said of this very order. */
function refusalInWords({ code, detail, errors }: ApiProblem): string {
  if (errors.length > 0) return errors.map(({ field, message }) => `${field}: ${message}`).join("; ");
  const words = reasonInWords(code, detail);
  return words && words !== detail ? `${words} ${detail}` : detail;
}
