import { AuthError } from "@supabase/auth-js";

const WORDS: Record<string, string> = {
  invalid_credentials: "E-mail and password do not match.",
  email_not_confirmed: "Confirm your e-mail first: the link is in your inbox.",
  user_already_exists: "There is an account with this e-mail already. Sign in instead.",
  email_exists: "There is an account with this e-mail already. Sign in instead.",
  weak_password: "Choose a longer or less common password.",
  validation_failed: "Check the e-mail address.",
  email_address_invalid: "Check the e-mail address.",
  signup_disabled: "New accounts cannot be made at the moment.",
  over_request_rate_limit: "Too many attempts. Wait a minute and try again.",
  over_email_send_rate_limit: "Too many attempts. Wait a minute and try again.",
};

export function authErrorInWords(error: unknown): string {
  if (!(error instanceof AuthError))
    return "Sign-in could not be reached. Check the connection and try again.";
  const words = error.code === undefined ? undefined : WORDS[error.code];
  if (words) return words;
  return error.name === "AuthRetryableFetchError"
    ? "Sign-in could not be reached. Check the connection and try again."
    : error.message;
}
