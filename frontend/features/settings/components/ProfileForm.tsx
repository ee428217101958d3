"use client";

import { useEffect } from "react";
import { FormFooter, TextField } from "@/components/forms/fields";
import type { Schemas } from "@/lib/api/client";
import { useChangeProfile } from "@/lib/api/queries/account";
import { nameRule } from "@/lib/forms/rules";
import { useForm } from "@/lib/forms/useForm";

const RULES = { display_name: (text: string) => (text.trim() === "" ? null : nameRule(text)) };

interface ProfileFormProps {
  profile: Schemas["Profile"];
  onDirty: (isDirty: boolean) => void;
}

export function ProfileForm({ profile, onDirty }: ProfileFormProps) {
  const change = useChangeProfile();
  const form = useForm({
    saved: { display_name: profile.display_name ?? "" },
    rules: RULES,
    save: ({ display_name }) =>
      change.mutateAsync({ display_name: display_name.trim() === "" ? null : display_name.trim() }),
  });
  const { isDirty } = form;
  useEffect(() => onDirty(isDirty), [isDirty, onDirty]);
  return (
    <form onSubmit={form.submit} noValidate className="grid gap-4">
      <TextField
        form={form}
        name="display_name"
        label="Display name"
        placeholder="none"
        hint={`Signed in as ${profile.email ?? "unknown"}`}
      />
      <FormFooter form={form} saveLabel="Save profile" />
    </form>
  );
}
