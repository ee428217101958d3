import { ApiProblem } from "./problem";

/**
 * The key of a creating POST. While nobody knows whether a request arrived, the same body goes out under the same key, so
 * that pressing the button again makes nothing twice; once it was answered, the next press means a new object.
 */
export class IdempotencyKey {
  private open: { body: string; key: string } | null = null;

  for(body: unknown): string {
    const text = JSON.stringify(body) ?? "";
    if (this.open?.body !== text) this.open = { body: text, key: crypto.randomUUID() };
    return this.open.key;
  }

  /** Call with the error, or with nothing after success. */
  answered(error?: unknown): void {
    const unknown =
      error !== undefined && (!(error instanceof ApiProblem) || error.status === 0 || error.status >= 500);
    if (!unknown) this.open = null;
  }
}
