"use client";

import { useSyncExternalStore } from "react";

export type Theme = "dark" | "light" | "system";

const KEY = "theme";
const EVENT = "themechange";
const SYSTEM_LIGHT = "(prefers-color-scheme: light)";

function chosenTheme(): Theme {
  const chosen = localStorage.getItem(KEY);
  return chosen === "light" || chosen === "system" ? chosen : "dark";
}

function apply(): void {
  const chosen = chosenTheme();
  const light = chosen === "light" || (chosen === "system" && matchMedia(SYSTEM_LIGHT).matches);
  document.documentElement.dataset.theme = light ? "light" : "dark";
}

export function setTheme(theme: Theme): void {
  localStorage.setItem(KEY, theme);
  apply();
  window.dispatchEvent(new Event(EVENT));
}

function subscribe(onChange: () => void): () => void {
  const system = matchMedia(SYSTEM_LIGHT);
  const change = () => {
    apply();
    onChange();
  };
  window.addEventListener(EVENT, change);
  window.addEventListener("storage", change);
  system.addEventListener("change", change);
  return () => {
    window.removeEventListener(EVENT, change);
    window.removeEventListener("storage", change);
    system.removeEventListener("change", change);
  };
}

/** What was chosen, and what that comes to: charts and the editor need the latter. */
export function useTheme(): { chosen: Theme; shown: "dark" | "light" } {
  const chosen = useSyncExternalStore(subscribe, chosenTheme, () => "dark" as const);
  const shown = useSyncExternalStore(
    subscribe,
    () => (document.documentElement.dataset.theme === "light" ? "light" : "dark"),
    () => "dark" as const,
  );
  return { chosen, shown };
}
