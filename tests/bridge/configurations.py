"""The auth configuration that the tests of the bridge use."""

from __future__ import annotations

from typing import Any

from better_auth import AuthRequest, AuthResponse, BetterAuth, EmailAndPassword, RateLimit
from better_auth.adapters import BaseAdapter
from better_auth.plugins_ext import (
    AdminPlugin,
    ApiKeyPlugin,
    BearerPlugin,
    JWTPlugin,
    OrganizationPlugin,
    PasskeyPlugin,
    TwoFactorPlugin,
    UsernamePlugin,
)

BASE_URL = "http://localhost:8000"


def configure(adapter: BaseAdapter, **options: Any) -> BetterAuth:
    """better-auth with the plugins of `tests.bridge.conftest.FEATURES`."""
    defaults: dict[str, Any] = {
        "secret": "a secret that only the tests of the bridge know",
        "base_url": BASE_URL,
        "email_and_password": EmailAndPassword(enabled=True),
        "rate_limit": RateLimit(enabled=False, storage="database"),
        "plugins": [
            UsernamePlugin(),
            AdminPlugin(),
            TwoFactorPlugin(),
            OrganizationPlugin(teams={"enabled": True}),
            JWTPlugin(),
            ApiKeyPlugin({"enable_session_for_api_keys": True, "enable_metadata": True}),
            PasskeyPlugin(),
            BearerPlugin(require_signature=True),
        ],
    }
    return BetterAuth(adapter=adapter, **(defaults | options))


def post(path: str, body: str, **headers: str) -> AuthRequest:
    return AuthRequest(
        method="POST",
        path=path,
        headers={"origin": BASE_URL, "content-type": "application/json", **headers},
        body=body.encode(),
    )


def cookies(response: AuthResponse) -> str:
    """What a browser would send back."""
    pairs = [value.split(";")[0] for name, value in response.headers if name == "set-cookie"]
    return "; ".join(pair for pair in pairs if not pair.endswith("="))
