"use client";

import { useCallback, useState } from "react";
import { ErrorState } from "@/components/data/states";
import { PageHeader } from "@/components/layout/PageHeader";
import { Card } from "@/components/ui/card";
import { Skeleton } from "@/components/ui/skeleton";
import { useProfile, useSettings } from "@/lib/api/queries/account";
import { useUnsavedGuard } from "@/lib/hooks/useUnsavedGuard";
import { AccountForm } from "./AccountForm";
import { AppearanceCard } from "./AppearanceCard";
import { DisclaimerCard } from "./DisclaimerCard";
import { ProfileForm } from "./ProfileForm";
import { RiskForm } from "./RiskForm";
import { TradingModeCard } from "./TradingModeCard";

type FormName = "profile" | "risk" | "account";

export function SettingsPage() {
  const settings = useSettings();
  const profile = useProfile();
  const [dirty, setDirty] = useState<Readonly<Partial<Record<FormName, boolean>>>>({});
  const report = useCallback(
    (name: FormName, isDirty: boolean) => setDirty((before) => ({ ...before, [name]: isDirty })),
    [],
  );
  const onRisk = useCallback((isDirty: boolean) => report("risk", isDirty), [report]);
  const onProfile = useCallback((isDirty: boolean) => report("profile", isDirty), [report]);
  const onAccount = useCallback((isDirty: boolean) => report("account", isDirty), [report]);
  useUnsavedGuard(Object.values(dirty).some(Boolean));

  const failed = [settings, profile].find(({ error, data }) => error && !data);
  return (
    <>
      <PageHeader title="Settings" description="What the risk gate goes by, and how this page looks." />
      {failed ? (
        <div className="rounded-lg border bg-surface">
          <ErrorState
            title="The settings could not be loaded"
            error={failed.error}
            onRetry={() => void Promise.all([settings.refetch(), profile.refetch()])}
          />
        </div>
      ) : (
        <div className="grid items-start gap-4 xl:grid-cols-2">
          <div className="grid gap-4">
            <Card title="Risk">
              {settings.data ? <RiskForm settings={settings.data} onDirty={onRisk} /> : <FormSkeleton />}
            </Card>
            <Card title="Account and instruments">
              {settings.data ? (
                <AccountForm settings={settings.data} onDirty={onAccount} />
              ) : (
                <FormSkeleton />
              )}
            </Card>
          </div>
          <div className="grid gap-4">
            <Card title="Trading mode">
              {settings.data ? <TradingModeCard mode={settings.data.trading_mode} /> : <FormSkeleton />}
            </Card>
            <Card title="Profile">
              {profile.data ? <ProfileForm profile={profile.data} onDirty={onProfile} /> : <FormSkeleton />}
            </Card>
            <AppearanceCard />
            <Card title="Risk disclaimer">
              {settings.data ? <DisclaimerCard settings={settings.data} /> : <Skeleton className="h-10" />}
            </Card>
          </div>
        </div>
      )}
    </>
  );
}

function FormSkeleton() {
  return (
    <div aria-busy className="grid gap-4">
      <Skeleton className="h-14" />
      <Skeleton className="h-14" />
    </div>
  );
}
