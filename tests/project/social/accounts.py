"""Stand-ins for social providers: the endpoints that server and browser use."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import time
from dataclasses import dataclass, field
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key

from tests.conformance.internet import Answer, Internet, Request
from tests.conformance.services.google import CLIENT_ID, Google


class Refused(Exception):
    """The provider shows its own error page and does not redirect."""


@dataclass(frozen=True)
class Person:
    """A user with an account at a provider."""

    email: str
    is_verified: bool = True
    name: str = "Ada Lovelace"
    subject: str = field(default_factory=lambda: str(10**9 + secrets.randbelow(9 * 10**9)))


@dataclass(frozen=True)
class _Grant:
    """The data of an authorization code."""

    person: Person
    redirect_uri: str
    challenge: str


class Provider:
    """The authorization code flow of RFC 6749, with PKCE (RFC 7636).

    Attributes:
        callbacks: the registered callback URLs.
        posts: whether it redirects by a form (OAuth 2.0 Form Post Response Mode).
    """

    id: ClassVar[str]
    hosts: ClassVar[tuple[str, ...]]
    page: ClassVar[str]
    client_id = "shop"
    has_pkce = True
    posts = False

    def __init__(self) -> None:
        self.callbacks: set[str] = set()
        self.client_secret = secrets.token_urlsafe(24)
        self._grants: dict[str, _Grant] = {}
        self._people: dict[str, Person] = {}

    @property
    def settings(self) -> dict[str, str]:
        """The settings of a registered application."""
        name = self.id.upper()
        return {f"{name}_CLIENT_ID": self.client_id, f"{name}_CLIENT_SECRET": self.client_secret}

    def join(self, internet: Internet) -> None:
        """Adds its hosts to the Internet."""
        internet.services.update((host, _Host(host, self)) for host in self.hosts)

    def agree(self, url: str, person: Person) -> str:
        """Consents as a user; returns the callback's URL.

        Raises:
            Refused: the client or its callback URL is not registered.
        """
        asked = dict(parse_qsl(urlsplit(url).query))
        assert url.partition("?")[0] == self.page
        if asked["client_id"] != self.client_id or asked["redirect_uri"] not in self.callbacks:
            raise Refused(f"{asked['client_id']} and {asked['redirect_uri']} are not known")
        assert "code" in asked["response_type"].split()
        assert ("S256" if self.has_pkce else None) == asked.get("code_challenge_method")
        assert ("form_post" if self.posts else None) == asked.get("response_mode")
        code = secrets.token_urlsafe(16)
        challenge = asked.get("code_challenge", "")
        self._grants[code] = _Grant(person, asked["redirect_uri"], challenge)
        answer = {"code": code, "state": asked["state"], **self.sends(person)}
        return f"{asked['redirect_uri']}?{urlencode(answer)}"

    def sends(self, person: Person) -> dict[str, str]:
        """Further parameters of the callback."""
        return {}

    def redeem(self, form: dict[str, Any]) -> Person | None:
        """The user of a code, once; None if the request is not the client's."""
        grant = self._grants.pop(form.get("code", ""), None)
        verifier = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(verifier).decode().rstrip("=") * self.has_pkce
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
        """The user whose access token a request has."""
        return self._people.get(request.headers.get("authorization", "").removeprefix("Bearer "))

    def answer(self, request: Request) -> Answer:
        """The response to the application."""
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


class Discord(Provider):
    """See https://discord.com/developers/docs/topics/oauth2; better-auth uses no PKCE there."""

    id = "discord"
    hosts = ("discord.com",)
    page = "https://discord.com/api/oauth2/authorize"
    client_id = "157730590492196864"
    has_pkce = False

    def answer(self, request: Request) -> Answer:
        if request.path == "/api/oauth2/token":
            if not (person := self.redeem(request.members)):
                return Answer({"error": "invalid_grant"}, 400)
            token = {"access_token": self.token_for(person), "token_type": "Bearer"}
            return Answer({**token, "expires_in": 604800, "scope": "identify email"})
        if not (person := self.owner(request)):
            return Answer({"message": "401: Unauthorized", "code": 0}, 401)
        user = {"id": person.subject, "username": f"ada{person.subject}", "discriminator": "0"}
        address = {"email": person.email, "verified": person.is_verified}
        return Answer({**user, **address, "global_name": person.name, "avatar": None})


class Microsoft(Provider):
    """See https://learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow."""

    id = "microsoft"
    hosts = ("login.microsoftonline.com", "graph.microsoft.com")
    page = "https://login.microsoftonline.com/common/oauth2/v2.0/authorize"
    client_id = "6731de76-14a6-49ae-97bc-6eba6914391e"

    def answer(self, request: Request) -> Answer:
        if request.host == "graph.microsoft.com":
            return Answer({"error": {"code": "ImageNotFound"}}, 404)
        if not (person := self.redeem(request.members)):
            return Answer({"error": "invalid_grant"}, 400)
        tenant = "9188040d-6c67-4c5b-b112-36a304b66dad"
        claims = {
            "aud": self.client_id,
            "iss": f"https://login.microsoftonline.com/{tenant}/v2.0",
            "tid": tenant,
            "oid": person.subject,
            "sub": secrets.token_hex(16),
            "email": person.email,
            "verified_primary_email": [person.email] if person.is_verified else [],
            "name": person.name,
        }
        token = {"access_token": self.token_for(person), "token_type": "Bearer"}
        return Answer({**token, "expires_in": 3599, "id_token": signed(claims)})


class Apple(Provider):
    """See https://developer.apple.com/documentation/signinwithapplerestapi."""

    id = "apple"
    hosts = ("appleid.apple.com",)
    page = "https://appleid.apple.com/auth/authorize"
    client_id = "com.example.shop"
    posts = True

    def answer(self, request: Request) -> Answer:
        if not (person := self.redeem(request.members)):
            return Answer({"error": "invalid_grant"}, 400)
        claims = {
            "aud": self.client_id,
            "iss": "https://appleid.apple.com",
            "sub": person.subject,
            "email": person.email,
            "email_verified": person.is_verified,
        }
        token = {"access_token": self.token_for(person), "token_type": "Bearer"}
        return Answer({**token, "expires_in": 3600, "id_token": signed(claims)})

    def sends(self, person: Person) -> dict[str, str]:
        first, _, last = person.name.partition(" ")
        user = {"name": {"firstName": first, "lastName": last}, "email": person.email}
        return {"user": json.dumps(user)}


_KEY = generate_private_key(65537, 2048)


def signed(claims: dict[str, Any]) -> str:
    """An ID token, whose signature servers do not check when they fetch it directly."""
    now = int(time.time())
    return jwt.encode({"iat": now, "exp": now + 3600, **claims}, _KEY, algorithm="RS256")


PROVIDERS: dict[str, type[Provider]] = {
    provider.id: provider for provider in (GitHub, GoogleAccounts, Microsoft, Apple, Discord)
}
