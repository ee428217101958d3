"use client";

import { Card } from "@/components/ui/card";
import { Segmented } from "@/components/ui/segmented";
import { setTheme, useTheme, type Theme } from "@/lib/hooks/useTheme";

const THEMES: readonly { value: Theme; label: string }[] = [
  { value: "dark", label: "Dark" },
  { value: "light", label: "Light" },
  { value: "system", label: "As the system" },
];

export function AppearanceCard() {
  const { chosen } = useTheme();
  return (
    <Card title="Appearance">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <p className="text-sm text-muted">Kept in this browser.</p>
        <Segmented label="Theme" value={chosen} options={THEMES} onChange={setTheme} />
      </div>
    </Card>
  );
}
