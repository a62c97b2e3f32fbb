"""Another application that asks users for access, and forged requests in its name."""

from __future__ import annotations

import re
from urllib.parse import urlencode

from playwright.sync_api import APIRequestContext


def authorization_url(
    request: APIRequestContext, address: str, callback: str, name: str = "Shop"
) -> str:
    """Registers an application of the user who is signed in.

    Args:
        request: makes requests with the user's cookies.
        address: the server's origin.
        callback: the application's redirect URI.
        name: what the consent page calls it.

    Returns:
        The URL to which the application sends users (RFC 6749, section 4.1.1).
    """
    auth = f"{address}/api/auth"
    asked = {"redirect_uris": [callback], "scope": "openid email", "client_name": name}
    headers = {"Origin": address}
    made = request.post(f"{auth}/oauth2/create-client", data=asked, headers=headers)
    assert made.ok, made.text()
    query = {
        "client_id": made.json()["client_id"],
        "redirect_uri": callback,
        "response_type": "code",
        "scope": "openid email",
        "state": "state",
        "code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
        "code_challenge_method": "S256",
    }
    return f"{auth}/oauth2/authorize?{urlencode(query)}"


def forgeries(consent: str, other: str) -> list[str]:
    """Changed URLs of the consent page.

    Args:
        consent: the page's URL, as better-auth signed it.
        other: the authorization URL of another application.
    """
    [client] = re.findall("client_id=([^&]*)", other)
    page = consent.partition("?")[0]
    return [
        re.sub("redirect_uri=[^&]*", "redirect_uri=https://evil.example.com/", consent),
        re.sub("client_id=[^&]*", f"client_id={client}", consent),
        re.sub("scope=[^&]*", "scope=openid", consent),
        consent.replace("?", f"?client_id={client}&"),
        consent.replace("?", "?scope=openid&"),
        f"{page}?client_id={client}&scope=openid&redirect_uri=https://evil.example.com/",
    ]
