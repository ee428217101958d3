/** A socket takes no more. */
export const MOST_INSTRUMENTS = 50;

/**
 * Who on the page watches which instrument. Several watchers share one subscription; what is beyond the limit waits for a
 * place, in the order it came.
 */
export class Subscriptions {
  private readonly watchers = new Map<string, number>();
  private sent = new Set<string>();

  watch(instruments: readonly string[]): void {
    for (const name of instruments) this.watchers.set(name, (this.watchers.get(name) ?? 0) + 1);
  }

  unwatch(instruments: readonly string[]): void {
    for (const name of instruments) {
      const left = (this.watchers.get(name) ?? 0) - 1;
      if (left > 0) this.watchers.set(name, left);
      else this.watchers.delete(name);
    }
  }

  /** What is to be said on the open socket so that it streams what is watched. */
  difference(): { subscribe: string[]; unsubscribe: string[] } {
    const wanted = new Set([...this.watchers.keys()].slice(0, MOST_INSTRUMENTS));
    const subscribe = [...wanted].filter((name) => !this.sent.has(name));
    const unsubscribe = [...this.sent].filter((name) => !wanted.has(name));
    this.sent = wanted;
    return { subscribe, unsubscribe };
  }

  /** A new socket knows of nothing yet. */
  forgetSent(): void {
    this.sent = new Set();
  }
}
