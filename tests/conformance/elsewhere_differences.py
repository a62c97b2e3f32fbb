"""Where the Python server may differ when people have their account at another server, and why.

As in `differences.py`, an entry that no longer meets a difference fails the tests.
"""

from __future__ import annotations

from tests.conformance.differences import NOTHING
from tests.conformance.explanations import ANY, Explained

ELSEWHERE: dict[str, list[Explained]] = {
    "A member that is undefined in JavaScript is null": [
        Explained("* GET /account-info · body · * · image", NOTHING, None),
    ],
    "The user of a provider is answered with their id there, which the account has, too": [
        Explained("* GET /account-info · body · user · id", NOTHING, "{*.accountId, 32 long}"),
    ],
    "Both refuse, in other words": [
        Explained("any_provider/brings_an_id_token: * · body · message"),
    ],
    "The page of a pop-up says its token in percent-encoding, and the origin of where it goes": [
        Explained(
            "popups/* GET the callback · body",
            '*"token":"{*}.signature","redirectTo":"/*',
            '*"token":"{*}.signature in percent-encoding","redirectTo":"{origin}/*',
        ),
    ],
    "A pop-up has its token in the page alone": [
        Explained("popups/* GET the callback · headers · set-auth-token", ANY, NOTHING),
        Explained("popups/* · token", "{*.set-auth-token, 32 long}", "{*, 32 long}"),
    ],
    "What is encrypted for a preview has another length": [
        Explained("previews/* · body · url", "*&state={* long}", "*&state={* long}"),
        Explained("previews/* · headers · location", "*profile={* long}", "*profile={* long}"),
    ],
    "One key is for all that is encrypted for a preview, not one for each purpose": [
        Explained(
            "previews/* · headers · location", "*error=invalid_profile", "*error=invalid_payload"
        ),
    ],
    "The cookie of a preview's sign-in is left to end by itself: its state is gone": [
        Explained("previews/* · cookies · better-auth.state", "[*max-age=0*]", NOTHING),
    ],
}
