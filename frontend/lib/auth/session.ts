import { GoTrueClient, type Session } from "@supabase/auth-js";
import { create } from "zustand";
import type { Config } from "@/lib/config";

export type AuthState =
  { status: "loading" } | { status: "signed_out" } | { status: "signed_in"; userId: string; email: string };

/** Who is signed in, as the pages see it; the tokens stay with supabase-js, which keeps and renews them. */
export const useAuth = create<AuthState>(() => ({ status: "loading" }));

let client: GoTrueClient | null = null;

function toState(session: Session | null): AuthState {
  return session
    ? { status: "signed_in", userId: session.user.id, email: session.user.email ?? "" }
    : { status: "signed_out" };
}

/** Once, before anything asks for a token. */
export function startAuth(config: Config): void {
  if (client) return;
  // The part of supabase-js that signs in, with the storage key that the whole of it uses: its other parts, which this
  // dashboard never calls, would be a sixth of the first load.
  client = new GoTrueClient({
    url: `${config.supabaseUrl}/auth/v1`,
    headers: { apikey: config.anonKey, authorization: `Bearer ${config.anonKey}` },
    storageKey: `sb-${new URL(config.supabaseUrl).hostname.split(".")[0]}-auth-token`,
    persistSession: true,
    autoRefreshToken: true,
    detectSessionInUrl: true,
  });
  // Says INITIAL_SESSION at once, then every change, also those of other tabs.
  client.onAuthStateChange((_event, session) => useAuth.setState(toState(session), true));
}

export function authClient(): GoTrueClient {
  if (!client) throw new Error("startAuth has not been called");
  return client;
}

/** A token that is not about to expire, or null when nobody is signed in. */
export async function accessToken(): Promise<string | null> {
  const { data } = await authClient().getSession();
  return data.session?.access_token ?? null;
}

/** After a 401: a fresh token, or null when the session has ended. */
export async function renewToken(): Promise<string | null> {
  const { data, error } = await authClient().refreshSession();
  return error ? null : (data.session?.access_token ?? null);
}

/** Of this browser only: the others keep their sessions. */
export async function signOut(): Promise<void> {
  const { error } = await authClient().signOut({ scope: "local" });
  // supabase-js forgets the session also where the server cannot be told; state that was not announced is set here.
  if (error) useAuth.setState({ status: "signed_out" }, true);
}
