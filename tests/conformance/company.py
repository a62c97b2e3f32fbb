"""An identity provider: a TypeScript server with users and a database of its own."""

from __future__ import annotations

import secrets
from contextlib import closing
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import httpx

from tests.conformance.servers import Database, Server
from tests.conformance.world import Browser, World

PASSWORD = "correct horse battery"
SCOPES = "openid email profile offline_access"


class Person:
    """A user with one cookie jar for both servers, as a browser has."""

    def __init__(self) -> None:
        self.email = f"{secrets.token_hex(8)}@example.com"
        self.http = httpx.Client()

    def send(self, server: Server, method: str, path: str, **options: Any) -> httpx.Response:
        headers = {"Origin": server.address, "X-Forwarded-For": _address()}
        headers |= options.pop("headers", {})
        url = f"{server.address}/api/auth{path}"
        return self.http.request(method, url, headers=headers, **options)

    def post(self, server: Server, path: str, **body: Any) -> Any:
        answer = self.send(server, "POST", path, json=body)
        assert answer.status_code == 200, f"{server.name} {path}: {answer.text}"
        return answer.json()

    def get(self, server: Server, path: str, **query: Any) -> Any:
        answer = self.send(server, "GET", path, params=query)
        assert answer.status_code == 200, f"{server.name} {path}: {answer.text}"
        return answer.json()

    def signs_up(self, server: Server) -> Person:
        self.post(server, "/sign-up/email", name="Ada", email=self.email, password=PASSWORD)
        return self

    def sign_in(self, server: Server, password: str = PASSWORD) -> httpx.Response:
        body = {"email": self.email, "password": password}
        return self.send(server, "POST", "/sign-in/email", json=body)

    def session(self, server: Server) -> Any:
        return self.get(server, "/get-session")


def _address() -> str:
    return ".".join(str(1 + secrets.randbelow(223)) for _ in range(4))


@dataclass(frozen=True)
class Company:
    """The OAuth provider that both servers have configured as "company"."""

    server: Server
    client_id: str
    client_secret: str

    @property
    def settings(self) -> dict[str, str]:
        """The settings that the auth configurations read."""
        return {
            "COMPANY_ADDRESS": self.server.address,
            "COMPANY_CLIENT_ID": self.client_id,
            "COMPANY_CLIENT_SECRET": self.client_secret,
            "TRUSTED_ORIGINS": self.server.address,
        }

    def employee(
        self, world: World, name: str = "ada", *, email: str = "", verified: bool = False
    ) -> Employee:
        """A user of the world with an account at the company under the same address."""
        world.form.replace(self.server.address, "company")
        world.form.replace(self.client_id, "client-id")
        return Employee(self.server, email or world.browser(name).email, verified=verified)


class Employee(Person):
    """A user whose browser is signed in at the company."""

    def __init__(self, server: Server, email: str, *, verified: bool) -> None:
        super().__init__()
        self.server, self.email = server, email
        self.signs_up(server)
        if verified:
            self.verifies()

    def verifies(self) -> None:
        """Marks the address as verified at the company."""
        with closing(Database(self.server.database_url)) as database:
            verify = 'UPDATE "user" SET "emailVerified" = true WHERE email = $1'
            database.execute(verify, self.email)

    def agrees(self, url: str) -> str:
        """Consents to an application; returns the URL to which the company redirects."""
        return self._decides(url, accept=True)

    def refuses(self, url: str) -> str:
        return self._decides(url, accept=False)

    def _decides(self, url: str, *, accept: bool) -> str:
        page = urlsplit(self.http.get(url).headers["location"])
        if page.path != "/auth/consent":  # consent is stored
            return page.geturl()
        answer = self.post(self.server, "/oauth2/consent", accept=accept, oauth_query=page.query)
        return str(answer.get("url") or answer["redirect_uri"])


def register(person: Person, server: Server, path: str) -> dict[str, Any]:
    """Registers a native application on loopback, whose port may vary (RFC 8252)."""
    body = {
        "redirect_uris": [f"http://127.0.0.1{path}"],
        "scope": SCOPES,
        "client_name": "Shop",
        "application_type": "native",
        "grant_types": ["authorization_code", "refresh_token"],
    }
    answer = person.send(server, "POST", "/oauth2/create-client", json=body)
    assert answer.is_success, answer.text
    client: dict[str, Any] = answer.json()
    return client


def found(server: Server) -> Company:
    """Registers both servers as one client of the company."""
    owner = Person().signs_up(server)
    client = register(owner, server, "/api/auth/callback/company")
    return Company(server, client["client_id"], client["client_secret"])


def asks(visitor: Browser, **more: Any) -> str:
    """Starts a sign-in with the company; returns the authorization URL."""
    body = {"provider": "company", "callbackURL": "/home", "errorCallbackURL": "/failed", **more}
    sent = {name: value for name, value in body.items() if value is not None}
    return str(visitor.post("/sign-in/social", **sent).json()["url"])


def returns(visitor: Browser, back: str) -> str:
    """Requests the callback URL; returns the redirect's location."""
    answer = visitor.request("GET", back, name="GET the callback")
    return str(answer.headers.get("location", ""))


def changed(url: str, **parameters: str | None) -> str:
    """Sets query parameters of a URL; None removes one."""
    parts = urlsplit(url)
    query = {**dict(parse_qsl(parts.query)), **parameters}
    kept = {name: value for name, value in query.items() if value is not None}
    return parts._replace(query=urlencode(kept)).geturl()


def parameter(url: str, name: str) -> str:
    """A query parameter of a URL."""
    return parse_qs(urlsplit(url).query)[name][0]
