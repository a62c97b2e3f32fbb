"""Where the Python server may differ from the official one, and why.

A place is `flow: number and request · part of the answer`; `*` stands for anything. An entry that
no longer meets a difference fails the tests, so that this list cannot rot.
"""

from __future__ import annotations

from tests.conformance.explanations import ANY, Explained

NOTHING = "nothing"

EXPLAINED: dict[str, list[Explained]] = {
    "Both refuse, and the official server says so in the words of its validator": [
        Explained("* · body · code", "VALIDATION_ERROR", "*"),
        Explained("* POST /device/* · body · error_description", ANY, "'*' is required"),
        Explained("* · body · code", "INVALID_EMAIL", "INVALID_BODY"),
        Explained("* · body · message", "Invalid email", "'email' is required"),
        Explained("* · body · message", "ROLE_NOT_FOUND: *", "Role not found: *"),
        Explained("* GET /organization/get-invitation · body · message", "Not authenticated"),
        Explained("* POST /organization/update · body · message", "User not found"),
        Explained("* · body · message", "[*", "*"),
        Explained("* POST /sign-in/email · body · code", "INVALID_EMAIL", "INVALID_BODY"),
        Explained("* POST /sign-in/email · body · message", "Invalid email", "*"),
        Explained("* POST /passkey/verify-authentication · status", 400, 401),
        Explained("* POST /passkey/verify-authentication · body · *", ANY, "*asskey not found"),
        Explained("* POST /passkey/verify-authentication · body · *", ANY, "PASSKEY_NOT_FOUND"),
        Explained("passkeys/registers_wrongly: 7 * · status", 401, 400),
        Explained("passkeys/registers_wrongly: 7 * · body · *"),
        Explained("passkeys/registers_wrongly: 8 * · body · *"),
        Explained("passkeys/manages_passkeys: * · status", 404, 401),
        Explained("* POST /multi-session/* · status", 401, 400),
        Explained("* POST /multi-session/* · body · code", "*", "INVALID_BODY"),
        Explained("* POST /multi-session/* · body · message", "*", "'sessionToken' is required"),
        Explained("* POST /admin/set-user-password · status", 400, 404),
        Explained("* POST /delete-user · body · message", "Session expired.*", "*"),
    ],
    "A refusal that has no body on the official server": [
        Explained("* · body", None, "{'code': '*', 'message': '*'}"),
        Explained("* · body", None, {"message": "Not Found"}),
        Explained("* · type", None, "application/json"),
    ],
    "A code beside the message, where the official server has only the message": [
        Explained("* · body · code", NOTHING, "*"),
    ],
    "A redirect to the same origin says the origin": [
        Explained("* · headers · location", "/*", "{origin}/*"),
    ],
    "A page for people, in other words": [
        Explained("* GET /error · body", "<!DOCTYPE html>*", "<!DOCTYPE html>*"),
    ],
    "A member that is undefined in JavaScript is null": [
        Explained("* POST /sign-in/* · body · url", NOTHING, None),
        Explained("* POST /two-factor/verify-backup-code · body · token", NOTHING, None),
        Explained("* POST /organization/* · body · metadata", NOTHING, None),
        Explained("* GET /api-key/list · body · limit", NOTHING, None),
        Explained("* GET /api-key/list · body · offset", NOTHING, None),
        Explained("* · oidcConfig · scopes", NOTHING, None),
        Explained("* · oidcConfig · userInfoEndpoint", NOTHING, None),
        Explained("* POST /oauth2/introspect · body · aud", NOTHING, None),
    ],
    "A member that is null is not there, or the other way round": [
        Explained("* GET /device · body · scope", None, NOTHING),
        Explained("* · body · session · activeOrganizationId", None, NOTHING),
        Explained("* · body · session · activeTeamId", None, NOTHING),
        Explained("* · body · session · impersonatedBy", None, NOTHING),
        Explained("* · apikey * · 0 · metadata", "null", None),
    ],
    "The official server answers the seats of a team, which it means to keep to itself": [
        Explained("* GET /organization/get-full-organization · body · teams · * · memberCount"),
    ],
    "Prisma touches @updatedAt at each write, the bridge when better-auth's field says so": [
        Explained("* · rows · team updated · * · updatedAt", "{now*", NOTHING),
    ],
    "The header of a token says that it is a token": [
        Explained("* · jwt · header · typ", NOTHING, "JWT"),
    ],
    "A moment in a token is written to the microsecond": [
        Explained("* · jwt · claims · *", "{now*}", "{now*} in an odd form"),
    ],
    "A challenge, or a nonce, of another length": [
        Explained("* · body · challenge", "{* 43 long}", "{* 86 long}"),
        Explained("* · expectedChallenge", "{* 43 long}", "{* 86 long}"),
        Explained("* · body · nonce", "{* 96 long}", "{* 32 long}"),
        Explained("* · verification * · identifier", "siwe:{* 96 long}", "siwe:{* 32 long}"),
        Explained("* · verification * · value", "{* 96 long}", "{* 32 long}"),
    ],
    "Hints for the browser, which are optional in WebAuthn": [
        Explained("* GET /passkey/generate-* · body · extensions", {"credProps": True}, NOTHING),
        Explained("* GET /passkey/generate-* · body · hints", [], NOTHING),
        Explained(
            "* GET /passkey/generate-* · body · *Credentials · 0 · transports", [""], NOTHING
        ),
    ],
    "A session by an API key lasts a week; the official server counts it in milliseconds": [
        Explained(
            "api_keys/* GET /get-session · body · session · expiresAt",
            "{now +10 min}",
            "{now +10080 min}",
        ),
    ],
    "Only an object is data of an API key": [
        Explained("api_keys/keeps_data_with_a_key: 8 *"),
    ],
    "An empty object is none": [
        Explained("* POST /organization/create · body · metadata", {}, None),
        Explained("* · organization created · 0 · metadata", {"json": {}}, None),
    ],
    "The user of a passkey is answered as before the sign-in": [
        Explained("* POST /passkey/verify-* · user · lastLoginMethod", "passkey", "email"),
    ],
    "The official server breaks over the answer of a page of another origin": [
        Explained("passkeys/registers_wrongly: 4 * · status", 500, 400),
    ],
    "The official server signs out whoever opens a magic link in a browser that is signed in": [
        Explained("several_accounts/remembers_how_somebody_signed_in: 5 * · cookies · *"),
        Explained("several_accounts/remembers_how_somebody_signed_in: 5 * · set-auth-token"),
        Explained("several_accounts/remembers_how_somebody_signed_in: * · session * · 0 · token"),
    ],
    "A provider has a name and a domain": [
        Explained("single_sign_on/makes_a_provider_without_a_name_known: *"),
    ],
    "The official server gives a browser that lost it the cookie of its account again": [
        Explained("tokens/signs_in_with_a_bearer: * POST /update-user · cookies · *multi-{token}"),
    ],
    "The official server repeats the status, or says what its library for wallets said": [
        Explained("wallets/* POST /siwe/verify · body · status", 401, NOTHING),
        Explained("wallets/sends_no_signature: 3 * · body · error", ANY, NOTHING),
        Explained("wallets/sends_no_signature: 3 * · body · message"),
    ],
    "Nobody is invited without a role": [
        Explained("members/invites_without_a_role: *"),
    ],
    "A refusal of a client says why in OAuth's words, too": [
        Explained("oauth_clients/* · body · error", NOTHING, "invalid_redirect_uri"),
        Explained("oauth_clients/* · body · error_description", NOTHING, "*"),
        Explained("* · error_description", "redirect_uris[0]: *", "redirect_uris.0: *"),
    ],
    "What is deleted is confirmed": [
        Explained("* POST /oauth2/delete-* · body", None, {"success": True}),
    ],
    "Taking back a token that is not there succeeds, as RFC 7009 has it": [
        Explained("oauth_provider/takes_tokens_back: 12 POST /oauth2/revoke · *"),
    ],
    "A sign-in that goes on to an application has no token for the page": [
        Explained("oauth_provider/must_sign_in_first: 6 * · headers · set-auth-token"),
        Explained("oauth_provider/must_sign_in_first: 6 * · session created · 0 · token"),
    ],
    "The Python server has no SAML": [
        Explained("* · spMetadataUrl", ANY, NOTHING),
    ],
    "A cookie that is not there is taken away, or twice: the browser does nothing": [
        Explained("* · cookies · better-auth.dont_remember", ANY, "[*max-age=0*]"),
        Explained("* POST /admin/impersonate-user · cookies · *", ANY, ANY),
        Explained("* GET /token · cookies · *", "[*max-age=0*]", NOTHING),
        Explained("* POST /delete-anonymous-user · cookies · *", "[*max-age=0*]", NOTHING),
        Explained("* POST /two-factor/* · cookies · better-auth.two_factor", "[*max-age=0*]"),
    ],
    "The token is percent-encoded, as in the cookie; both servers take it in either form": [
        Explained("* · headers · set-auth-token", "*.signature", "*.signature in percent-encoding"),
    ],
    "The token of a reset is longer": [
        Explained("* · identifier", "reset-password:*24 long}", "reset-password:*32 long}"),
        Explained("* · headers · location", "*, 24 long}", "*, 32 long}"),
    ],
    "The official server says that it sent a mail if there was an account; both answer alike": [
        Explained("* POST /request-password-reset · body · message", "If this*", NOTHING),
    ],
    "An encrypted list is longer, as Python writes a space after each comma": [
        Explained("* · backupCodes", "* long}", "* long}"),
    ],
    "The official server answers the session and the user as they were before the step": [
        Explained("* POST /two-factor/verify-totp · body · token", "{1.*", "{*"),
        Explained("* POST /two-factor/verify-totp · body · user · twoFactorEnabled", False, True),
    ],
    "The official server touches the user while it asks for the second factor": [
        Explained("* POST /sign-in/email · rows · user updated", "[{'updatedAt': *}]", NOTHING),
    ],
    "The link of a mail goes on to the front page where nobody asked for another page": [
        Explained("account/resets_the_password_by_the_query: 3 * · headers · location"),
        Explained("account/resets_the_password_by_the_query: 4 *"),
    ],
    "The official server clears the cookie of whoever signs in after losing a session": [
        Explained("administration/bans_a_user: 7 POST /sign-in/email *"),
        Explained("administration/bans_a_user: 8 * · session deleted · 0 · token"),
        Explained("administration/ends_sessions_of_users: 7 POST /sign-in/email *"),
        Explained("administration/ends_sessions_of_users: 8 * · session deleted · 0 · token"),
    ],
    "The official server renews the session that it refuses": [
        Explained("account/is_no_longer_fresh: 2 * · cookies · better-auth.session_token"),
        Explained("account/is_no_longer_fresh: 2 * · headers · set-auth-token"),
    ],
    "What a filter does not know, it does not find": [
        Explained("administration/lists_users_wrongly: *"),
    ],
    "One permission under its old name is taken; asking for none is refused": [
        Explained("administration/asks_for_permissions: *"),
    ],
    "A request without a body and without a media type is taken for an empty one": [
        Explained("email_and_password/posts_no_body: *"),
    ],
}

