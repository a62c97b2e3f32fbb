"""Which verification value is for what.

better-auth puts the purpose before the identifier. better-auth-server does not, and so takes the
state of an OAuth sign-in, into which a visitor may write any address, for a magic link to it.
"""

from __future__ import annotations

import json
import re
from typing import Any

#: The routes that keep the state of a sign-in at another server.
_OAUTH = re.compile(
    r"/(sign-in/(social|sso|oauth2)|link-social|oauth2/link|oauth-popup/start|oauth-proxy-callback"
    r"|(sso/|oauth2/)?callback(/.*)?)"
)
#: What such a state looks like; codes by mail that these routes also make do not.
_STATE = re.compile(r"[\w-]{32}")


def oauth_identifier(path: str, identifier: str) -> str:
    """``state.ts``: a state is kept as ``auth-state:…``."""
    is_state = _OAUTH.fullmatch(path) and _STATE.fullmatch(identifier)
    return f"auth-state:{identifier}" if is_state else identifier


def magic_link_identifier(path: str, identifier: str) -> str:
    """``plugins/magic-link/index.ts``: only what is kept as ``magic-link:…`` is a magic link."""
    return f"magic-link:{identifier}" if path == "/magic-link/verify" else identifier


def as_magic_link(path: str, data: dict[str, Any]) -> dict[str, Any]:
    """A new verification value; that of a magic link as better-auth keeps and takes it."""
    if path != "/sign-in/magic-link":
        return data
    value = {"type": "magic-link", **json.loads(data["value"])}
    return data | {
        "identifier": f"magic-link:{data['identifier']}",
        "value": json.dumps(value, separators=(",", ":")),
    }
