"""better-auth configured for tests: each plugin of the Python port, without a database."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from better_auth import BetterAuth, RateLimit
from better_auth import plugins_ext as ext
from better_auth.plugins import Plugin


async def nothing(*_: Any, **__: Any) -> Any:
    """Stands where a message would be sent: these tests never send one."""


def plugin(name: str, features: set[str]) -> Plugin:
    """A plugin of the port with the options among ``features``."""
    on = {"enabled": True}
    organization: dict[str, Any] = {}
    if "organization-teams" in features:
        organization["teams"] = on
    if "organization-dynamic-access-control" in features:
        organization["dynamic_access_control"] = on
    make: dict[str, Any] = {
        "admin": lambda: ext.AdminPlugin(),
        "anonymous": lambda: ext.AnonymousPlugin(),
        "api-key": lambda: ext.ApiKeyPlugin(),
        "bearer": lambda: ext.BearerPlugin(),
        "captcha": lambda: ext.CaptchaPlugin(provider="google-recaptcha", secret_key="secret"),
        "custom-session": lambda: ext.CustomSessionPlugin(nothing),
        "device-authorization": lambda: ext.DeviceAuthorizationPlugin(verification_uri="/device"),
        "email-otp": lambda: ext.EmailOTPPlugin(send_verification_otp=nothing),
        "generic-oauth": lambda: ext.GenericOAuthPlugin(config=[]),
        "have-i-been-pwned": lambda: ext.HaveIBeenPwnedPlugin(),
        "jwt": lambda: ext.JWTPlugin(),
        "last-login-method": lambda: ext.LastLoginMethodPlugin(
            store_in_database="last-login-method-database" in features
        ),
        "magic-link": lambda: ext.MagicLinkPlugin(send_magic_link=nothing),
        "multi-session": lambda: ext.MultiSessionPlugin(),
        "oauth-popup": lambda: ext.OAuthPopupPlugin(),
        "oauth-provider": lambda: ext.OAuthProviderPlugin(login_page="/in", consent_page="/yes"),
        "oauth-proxy": lambda: ext.OAuthProxyPlugin(),
        "one-tap": lambda: ext.OneTapPlugin(),
        "one-time-token": lambda: ext.OneTimeTokenPlugin(),
        "organization": lambda: ext.OrganizationPlugin(**organization),
        "passkey": lambda: ext.PasskeyPlugin(),
        "phone-number": lambda: ext.PhoneNumberPlugin(send_otp=nothing),
        "siwe": lambda: ext.SiwePlugin(domain="d", get_nonce=nothing, verify_message=nothing),
        "sso": lambda: ext.SSOPlugin(
            domain_verification=on if "sso-domain-verification" in features else None
        ),
        "two-factor": lambda: ext.TwoFactorPlugin(),
        "username": lambda: ext.UsernamePlugin(),
    }
    made: Plugin = make[name]()
    return made


def auth_with(features: Iterable[str], plugins: Iterable[str], **more: Any) -> BetterAuth:
    """better-auth with features of the catalogue.

    Args:
        features: plugins, options and perhaps ``rate-limit``.
        plugins: those of the features that are plugins.
        more: further arguments of ``BetterAuth``.
    """
    chosen = set(features)
    return BetterAuth(
        secret="only-for-tests-and-of-no-use-elsewhere",
        plugins=[plugin(name, chosen) for name in plugins if name in chosen],
        rate_limit=RateLimit(storage="database" if "rate-limit" in chosen else "memory"),
        **more,
    )
