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
        Explained("* · body · message", "[*", "*"),
        Explained("* POST /sign-in/email · body · code", "INVALID_EMAIL", "INVALID_BODY"),
        Explained("* POST /sign-in/email · body · message", "Invalid email", "*"),
        Explained("* GET /verify-email · status", 400, 401),
        Explained("* GET /admin/get-user · status", 400, 404),
        Explained("* POST /admin/set-user-password · status", 400, 404),
        Explained("* POST /delete-user · body · message", "Session expired.*", "*"),
    ],
    "A refusal that has no body on the official server": [
        Explained("* · body", None, "{'code': '*', 'message': '*'}"),
        Explained("* · body", None, {"message": "Not Found"}),
        Explained("* · type", None, "application/json"),
    ],
    "A code beside the message, where the official server has only the message": [
        Explained("* · body · code", NOTHING, "BAD_REQUEST"),
    ],
    "A redirect to the same origin says the origin": [
        Explained("* · headers · location", "/*", "{origin}/*"),
    ],
    "A sign-in with a callbackURL names it in the body alone": [
        Explained("* POST /sign-in/email · headers · location", "/*", NOTHING),
    ],
    "A page for people, in other words": [
        Explained("* GET /error · body", "<!DOCTYPE html>*", "<!DOCTYPE html>*"),
    ],
    "A member that is undefined in JavaScript is null": [
        Explained("* POST /sign-in/* · body · url", NOTHING, None),
        Explained("* POST /two-factor/verify-backup-code · body · token", NOTHING, None),
    ],
    "A cookie that is not there is taken away, or twice: the browser does nothing": [
        Explained("* · cookies · better-auth.dont_remember", ANY, "[*max-age=0*]"),
        Explained("* POST /admin/impersonate-user · cookies · *", ANY, ANY),
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
        Explained("account/resets_a_password_with_a_bad_token: 4 GET *"),
    ],
    "An expired token is deleted when it is used, not when its link is opened": [
        Explained("account/resets_the_password_too_late: * · rows · verification deleted"),
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
    "account/resets_a_password_with_a_bad_token: 4 GET /reset-password/unknown",
    "administration/lists_users_wrongly: 5 GET /admin/list-users",
    "administration/lists_users_wrongly: 6 GET /admin/list-users",
    "administration/lists_users_wrongly: 7 GET /admin/list-users",
    "administration/lists_users_wrongly: 10 GET /admin/list-users",
    "administration/asks_for_permissions: 5 POST /admin/has-permission",
    "email_and_password/posts_no_body: 3 POST /sign-out",
    "malformed/asks_for_odd_paths: 11 GET /reset-password/%ED%A0%80",
    "malformed/puts_something_else_where_text_belongs: 72 POST /request-password-reset with "
    "email='eveeveeve",
    "malformed/puts_something_else_where_text_belongs: 74 POST /request-password-reset with "
    "redirectTo=None",
}
