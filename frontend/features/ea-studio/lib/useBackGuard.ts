import { useEffect } from "react";
import { LEAVE_QUESTION } from "@/lib/hooks/useUnsavedGuard";

/**
 * Asks before the back button leaves a page with unsaved edits. A step back cannot be refused, only hidden from the router,
 * which listens after capturing listeners, and taken again.
 */
export function useBackGuard(isDirty: boolean): void {
  useEffect(() => {
    if (!isDirty) return;
    let isReturning = false;
    const onPopState = (event: PopStateEvent) => {
      if (isReturning) {
        isReturning = false;
        event.stopImmediatePropagation();
        return;
      }
      if (window.confirm(LEAVE_QUESTION)) return;
      event.stopImmediatePropagation();
      isReturning = true;
      window.history.forward();
    };
    window.addEventListener("popstate", onPopState, true);
    return () => window.removeEventListener("popstate", onPopState, true);
  }, [isDirty]);
}
