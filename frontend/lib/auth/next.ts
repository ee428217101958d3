/** Where to go after signing in: a path of this origin, or the start. `//host` and `/\host` are other origins. */
export function safeNext(next: string | null): string {
  return next !== null && /^\/(?![/\\])/.test(next) ? next : "/";
}
