import { reconnectDelay } from "./backoff";
import { readMessage, type SocketMessage } from "./messages";
import { Subscriptions } from "./subscriptions";

export type ConnectionState =
  | { status: "connecting" }
  | { status: "open"; since: number }
  /** Waiting for the next attempt, at a time of Date.now(). */
  | { status: "waiting"; retryAt: number }
  | { status: "closed" };

/** The part of WebSocket that is used. */
export interface Socket {
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: (() => void) | null;
  send(text: string): void;
  close(): void;
}

export interface ConnectionParts {
  /** A fresh address with its ticket: each opens one socket only. */
  openTicket: () => Promise<string>;
  makeSocket: (url: string) => Socket;
  onMessage: (message: SocketMessage) => void;
  onState: (state: ConnectionState) => void;
}

/** The gateway closes after ten silent minutes; a dead line without a word is noticed by the missing answer. */
const PING_MS = 60_000;
const PONG_PATIENCE_MS = 10_000;
/** A ticket or a handshake that takes longer is a failure. */
const OPEN_PATIENCE_MS = 15_000;

/** The dashboard's one socket: opened again whenever it ends, until it is stopped. */
export class Connection {
  private readonly subscriptions = new Subscriptions();
  private socket: Socket | null = null;
  private isOpen = false;
  private isStopped = true;
  private failures = 0;
  /** Of the attempt: what an older one still has to say is not heard. */
  private attempt = 0;
  private retryTimer: ReturnType<typeof setTimeout> | undefined;
  private pingTimer: ReturnType<typeof setInterval> | undefined;
  private patienceTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly parts: ConnectionParts) {}

  start(): void {
    if (!this.isStopped) return;
    this.isStopped = false;
    this.failures = 0;
    void this.open();
  }

  stop(): void {
    this.isStopped = true;
    this.drop();
    clearTimeout(this.retryTimer);
    this.parts.onState({ status: "closed" });
  }

  /** The network came back or the tab was woken: do not wait for the timer, and ask whether an open line lives. */
  nudge(): void {
    if (this.isStopped) return;
    if (this.isOpen) this.ping();
    else if (!this.socket && this.retryTimer !== undefined) {
      clearTimeout(this.retryTimer);
      void this.open();
    }
  }

  /** Returns the end of it. */
  watch(instruments: readonly string[]): () => void {
    const names = [...new Set(instruments)];
    this.subscriptions.watch(names);
    this.tell();
    let ended = false;
    return () => {
      if (ended) return;
      ended = true;
      this.subscriptions.unwatch(names);
      this.tell();
    };
  }

  private async open(): Promise<void> {
    const attempt = ++this.attempt;
    this.retryTimer = undefined;
    this.parts.onState({ status: "connecting" });
    this.waitAtMost(OPEN_PATIENCE_MS);
    let url: string;
    try {
      url = await this.parts.openTicket();
    } catch {
      if (attempt === this.attempt) this.fail();
      return;
    }
    if (attempt !== this.attempt || this.isStopped) return;
    const socket = this.parts.makeSocket(url);
    this.socket = socket;
    socket.onopen = () => {
      clearTimeout(this.patienceTimer);
      this.isOpen = true;
      this.failures = 0;
      this.subscriptions.forgetSent();
      this.pingTimer = setInterval(() => this.ping(), PING_MS);
      this.parts.onState({ status: "open", since: Date.now() });
      this.tell();
    };
    socket.onmessage = ({ data }) => {
      clearTimeout(this.patienceTimer);
      const message = typeof data === "string" ? readMessage(data) : null;
      if (message) this.parts.onMessage(message);
    };
    socket.onclose = () => this.fail();
  }

  private fail(): void {
    this.drop();
    if (this.isStopped) return;
    const delay = reconnectDelay(this.failures);
    this.failures += 1;
    this.parts.onState({ status: "waiting", retryAt: Date.now() + delay });
    this.retryTimer = setTimeout(() => void this.open(), delay);
  }

  private drop(): void {
    this.attempt += 1;
    clearInterval(this.pingTimer);
    clearTimeout(this.patienceTimer);
    this.isOpen = false;
    const socket = this.socket;
    this.socket = null;
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }

  private ping(): void {
    this.say({ action: "ping" });
    this.waitAtMost(PONG_PATIENCE_MS);
  }

  private waitAtMost(ms: number): void {
    clearTimeout(this.patienceTimer);
    this.patienceTimer = setTimeout(() => this.fail(), ms);
  }

  private tell(): void {
    if (!this.isOpen) return;
    const { subscribe, unsubscribe } = this.subscriptions.difference();
    // First out, then in: the limit counts what is there at the same time.
    if (unsubscribe.length > 0) this.say({ action: "unsubscribe", instruments: unsubscribe });
    if (subscribe.length > 0) this.say({ action: "subscribe", instruments: subscribe });
  }

  private say(message: object): void {
    this.socket?.send(JSON.stringify(message));
  }
}
