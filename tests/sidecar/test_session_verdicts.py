"""The session check agrees with the official get-session.

`DIFFERENCES` lists the exceptions with their reasons.
"""

from __future__ import annotations

import asyncio
import json
import re
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from better_auth_sidecar import AuthServer

from tests.sidecar.credentials import Case, Headers, cases
from tests.sidecar.session_world import (
    Database,
    Official,
    Variant,
    Visitor,
    application,
    make_visitor,
    official,
    running,
)

#: Patterns of cases with different results: who accepts the session, and why.
DIFFERENCES = {
    "company: oversized beside": (
        "ours",
        "Node.js answers 431 to more than 16 kB of headers; Uvicorn takes 64 kB",
    ),
    "forged(, then valid)?: other bits of the last character": (
        "theirs",
        "base64 decodes to the same bytes; the check compares the text, of which there is one",
    ),
    "ban: True, (None|1:00:00)": (
        "theirs",
        "better-auth deletes the sessions of a user whom it bans; the check "
        "also reads a ban that was only written to the row",
    ),
}

_OLD, _NEW = (
    "old-secret-of-more-than-thirty-two-letters",
    "new-secret-of-more-than-thirty-two-letters",
)
VARIANTS = {
    "plain": Variant(),
    "secure": Variant(settings={"BETTER_AUTH_URL": "https://app.example.com"}),
    "prefix": Variant({"advanced": {"cookiePrefix": "acme"}}),
    "own name": Variant({"advanced": {"cookies": {"session_token": {"name": "sid"}}}}),
    "subdomains": Variant(
        {"advanced": {"crossSubDomainCookies": {"enabled": True, "domain": "example.com"}}},
        {"BETTER_AUTH_URL": "https://app.example.com"},
    ),
    "cookie cache": Variant({"session": {"cookieCache": {"enabled": True, "maxAge": 300}}}),
    "several secrets": Variant(settings={"BETTER_AUTH_SECRETS": f"2:{_NEW},1:{_OLD}"}),
    "no renewal": Variant({"session": {"disableSessionRefresh": True}}),
}


@dataclass
class Judges:
    """The official server, and an application with the session check."""

    official: Official
    auth_server: AuthServer
    client: httpx.AsyncClient

    async def ours(self, headers: Headers) -> str | None:
        self.client.cookies.clear()
        answer = await self.client.get("/who", headers=_raw(headers))
        assert answer.status_code == 200, answer.text
        found: str | None = answer.json()
        return found

    async def theirs(self, headers: Headers) -> str | None:
        return await asyncio.to_thread(self._get_session, headers)

    def _get_session(self, headers: Headers) -> str | None:
        # Other HTTP clients refuse some of the headers.
        connection = HTTPConnection(urlsplit(self.official.address).netloc)
        with closing(connection):
            connection.putrequest("GET", "/api/auth/get-session")
            for name, value in _raw(headers):
                connection.putheader(name.decode(), value)
            connection.endheaders()
            answer = connection.getresponse()
            body = answer.read()
        # A wrong API key, or Request Header Fields Too Large.
        if answer.status in (401, 403, 431):
            return None
        assert answer.status == 200, body
        found = json.loads(body)
        return found and str(found["user"]["id"])

    async def visitor(self, case: Case) -> Visitor:
        visitor = await make_visitor(self.auth_server)
        database = Database(self.official)
        await database.change("user", "id", visitor.user, **case.columns("user"))
        await database.change("session", "token", visitor.token, **case.columns("session"))
        if case.is_deleted:
            await database.execute('DELETE FROM "session" WHERE "token" = ?', visitor.token)
        return visitor


def _raw(headers: Headers) -> list[tuple[bytes, bytes]]:
    return [(n.encode(), v.encode() if isinstance(v, str) else v) for n, v in headers]


async def judge(official: Official) -> list[str]:
    """The unexpected differences between the two."""
    auth_server = AuthServer(official.project, official.settings)
    found = []
    async with running(application(auth_server)) as client:
        judges = Judges(official, auth_server, client)
        usual = await make_visitor(auth_server)
        for case in cases():
            visitor = await judges.visitor(case) if case.changes_rows else usual
            headers = case.headers(visitor)
            ours, theirs = await judges.ours(headers), await judges.theirs(headers)
            assert {ours, theirs} <= {None, visitor.user}, case.name
            expected = next((d for d in DIFFERENCES if re.fullmatch(d, case.name)), None)
            actual = None if ours == theirs else "ours" if ours else "theirs"
            if actual != (expected and DIFFERENCES[expected][0]):
                found.append(f"{case.name}: let in by {actual or 'both or none'}")
    return found


#: The variants in `make test`: each kind of cookie name, cookie and signature.
SAMPLE = {"plain", "own name", "subdomains", "cookie cache", "several secrets"}


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=() if name in SAMPLE else pytest.mark.exhaustive)
        for name in VARIANTS
    ],
)
def test_both_accept_the_same_sessions(session_project: Path, name: str) -> None:
    with official(session_project, VARIANTS[name]) as server:
        found = asyncio.run(judge(server))
        assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "name", ["plain", pytest.param("cookie cache", marks=pytest.mark.exhaustive)]
)
def test_both_accept_the_same_sessions_on_sqlite(sqlite_project: Path, name: str) -> None:
    with official(sqlite_project, VARIANTS[name]) as server:
        found = asyncio.run(judge(server))
        assert not found, "\n".join(found)


def test_there_are_enough_cases() -> None:
    assert len({case.name for case in cases()}) == len(list(cases())) >= 150


@pytest.mark.parametrize("pattern", DIFFERENCES)
def test_each_listed_difference_is_one_of_a_case(pattern: str) -> None:
    assert any(re.fullmatch(pattern, case.name) for case in cases())
