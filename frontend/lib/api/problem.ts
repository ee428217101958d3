import type { components } from "./schema";

type Problem = components["schemas"]["Problem"];

/** Every refusal of the API, and every failure to reach it, as one type. */
export class ApiProblem extends Error {
  override name = "ApiProblem";

  constructor(
    /** 0 when no answer came. */
    readonly status: number,
    readonly code: string,
    /** What to do, in the server's words. */
    readonly detail: string,
    readonly title: string,
    readonly errors: readonly { field: string; message: string }[] = [],
    /** The whole body, for the refusals that say more, as 412's `current`. */
    readonly body: unknown = undefined,
    options?: ErrorOptions,
  ) {
    super(detail, options);
  }

  /** Messages by the name of the form's field. */
  get fieldErrors(): Readonly<Record<string, string>> {
    return Object.fromEntries(this.errors.map(({ field, message }) => [field, message]));
  }

  /** Nothing was changed and the same request may pass in a moment. */
  get isTransient(): boolean {
    return this.status === 0 || this.status === 429 || this.status === 503;
  }

  static unreachable(cause: unknown): ApiProblem {
    return new ApiProblem(
      0,
      "unreachable",
      "The server could not be reached. Check the connection and try again.",
      "No answer",
      [],
      undefined,
      { cause },
    );
  }

  /** The gateway refuses in a form of its own, and a proxy in none at all. */
  static from(status: number, body: unknown): ApiProblem {
    const problem = (typeof body === "object" && body !== null ? body : {}) as Partial<Problem> & {
      message?: unknown;
    };
    const title = typeof problem.title === "string" ? problem.title : `Refused (${status})`;
    const told = [problem.detail, problem.message].find((text) => typeof text === "string" && text !== "");
    const detail = typeof told === "string" ? told : "The server refused this. Try again in a moment.";
    const code = typeof problem.code === "string" ? problem.code : `http_${status}`;
    return new ApiProblem(
      status,
      code,
      detail,
      title,
      Array.isArray(problem.errors) ? problem.errors : [],
      body,
    );
  }
}

/** One sentence for whatever went wrong. */
export function describeError(error: unknown): string {
  return error instanceof Error ? error.message : "Something went wrong.";
}
