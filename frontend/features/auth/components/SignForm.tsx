"use client";

import Link from "next/link";
import { useRouter, useSearchParams } from "next/navigation";
import { useEffect, useState, type FormEvent } from "react";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { authErrorInWords } from "@/lib/auth/errors";
import { safeNext } from "@/lib/auth/next";
import { authClient, useAuth } from "@/lib/auth/session";

const TEXTS = {
  in: {
    title: "Sign in",
    action: "Sign in",
    other: { text: "No account yet?", link: "Sign up", href: "/sign-up/" },
  },
  up: {
    title: "Create an account",
    action: "Sign up",
    other: { text: "Have an account?", link: "Sign in", href: "/sign-in/" },
  },
};
const SHORTEST_PASSWORD = 8;

export function SignForm({ kind }: { kind: "in" | "up" }) {
  const router = useRouter();
  const params = useSearchParams();
  const auth = useAuth();
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const [mailSentTo, setMailSentTo] = useState<string | null>(null);
  const texts = TEXTS[kind];
  const next = kind === "up" ? "/onboarding/" : safeNext(params.get("next"));

  useEffect(() => {
    if (auth.status === "signed_in") router.replace(next);
  }, [auth.status, next, router]);

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const text = (name: string) => {
      const value = form.get(name);
      return typeof value === "string" ? value : "";
    };
    const credentials = { email: text("email").trim(), password: text("password") };
    setBusy(true);
    setFailure(null);
    try {
      const { data, error } =
        kind === "in"
          ? await authClient().signInWithPassword(credentials)
          : await authClient().signUp(credentials);
      if (error) setFailure(authErrorInWords(error));
      else if (!data.session) setMailSentTo(credentials.email);
    } catch (error) {
      setFailure(authErrorInWords(error));
    } finally {
      setBusy(false);
    }
  };

  return (
    <div className="grid gap-5 rounded-lg border bg-surface p-6">
      <div className="grid gap-1">
        <p className="text-sm font-semibold text-accent">ForexElite Pro</p>
        <h1 className="text-lg font-semibold">{texts.title}</h1>
      </div>
      {mailSentTo ? (
        <p role="status" className="text-sm">
          We sent a link to <strong>{mailSentTo}</strong>. Open it to confirm the address, then sign in.
        </p>
      ) : (
        <form className="grid gap-4" onSubmit={(event) => void submit(event)}>
          <Field label="E-mail">
            {(control) => (
              <Input
                {...control}
                name="email"
                type="email"
                autoComplete="email"
                required
                className="h-10 text-base"
              />
            )}
          </Field>
          <Field
            label="Password"
            hint={kind === "up" ? `At least ${SHORTEST_PASSWORD} characters` : undefined}
          >
            {(control) => (
              <Input
                {...control}
                name="password"
                type="password"
                autoComplete={kind === "in" ? "current-password" : "new-password"}
                minLength={kind === "up" ? SHORTEST_PASSWORD : undefined}
                required
                className="h-10 text-base"
              />
            )}
          </Field>
          {failure && (
            <p role="alert" className="rounded-md bg-loss-soft px-3 py-2 text-sm text-loss">
              {failure}
            </p>
          )}
          <Button type="submit" variant="primary" size="lg" isBusy={isBusy}>
            {texts.action}
          </Button>
        </form>
      )}
      <p className="text-sm text-muted">
        {texts.other.text}{" "}
        <Link href={texts.other.href} className="font-medium text-accent underline underline-offset-2">
          {texts.other.link}
        </Link>
      </p>
    </div>
  );
}
