const again = "The sign-in was interrupted, or took too long. Try again.";
const old = "This link is no longer valid. Ask for another one.";
const closed = "New accounts are not made here.";

/** What the `?error=` of better-auth's redirects means, in small letters. */
const sentences = new Map([
  ["access_denied", "The access was declined."],
  [
    "account_not_linked",
    "There is an account with this address already. Sign in as before, and verify the address.",
  ],
  ["banned", "This account is banned."],
  ["expired_token", old],
  ["invalid_code", again],
  ["invalid_token", old],
  ["new_user_signup_disabled", closed],
  ["please_restart_the_process", again],
  ["signup_disabled", closed],
  ["state_mismatch", again],
  ["state_not_found", again],
  ["token_expired", old],
]);

/** What went wrong; anybody can write a link with an `?error=`, so its own words are not shown. */
export function Failure({ error }: { error: string | string[] | undefined }) {
  if (typeof error !== "string") return null;
  return (
    <p role="alert" className="text-sm text-red-700 dark:text-red-400">
      {sentences.get(error.toLowerCase()) ?? "Something went wrong. Try again."}
    </p>
  );
}
