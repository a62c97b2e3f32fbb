"""Where the Python server may differ from the official one, and why.

A place is `flow: number and request · part of the answer`. An entry that no longer meets a
difference fails the tests, so that this list cannot rot.
"""

from __future__ import annotations

from tests.conformance.explanations import Explained

EXPLAINED: dict[str, list[Explained]] = {
    "A cookie that is not there is taken away: the browser does nothing": [
        Explained(
            "* · cookies · better-auth.dont_remember",
            "nothing",
            ["no value; httponly; max-age=0; path=/; samesite=Lax"],
        ),
    ],
    "The token is percent-encoded, as in the cookie; both servers take it in either form": [
        Explained(
            "* · headers · set-auth-token", "*.signature", "*.signature in percent-encoding"
        ),
    ],
    "A member that is undefined in JavaScript is null": [
        Explained("* POST /sign-in/email · body · url", "nothing", None),
    ],
    "A code beside the message, where the official server has only the message": [
        Explained("* · body · code", "nothing", "BAD_REQUEST"),
    ],
}
