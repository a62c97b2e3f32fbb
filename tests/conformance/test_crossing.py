"""People go back and forth between the two servers, which run on one database."""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Iterator
from contextlib import closing
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from tests.conformance.servers import CROSSING, Database, Server, Stacks
from tests.totp import totp

pytestmark = pytest.mark.e2e

PASSWORD = "correct horse battery"
ZONES = [("UTC", "UTC"), ("Asia/Tokyo", "America/New_York")]


@pytest.fixture(scope="module", params=ZONES, ids=lambda zones: " and ".join(zones))
def pair(stacks: Stacks, request: pytest.FixtureRequest) -> Iterator[tuple[Server, Server]]:
    with stacks.serving(database=CROSSING, zones=request.param) as both:
        yield both


@pytest.fixture(params=["from official to python", "from python to official"])
def crossing(pair: tuple[Server, Server], request: pytest.FixtureRequest) -> tuple[Server, Server]:
    """Where somebody comes from, and where they go."""
    official, python = pair
    return (official, python) if request.param.startswith("from official") else (python, official)


class Person:
    """Somebody with one jar of cookies, as a browser has for both servers."""

    def __init__(self) -> None:
        self.email = f"{secrets.token_hex(8)}@example.com"
        self.http = httpx.Client(timeout=30)

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


def test_a_session_counts_on_both(crossing: tuple[Server, Server]) -> None:
    here, there = crossing
    ada = Person().signs_up(here)
    mine, theirs = ada.session(here), ada.session(there)
    assert mine["session"] == theirs["session"]
    assert mine["user"] == theirs["user"]


def test_a_password_counts_on_both(crossing: tuple[Server, Server]) -> None:
    here, there = crossing
    ada = Person().signs_up(here)
    ada.http.cookies.clear()
    assert ada.sign_in(there, "wrong password").status_code == 401
    assert ada.sign_in(there).status_code == 200
    assert ada.session(here)["user"]["email"] == ada.email


def test_a_sign_out_is_seen_at_once(crossing: tuple[Server, Server]) -> None:
    here, there = crossing
    ada = Person().signs_up(here)
    cookies = dict(ada.http.cookies)
    ada.post(there, "/sign-out")
    ada.http.cookies.update(cookies)
    assert ada.session(here) is None


def test_a_new_password_is_seen_at_once(crossing: tuple[Server, Server]) -> None:
    here, there = crossing
    ada, phone = Person().signs_up(here), Person()
    phone.email = ada.email
    assert phone.sign_in(here).status_code == 200
    ada.post(
        there,
        "/change-password",
        currentPassword=PASSWORD,
        newPassword="another battery",
        revokeOtherSessions=True,
    )
    assert phone.session(here) is None
    assert phone.sign_in(here).status_code == 401
    assert phone.sign_in(here, "another battery").status_code == 200


def test_a_second_factor_counts_on_both(crossing: tuple[Server, Server]) -> None:
    here, there = crossing
    ada = Person().signs_up(here)
    given = ada.post(here, "/two-factor/enable", password=PASSWORD)
    ada.post(there, "/two-factor/verify-totp", code=totp(given["totpURI"]))
    ada.http.cookies.clear()
    assert ada.sign_in(here).json()["twoFactorRedirect"] is True
    ada.post(there, "/two-factor/verify-totp", code=totp(given["totpURI"]))
    assert ada.session(here)["user"]["twoFactorEnabled"] is True

    ada.http.cookies.clear()
    assert ada.sign_in(there).json()["twoFactorRedirect"] is True
    ada.post(there, "/two-factor/verify-backup-code", code=given["backupCodes"][0])
    ada.http.cookies.clear()
    ada.sign_in(here)
    again = {"code": given["backupCodes"][0]}
    assert ada.send(here, "POST", "/two-factor/verify-backup-code", json=again).status_code == 401


def test_a_token_of_one_is_verified_with_the_keys_of_the_other(
    crossing: tuple[Server, Server],
) -> None:
    ada = Person().signs_up(crossing[0])
    one, other = (ada.get(server, "/token")["token"] for server in crossing)
    keys = [ada.get(server, "/jwks")["keys"] for server in crossing]
    assert {key["kid"]: key["x"] for key in keys[0]} == {key["kid"]: key["x"] for key in keys[1]}
    for token in (one, other):
        _verify(token, keys[1])


def _verify(token: str, keys: list[dict[str, str]]) -> None:
    """Raises InvalidSignature or KeyError."""

    def decoded(part: str) -> bytes:
        return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))

    head, body, signature = token.split(".")
    key = {key["kid"]: key["x"] for key in keys}[json.loads(decoded(head))["kid"]]
    public = Ed25519PublicKey.from_public_bytes(decoded(key))
    public.verify(decoded(signature), f"{head}.{body}".encode())


def test_an_api_key_counts_on_both(crossing: tuple[Server, Server]) -> None:
    here, there = crossing
    ada = Person().signs_up(here)
    key = ada.post(here, "/api-key/create", name="mine")
    assert [each["id"] for each in _keys(ada.get(there, "/api-key/list"))] == [key["id"]]
    ada.post(there, "/api-key/delete", keyId=key["id"])
    assert _keys(ada.get(here, "/api-key/list")) == []


def _keys(answer: Any) -> list[dict[str, Any]]:
    keys: list[dict[str, Any]] = answer["apiKeys"] if isinstance(answer, dict) else answer
    return keys


def test_an_invitation_crosses(crossing: tuple[Server, Server]) -> None:
    here, there = crossing
    ada, bob = Person().signs_up(here), Person().signs_up(there)
    slug = secrets.token_hex(8)
    organization = ada.post(here, "/organization/create", name="Engines", slug=slug)
    invitation = ada.post(
        here,
        "/organization/invite-member",
        email=bob.email,
        role="member",
        organizationId=organization["id"],
    )
    bob.post(there, "/organization/accept-invitation", invitationId=invitation["id"])
    query = {"organizationId": organization["id"]}
    members = ada.get(here, "/organization/list-members", **query)["members"]
    assert {member["role"] for member in members} == {"owner", "member"}


def test_a_one_time_token_crosses(crossing: tuple[Server, Server]) -> None:
    here, there = crossing
    token = Person().signs_up(here).get(here, "/one-time-token/generate")["token"]
    bob = Person()
    bob.post(there, "/one-time-token/verify", token=token)
    assert bob.session(here) is not None
    again = bob.send(here, "POST", "/one-time-token/verify", json={"token": token})
    assert again.status_code == 400


def test_a_magic_link_crosses(crossing: tuple[Server, Server]) -> None:
    here, there = crossing
    ada = Person()
    ada.post(here, "/sign-in/magic-link", email=ada.email, name="Ada")
    query = parse_qs(urlsplit(here.message(ada.email)).query)
    assert ada.get(there, "/magic-link/verify", token=query["token"][0])["user"]["name"] == "Ada"
    assert ada.session(here)["user"]["email"] == ada.email


def test_an_administrator_bans_from_the_other_side(
    crossing: tuple[Server, Server], stacks: Stacks
) -> None:
    here, there = crossing
    boss, eve = Person().signs_up(here), Person().signs_up(there)
    _make_admin(stacks, boss.email)
    boss.post(here, "/admin/ban-user", userId=eve.session(there)["user"]["id"])
    assert eve.session(there) is None
    assert eve.sign_in(there).status_code == 403


def _make_admin(stacks: Stacks, email: str) -> None:
    with closing(Database(stacks.url(CROSSING))) as database:
        database.execute('UPDATE "user" SET role = $1 WHERE email = $2', "admin", email)