#: What the Python server does where the official one refuses, by flow and request. Nothing here
#: lets anybody do what they may not.
LENIENT = {
    "account/resets_the_password_by_the_query: 4 POST /reset-password",
    "administration/lists_users_wrongly: 5 GET /admin/list-users",
    "administration/lists_users_wrongly: 6 GET /admin/list-users",
    "administration/lists_users_wrongly: 7 GET /admin/list-users",
    "administration/lists_users_wrongly: 10 GET /admin/list-users",
    "administration/asks_for_permissions: 5 POST /admin/has-permission",
    "email_and_password/posts_no_body: 3 POST /sign-out",
    "oauth_provider/takes_tokens_back: 12 POST /oauth2/revoke",
    "one_tap/brings_somebody_elses_token: 23 POST /one-tap/callback",
    "one_tap/brings_somebody_elses_token: 24 POST /one-tap/callback",
    "malformed/asks_for_odd_paths: 11 GET /reset-password/%ED%A0%80",
    "mistyped/puts_something_else_into_bodies: 123 POST /device/code with scope=None",
    "mistyped/puts_something_else_into_bodies: 469 POST /request-password-reset with redirectTo=''",
    "mistyped/leaves_members_out: 314 POST /request-password-reset without redirectTo",
    "mistyped/puts_something_else_into_queries: 77 GET /api-key/list with organizationId=''",
    "malformed/puts_something_else_where_text_belongs: 72 POST /request-password-reset with "
    "email='eveeveeve",
    "malformed/puts_something_else_where_text_belongs: 74 POST /request-password-reset with "
    "redirectTo=None",
}
