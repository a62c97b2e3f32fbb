"""How pages of other origins see a server."""

from __future__ import annotations

from collections.abc import Iterable

from tests.project.typescript import Browser

#: The setting of a server, an origin that it trusts, and one that it does not.
TRUSTED = "https://*.example.org"
_SHOP, _EVIL = "https://shop.example.org", "https://evil.example.com"


def check_cors(browser: Browser, paths: Iterable[str]) -> None:
    """Asserts that pages of trusted origins, and no others, may use these with cookies."""
    for path in paths:
        url = f"{browser.origin}{path}"
        for origin, allowed in ((_SHOP, _SHOP), (_EVIL, None)):
            asked = {
                "Origin": origin,
                "Access-Control-Request-Method": "POST",
                "Access-Control-Request-Headers": "content-type,x-captcha-response",
            }
            preflight = browser.options(url, headers=asked)
            answer = browser.get(url, headers={"Origin": origin})
            assert answer.status_code == 200
            for one in (preflight, answer):
                assert one.headers.get("access-control-allow-origin") == allowed, (path, origin)
        trusted = browser.options(url, headers={**asked, "Origin": _SHOP})
        assert trusted.is_success
        assert "POST" in trusted.headers["access-control-allow-methods"]
        headers = trusted.headers["access-control-allow-headers"].lower()
        assert "content-type" in headers and "x-captcha-response" in headers
        assert trusted.headers["access-control-allow-credentials"] == "true"
        assert "Origin" in trusted.headers["vary"]
