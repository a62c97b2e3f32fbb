"""A preview has people sent back to production, which alone the provider knows."""

from urllib.parse import parse_qs, urlsplit

import pytest
from better_auth.plugins_ext import GenericOAuthPlugin, OAuthProxyPlugin
from better_auth.plugins_ext.generic_oauth import GenericOAuthConfig

from tests.bridge.configurations import BASE_URL
from tests.bridge.conftest import Database
from tests.bridge.test_http import browser, serving

PROVIDER = GenericOAuthConfig(
    provider_id="company",
    client_id="shop",
    authorization_url="https://company.example.com/authorize",
    token_url="https://company.example.com/token",
)


@pytest.mark.parametrize(
    ("production", "back"),
    [
        ("https://app.example.com", "https://app.example.com"),
        ("https://app.example.com/", "https://app.example.com"),
        (BASE_URL, BASE_URL),
        (None, BASE_URL),
    ],
)
async def test_where_people_come_back_to(
    sqlite: Database, production: str | None, back: str
) -> None:
    plugins = [
        GenericOAuthPlugin(config=[PROVIDER]),
        OAuthProxyPlugin(production_url=production),
    ]
    async with serving(sqlite, plugins=plugins) as (_, transport), browser(transport) as visitor:
        body = {"provider": "company", "callbackURL": "/home"}
        asked = await visitor.post("/api/auth/sign-in/social", json=body)
    query = parse_qs(urlsplit(asked.json()["url"]).query)
    assert query["redirect_uri"] == [f"{back}/api/auth/callback/company"]
    assert query["code_challenge"] and query["state"]
