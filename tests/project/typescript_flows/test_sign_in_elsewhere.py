"""Single sign-on between two rendered applications."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from hooks.servers import free_port
from tests.project.typescript import Browser, Server, serving
from tests.project.workshop import Workshop

pytestmark = pytest.mark.e2e

SCOPES = ["openid", "email", "profile"]

#: The developer's replacement of the empty list.
PROVIDER = """config: [
  {
    providerId: "company",
    clientId: process.env.COMPANY_CLIENT_ID ?? "",
    clientSecret: process.env.COMPANY_CLIENT_SECRET ?? "",
    discoveryUrl: process.env.COMPANY_DISCOVERY_URL ?? "",
    scopes: ["openid", "email", "profile"],
    authentication: "basic",
    pkce: true,
  },
]"""


def register(company: Browser, callback: str) -> tuple[str, str]:
    """Registers an application at the company; returns its id and secret."""
    client = company.do(
        "/oauth2/create-client",
        redirect_uris=[callback],
        scope=" ".join(SCOPES),
        client_name="Shop",
        # The provider allows loopback callbacks for native clients only.
        application_type="native",
    )
    return client["client_id"], client["client_secret"]


@pytest.fixture(scope="module")
def shop(
    server: Server, workshop: Workshop, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """An application with the other one as its provider "company"."""
    folder, port = tmp_path_factory.mktemp("shop") / "project", free_port()
    company = server.browser()
    company.sign_up()
    callback = f"http://127.0.0.1:{port}/api/auth/callback/company"
    client_id, client_secret = register(company, callback)
    settings = {
        **workshop.settings(),
        "TRUSTED_ORIGINS": server.address,
        "COMPANY_CLIENT_ID": client_id,
        "COMPANY_CLIENT_SECRET": client_secret,
        "COMPANY_DISCOVERY_URL": f"{server.address}/api/auth/.well-known/openid-configuration",
    }
    workshop.render(
        {"plugins": ["bearer", "generic-oauth", "oauth-proxy", "oauth-popup", "sso"]},
        folder,
        settings,
    )
    configuration = folder / "src" / "lib" / "auth.ts"
    before = configuration.read_text()
    assert before.count("config: []") == 1
    configuration.write_text(before.replace("config: []", PROVIDER))
    workshop.push(folder)
    with serving(folder, port) as shop:
        yield shop


def agree(person: Browser, url: str) -> str:
    """Consents at the company; returns the callback's URL."""
    page = urlsplit(person.get(url).headers["location"])
    assert page.path == "/auth/consent", page
    accepted = person.do("/oauth2/consent", accept=True, oauth_query=page.query)
    back: str = accepted.get("url") or accepted["redirect_uri"]
    return back


def ask(visitor: Browser, shop: Server) -> str:
    """Starts a sign-in with the company; returns the authorization URL."""
    home, error = f"{shop.address}/", f"{shop.address}/error"
    body = {"provider": "company", "callbackURL": home, "errorCallbackURL": error}
    url: str = visitor.do("/sign-in/social", **body)["url"]
    return url


def test_sign_in_with_a_generic_oauth_provider(server: Server, shop: Server) -> None:
    person, visitor = server.browser(), shop.browser()
    subject = person.sign_up()["id"]
    back = agree(person, ask(visitor, shop))
    assert visitor.get(back).headers["location"] == f"{shop.address}/"
    user = visitor.user()
    assert user and (user["email"], user["name"]) == (person.email, "Ada")
    accounts = visitor.ask("/list-accounts")
    assert [(entry["providerId"], entry["accountId"]) for entry in accounts] == [
        ("company", subject)
    ]


def test_a_preview_gets_its_callback_through_production(shop: Server) -> None:
    production = "https://shop.example.com"
    with serving(shop.project, OAUTH_PROXY_PRODUCTION_URL=production) as preview:
        url = ask(preview.browser(), preview)
    assert parse_qs(urlsplit(url).query)["redirect_uri"] == [
        f"{production}/api/auth/callback/company"
    ]


def test_a_callback_in_another_browser_is_refused(server: Server, shop: Server) -> None:
    person, attacker, victim = server.browser(), shop.browser(), shop.browser()
    person.sign_up()
    back = agree(person, ask(attacker, shop))
    assert victim.get(back).headers["location"].startswith(f"{shop.address}/error?")
    assert victim.user() is None


def test_a_popup_passes_the_session_to_its_page(server: Server, shop: Server) -> None:
    person, popup, page = server.browser(), shop.browser(), shop.browser()
    person.sign_up()
    start = {"provider": "company", "popupNonce": secrets.token_hex(8)}
    stranger = {**start, "popupOrigin": "https://stranger.example.com"}
    assert popup.get("/oauth-popup/start", params=stranger).status_code == 403
    to_company = popup.get("/oauth-popup/start", params={**start, "popupOrigin": shop.address})
    done = popup.get(agree(person, to_company.headers["location"])).text
    data = re.search(r'<script type="application/json"[^>]*>(.*?)</script>', done)
    assert data
    message = json.loads(data[1])
    assert (message["targetOrigin"], message["nonce"]) == (shop.address, start["popupNonce"])
    page.headers["Authorization"] = f"Bearer {message['token']}"
    user = page.user()
    assert user and user["email"] == person.email


def test_sign_in_with_a_customers_identity_provider(server: Server, shop: Server) -> None:
    person, administrator, visitor = server.browser(), shop.browser(), shop.browser()
    person.sign_up()
    administrator.sign_up()
    provider_id, issuer = f"customer-{secrets.token_hex(4)}", f"{server.address}/api/auth"
    callback = f"{shop.address}/api/auth/sso/callback/{provider_id}"
    client_id, client_secret = register(person, callback)
    configuration: dict[str, Any] = {
        "clientId": client_id,
        "clientSecret": client_secret,
        "scopes": SCOPES,
    }
    domain = person.email.split("@")[1]
    body = {"providerId": provider_id, "domain": domain, "oidcConfig": configuration}
    untrusted = {**body, "issuer": "http://127.0.0.1:1/api/auth"}
    assert administrator.post("/sso/register", json=untrusted).status_code == 400
    assert visitor.post("/sso/register", json={**body, "issuer": issuer}).status_code == 401
    administrator.do("/sso/register", issuer=issuer, **body)

    asked = visitor.do("/sign-in/sso", email=person.email, callbackURL=f"{shop.address}/")
    assert parse_qs(urlsplit(asked["url"]).query)["redirect_uri"] == [callback]
    back = agree(person, asked["url"])
    assert visitor.get(back).headers["location"] == f"{shop.address}/"
    user = visitor.user()
    assert user and (user["email"], user["name"]) == (person.email, "Ada")
