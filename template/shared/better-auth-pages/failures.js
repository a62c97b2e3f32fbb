const again = "The sign-in was interrupted, or took too long. Try again.";
const old = "This link is no longer valid. Ask for another one.";
const closed = "New accounts cannot be created here.";
const taken = "That account belongs to another user here.";
const anonymous = "The provider does not tell who you are. Try again.";
const misconfigured = "This sign-in is not set up correctly. Tell the operator of the application.";
const unavailable = "This way to sign in is not available.";
/** What a 500 means. */
export const server = "The server could not finish this. Try again later.";

/** The sentences for better-auth's redirects, by their `?error=` in lower case. */
export const failures = new Map([
  // Sign-in with a provider, and linked accounts
  ["access_denied", "The access was declined."],
  ["account_already_linked_to_different_user", taken],
  ["account_hook_binding_conflict", server],
  [
    "account_not_linked",
    "There is an account with this address already. Sign in as before, and verify the address.",
  ],
  ["account_ownership_conflict", taken],
  ["discovery_failed", unavailable],
  ["email_does_not_match", "That account has another e-mail address than yours."],
  ["email_not_found", "The provider does not tell your e-mail address."],
  ["email_not_verified", "Verify your e-mail address first: the link is in your mail."],
  ["internal_server_error", server],
  ["invalid_callback_request", again],
  ["invalid_code", again],
  ["invalid_payload", again],
  ["invalid_profile", anonymous],
  ["invalid_provider", unavailable],
  ["invalid_saml_response", again],
  ["invalid_scope", misconfigured],
  ["invalid_state", again],
  ["issuer_mismatch", again],
  ["issuer_missing", again],
  ["missing_profile", anonymous],
  ["no_callback_url", again],
  ["no_code", again],
  ["nonce_binding_missing", again],
  ["oauth_provider_not_found", unavailable],
  ["payload_expired", again],
  ["provider_mismatch", again],
  ["replay_detected", again],
  ["saml_error", again],
  ["server_error", "The provider could not finish this. Try again later."],
  ["session_hook_user_conflict", server],
  ["signup_disabled", closed],
  ["state_generation_error", server],
  ["state_invalid", again],
  ["state_mismatch", again],
  ["state_not_found", again],
  ["temporarily_unavailable", "The provider could not finish this. Try again later."],
  ["unable_to_create_session", server],
  ["unable_to_create_user", server],
  ["unable_to_get_user_info", anonymous],
  ["unable_to_link_account", "That account could not be linked. Try again."],
  ["unable_to_update_account", server],
  ["unsolicited_response", "Begin the sign-in here, not at the provider."],
  ["user_creation_failed", server],
  ["user_hook_selection_conflict", server],
  // Links in mails
  ["failed_to_create_session", server],
  ["failed_to_create_user", server],
  ["invalid_token", old],
  ["invalid_user", "This link is for another user. Sign out, then open it again."],
  ["new_user_signup_disabled", closed],
  ["token_expired", old],
  ["user_not_found", old],
  // Any sign-in
  ["banned_user", "This account is banned."],
  // An application that asks for access
  ["client_disabled", misconfigured],
  ["invalid_client", misconfigured],
  ["invalid_redirect", misconfigured],
  ["invalid_request", misconfigured],
  ["invalid_signature", "This request was changed, or is too old. Begin again in the application."],
  ["unauthorized_client", misconfigured],
  ["unsupported_prompt_select_account", misconfigured],
  ["unsupported_response_type", misconfigured],
]);

/** The sentences for errors whose own message has no remedy, by their code. */
export const refusals = new Map([
  ["FAILED_TO_GET_SESSION", server],
  ["SESSION_NOT_FRESH", "Sign out and in again first: this needs a recent sign-in."],
]);
