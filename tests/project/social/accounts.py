"""Stand-ins for social providers, as far as a server asks them and a browser visits them."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass, field
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlencode, urlsplit

from tests.conformance.internet import Answer, Internet, Request
from tests.conformance.services.google import CLIENT_ID, Google


class Refused(Exception):
    """The provider's own page says what is wrong, and sends nobody back."""


@dataclass(frozen=True)
class Person:
    """Somebody with an account at a provider."""

    email: str
    is_verified: bool = True
    name: str = "Ada Lovelace"
    subject: str = field(default_factory=lambda: str(10**9 + secrets.randbelow(9 * 10**9)))


@dataclass(frozen=True)
class _Grant:
    """What the provider remembers of a code."""

    person: Person
    redirect_uri: str
    challenge: str


class Provider:
    """The authorization code flow of RFC 6749, with PKCE (RFC 7636).

    Attributes:
        callbacks: the callback URLs that the application's owner has entered.
    """

    id: ClassVar[str]
    hosts: ClassVar[tuple[str, ...]]
    page: ClassVar[str]
    client_id = "shop"

    def __init__(self) -> None:
        self.callbacks: set[str] = set()
        self.client_secret = secrets.token_urlsafe(24)
        self._grants: dict[str, _Grant] = {}
        self._people: dict[str, Person] = {}

    @property
    def settings(self) -> dict[str, str]:
        """What the owner of the application copies into the settings."""
        name = self.id.upper()
        return {f"{name}_CLIENT_ID": self.client_id, f"{name}_CLIENT_SECRET": self.client_secret}

    def join(self, internet: Internet) -> None:
        """Makes its hosts known."""
        internet.services.update((host, _Host(host, self)) for host in self.hosts)

    def agree(self, url: str, person: Person) -> str:
        """Where a person is sent back to who lets the application know them.

        Raises:
            Refused: the application is unknown, or has entered another callback URL.
        """
        asked = dict(parse_qsl(urlsplit(url).query))
        assert url.partition("?")[0] == self.page
        if asked["client_id"] != self.client_id or asked["redirect_uri"] not in self.callbacks:
            raise Refused(f"{asked['client_id']} and {asked['redirect_uri']} are not known")
        assert asked["response_type"] == "code" and asked["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(16)
        self._grants[code] = _Grant(person, asked["redirect_uri"], asked["code_challenge"])
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def redeem(self, form: dict[str, Any]) -> Person | None:
        """The person of a code, once; none where the request is not the application's."""
        grant = self._grants.pop(form.get("code", ""), None)
        verifier = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(verifier).decode().rstrip("=")
        is_known = grant and hmac.compare_digest(form.get("client_secret", ""), self.client_secret)
        if not grant or not is_known or form.get("client_id") != self.client_id:
            return None
        if (form.get("redirect_uri"), challenge) != (grant.redirect_uri, grant.challenge):
            return None
        return grant.person

    def token_for(self, person: Person) -> str:
        """An access token."""
        token = secrets.token_urlsafe(24)
        self._people[token] = person
        return token

    def owner(self, request: Request) -> Person | None:
        """Whose access token a request bears."""
        return self._people.get(request.headers.get("authorization", "").removeprefix("Bearer "))

    def answer(self, request: Request) -> Answer:
        """What it says to the application."""
        raise NotImplementedError


@dataclass
class _Host:
    """One of the hosts of a provider."""

    host: str
    provider: Provider

    def answer(self, request: Request) -> Answer:
        return self.provider.answer(request)


class GitHub(Provider):
    """See https://docs.github.com/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps."""

    id = "github"
    hosts = ("github.com", "api.github.com")
    page = "https://github.com/login/oauth/authorize"
    client_id = "Ov23liShop"

    def answer(self, request: Request) -> Answer:
        if request.path == "/login/oauth/access_token":
            if not (person := self.redeem(request.members)):
                return Answer({"error": "bad_verification_code"})  # with status 200
            scope = "read:user,user:email"
            token = {"access_token": self.token_for(person), "token_type": "bearer"}
            return Answer({**token, "scope": scope})
        if not (person := self.owner(request)):
            return Answer({"message": "Bad credentials"}, 401)
        if request.path == "/user/emails":
            address = {"email": person.email, "primary": True, "verified": person.is_verified}
            return Answer([address])
        login = f"ada-{person.subject}"
        profile = {"id": int(person.subject), "login": login, "name": person.name, "email": None}
        return Answer({**profile, "avatar_url": "https://avatars.githubusercontent.com/u/1"})


class GoogleAccounts(Provider):
    """See https://developers.google.com/identity/openid-connect/openid-connect."""

    id = "google"
    hosts = ("oauth2.googleapis.com", Google.host)
    page = "https://accounts.google.com/o/oauth2/v2/auth"
    client_id = CLIENT_ID

    def __init__(self) -> None:
        super().__init__()
        self._google = Google()

    def answer(self, request: Request) -> Answer:
        if request.path != "/token":
            return self._google.answer(request)
        if not (person := self.redeem(request.members)):
            return Answer({"error": "invalid_grant"}, 400)
        token = self._google.id_token(
            sub=person.subject,
            email=person.email,
            email_verified=person.is_verified,
            name=person.name,
        )
        return Answer(
            {
                "access_token": self.token_for(person),
                "expires_in": 3599,
                "id_token": token,
                "scope": "openid email profile",
                "token_type": "Bearer",
            }
        )


PROVIDERS: dict[str, type[Provider]] = {
    provider.id: provider for provider in (GitHub, GoogleAccounts)
}
