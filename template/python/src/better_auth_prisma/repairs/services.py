"""What services on the Internet say, which better-auth-server takes to be as documented."""

from __future__ import annotations

from typing import Any

import httpx
from better_auth import BetterAuth
from better_auth.oauth import verify
from better_auth.plugins_ext.captcha import SITE_VERIFY_MAP

_CAPTCHAS = set(SITE_VERIFY_MAP.values())
_PASSWORDS = "https://api.pwnedpasswords.com/range/"
_KEYS = "https://www.googleapis.com/oauth2/v3/certs"


class ServiceClient(httpx.AsyncClient):
    """Gives better-auth-server what it can read."""

    async def send(self, request: httpx.Request, **options: Any) -> httpx.Response:
        """Sends a request.

        Raises:
            httpx.HTTPError: the service cannot be reached, or says something else than it should.
        """
        response, url = await super().send(request, **options), str(request.url)
        if url == _KEYS and not (response.is_success and _are_keys(_parsed(response))):
            # social-providers/google.ts: without keys no token is valid.
            raise httpx.DecodingError("These are no keys.", request=request)
        if not response.is_success:
            return response
        if url.startswith(_PASSWORDS) and not isinstance(_parsed(response), str):
            # plugins/haveibeenpwned/index.ts: a list that cannot be read clears no password.
            raise httpx.DecodingError("This is no list of passwords.", request=request)
        if url in _CAPTCHAS and _is_no_verdict(_parsed(response)):
            # plugins/captcha/verify-handlers: what says something else than "success" refuses.
            return httpx.Response(200, json={}, request=request)
        return response


def _parsed(response: httpx.Response) -> Any:
    try:
        return response.json()
    except ValueError:
        return response.text


def _is_no_verdict(said: Any) -> bool:
    """Something that is not nothing; nothing is a service that is down, as on better-auth."""
    return not isinstance(said, dict) and said not in (None, False, 0, "")


def _are_keys(said: Any) -> bool:
    keys = said.get("keys") if isinstance(said, dict) else None
    return isinstance(keys, list) and all(isinstance(key, dict) for key in keys)


def ask_services(auth: BetterAuth) -> None:
    """Has ``auth`` ask services with care; a client of the developer's own stays as it is."""
    if auth._http is None:
        auth._http = ServiceClient(timeout=10)
    # social-providers/google.ts: somebody's made-up key holds up nobody who has a new one.
    verify._NO_KID_COOLDOWN = 0
