"use client";

import { usePathname, useRouter, useSearchParams } from "next/navigation";
import { useCallback, useEffect, useMemo, useRef } from "react";

/**
 * Filters that live in the URL, so that they survive a reload and can be sent to somebody. A filter that equals its default
 * is not written. The page that uses it needs a <Suspense> around it, since the export knows no query.
 */
export function useFilters<Filters extends Record<string, string>>(defaults: Filters) {
  const params = useSearchParams();
  const router = useRouter();
  const pathname = usePathname();
  /** What was asked for and is not the address yet: a second change in that moment must not undo the first. */
  const coming = useRef<URLSearchParams | null>(null);
  useEffect(() => {
    coming.current = null;
  }, [params]);

  const filters = useMemo(() => {
    const read = { ...defaults };
    for (const name of Object.keys(defaults) as (keyof Filters & string)[]) {
      const value = params.get(name);
      if (value !== null) read[name] = value as Filters[typeof name];
    }
    return read;
  }, [params, defaults]);

  const setFilters = useCallback(
    (change: Partial<Filters>) => {
      const next = new URLSearchParams(coming.current ?? params);
      for (const [name, value] of Object.entries(change)) {
        if (value === undefined || value === "" || value === defaults[name]) next.delete(name);
        else next.set(name, value as string);
      }
      coming.current = next;
      const query = next.toString();
      router.replace(query === "" ? pathname : `${pathname}?${query}`, { scroll: false });
    },
    [params, defaults, pathname, router],
  );

  const isFiltered = (Object.keys(defaults) as (keyof Filters & string)[]).some(
    (name) => filters[name] !== defaults[name],
  );
  return { filters, setFilters, isFiltered };
}
