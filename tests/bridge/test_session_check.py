"""The session check of the application's own routes: whom it lets in, and whom it refuses.

The sessions are rows that another server might have written; nothing of better-auth is mounted.
"""

import base64
import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote, unquote

import httpx
import pytest
from better_auth import BetterAuth, SessionOptions, Where
from better_auth.config import CookieCache, UserOptions
from better_auth.cookie_cache import set_cookie_cache_async
from better_auth.crypto import sign_value
from better_auth.schema import Field, SchemaMismatchError
from better_auth_prisma import connections, create_prisma_engine, prisma_adapter
from better_auth_prisma.sessions import SessionReader
from fastapi import Depends, FastAPI, WebSocket
from fastapi_better_auth import AdminUser, Session
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.requests import HTTPConnection
from starlette.testclient import TestClient, WebSocketDenialResponse

from tests.bridge.configurations import BASE_URL, configure
from tests.bridge.conftest import FEATURES, Database
from tests.bridge.databases import prisma_schema, push
from tests.bridge.test_connections import cut_off

NAME = "better-auth.session_token"
HOUR = timedelta(hours=1)


def application(auth: BetterAuth) -> FastAPI:
    app = FastAPI(generate_unique_id_function=lambda route: route.name)
    found = Annotated[Session[AdminUser] | None, Depends(SessionReader(auth, AdminUser))]

    async def me(session: found) -> str | None:
        return session.user.email if session else None

    for method in ("get", "post", "put", "delete"):
        getattr(app, method)("/me", name=method)(me)

    @app.websocket("/talk")
    async def talk(socket: WebSocket, session: found) -> None:
        await socket.accept()
        await socket.send_text(str(session.user.email if session else None))

    return app


@dataclass
class Ada:
    """Somebody with a session in the database."""

    auth: BetterAuth
    user: dict[str, Any]
    session: dict[str, Any]

    @property
    def cookie(self) -> str:
        return sign_value(self.auth.secret, self.session["token"])

    async def change(self, model: str, **values: Any) -> None:
        row = {"user": self.user, "session": self.session}[model]
        await self.auth.adapter.update(model, [Where("id", row["id"])], values)

    async def ask(
        self, *headers: tuple[str, str | bytes], method: str = "GET", base_url: str = BASE_URL
    ) -> httpx.Response:
        transport = httpx.ASGITransport(application(self.auth))
        async with httpx.AsyncClient(transport=transport, base_url=base_url) as client:
            raw = [
                (name, text.encode() if isinstance(text, str) else text) for name, text in headers
            ]
            return await client.request(
                method, "/me", headers=[(name.encode(), value) for name, value in raw]
            )

    async def is_in(self, *cookies: str | bytes) -> bool:
        answer = await self.ask(*[("cookie", cookie) for cookie in cookies])
        assert answer.status_code == 200, answer.text
        assert "set-cookie" not in answer.headers
        return bool(answer.json() == self.user["email"])


async def signed_in(auth: BetterAuth, **user: Any) -> Ada:
    now = datetime.now(UTC)
    times = {"createdAt": now, "updatedAt": now}
    email = f"{secrets.token_hex(8)}@example.com"
    person = {"name": "Ada", "email": email, "emailVerified": True, **times, **user}
    row = await auth.adapter.create("user", person)
    session = {"token": secrets.token_urlsafe(24), "userId": row["id"], **times}
    session["expiresAt"] = now + timedelta(days=7)
    return Ada(auth, row, await auth.adapter.create("session", session))


@asynccontextmanager
async def ada_of(engine: AsyncEngine, provider: str, **options: Any) -> AsyncIterator[Ada]:
    auth = configure(prisma_adapter(engine, provider=provider), **options)
    ada = await signed_in(auth)
    try:
        yield ada
    finally:
        await auth.adapter.delete_many("user", [Where("id", ada.user["id"])])


@pytest.fixture
async def ada(engine: AsyncEngine, database: Database) -> AsyncIterator[Ada]:
    async with ada_of(engine, database.provider) as ada:
        yield ada


@pytest.fixture
async def here(sqlite: Database) -> AsyncIterator[Ada]:
    """Ada where it does not matter which database she is in."""
    engine = sqlite.engine()
    async with ada_of(engine, "sqlite") as ada:
        yield ada
    await engine.dispose()


# --- who is let in ------------------------------------------------------------------------


async def test_a_session_and_its_user(ada: Ada) -> None:
    reader = SessionReader(ada.auth, AdminUser)
    await ada.change("user", role="admin,editor")
    await ada.change("session", activeOrganizationId="o1", impersonatedBy="boss")
    connection = httpx.Headers({"cookie": f"{NAME}={ada.cookie}"}).raw
    session = await reader(_connection(connection))
    assert session is not None and session.token is not None
    assert session.token.get_secret_value() == ada.session["token"]
    assert session.expires_at == ada.session["expiresAt"]
    assert (session.impersonated_by, session.raw["activeOrganizationId"]) == ("boss", "o1")
    user = await ada.auth.adapter.find_one("user", [Where("id", ada.user["id"])])
    assert session.user == AdminUser.model_validate(user)
    assert session.user.role == "admin,editor"


def _connection(headers: Sequence[tuple[bytes, bytes]]) -> HTTPConnection:
    scope = {"type": "http", "method": "GET", "path": "/", "query_string": b""}
    return HTTPConnection({**scope, "headers": list(headers)})


@pytest.mark.parametrize(
    "cookies",
    [
        ["{name}={cookie}"],
        ["{name}={plain}"],
        ['{name}="{cookie}"'],
        [' {name} = "{cookie}" ; a=b'],
        ["a=1", "{name}={cookie}", "b=2"],
        ["a=1; {name}={cookie}; {name}=forged.signature"],
        ["{name}={cookie}", "{name}=forged.signature"],
        ['a={{"x":1}}; noequals; ;; =; a@b=1; {name}={cookie}; é=ü'],
        ["better-auth.session_tokens=x; __Secure-{name}=x; {name}={cookie}"],
        ["big=" + "x" * 20_000 + "; {name}={cookie}"],
        [*["a=b"] * 600, "{name}={cookie}"],
    ],
    ids=lambda cookies: cookies[-1][:30],
)
async def test_a_cookie_in_odd_company(here: Ada, cookies: list[str]) -> None:
    names = {"name": NAME, "cookie": here.cookie, "plain": unquote(here.cookie)}
    assert await here.is_in(*(cookie.format(**names) for cookie in cookies))


@pytest.mark.parametrize("lines", [["a=1", "{}", "b=2"], ["{}", "a=1"], ["a=1", "b=2", "{}"]])
async def test_several_cookie_lines_without_a_plugin(sqlite: Database, lines: list[str]) -> None:
    """No plugin looks at the request first, and gets its headers joined."""
    engine = sqlite.engine()
    async with ada_of(engine, "sqlite", plugins=[]) as ada:
        assert await ada.is_in(*(line.format(f"{NAME}={ada.cookie}") for line in lines))
    await engine.dispose()


# --- who is refused -----------------------------------------------------------------------


def _forgeries(token: str, secret: str) -> dict[str, str]:
    """Values of the cookie that nobody signed with the secret, or not like this."""
    signed = unquote(sign_value(secret, token))
    signature = signed.rpartition(".")[2]
    last = "A" if signature[0] != "A" else "B"
    return {
        "nothing": "",
        "blanks": "   ",
        "the bare token": token,
        "no signature": f"{token}.",
        "no token": f".{signature}",
        "a signature alone": signature,
        "another token": f"x{signed}",
        "a changed token": signed.replace(token, token.swapcase()),
        "a changed signature": f"{token}.{last}{signature[1:]}",
        "a cut signature": signed[:-2],
        "no padding": signed.rstrip("="),
        "more padding": signed + "=",
        "a signature in base64url": f"{token}.{signature.replace('+', '-').replace('/', '_')}-",
        "a signature in hexadecimal": f"{token}.{base64.b64decode(signature).hex()}",
        "of another secret": unquote(sign_value("x" + secret, token)),
        "of the empty secret": unquote(sign_value("", token)),
        "signed twice": unquote(sign_value(secret, signed)),
        "encoded twice": quote(quote(signed)),
        "not ASCII": f"{token}.é{signature[1:]}",
        "not ASCII, but as long": f"{token}.%C3%A9{signature[1:]}",
        "not ASCII, encoded": f"%C3%A9.{signature}",
        "no UTF-8": f"%ff.{signature}",
        "half a surrogate": f"%ED%A0%80.{signature}",
        "a zero byte": f"{token}%00.{signature}",
        "half an escape": f"{token}.%4",
        "a quote": '"',
        "an open quote": f'"{signed}',
        "oversized": "x" * 100_000,
        "oversized and signed": sign_value(secret, "x" * 9000),
        "signed, but of no session": sign_value(secret, "x" * 32),
    }


@pytest.mark.parametrize("kind", _forgeries("", "x"))
async def test_a_forged_cookie(here: Ada, kind: str) -> None:
    forged = _forgeries(here.session["token"], here.auth.secret)[kind]
    assert not await here.is_in(f"{NAME}={forged}")
    # The first one counts, so a forged one is not made good by what follows.
    if forged.strip():
        assert not await here.is_in(f"{NAME}={forged}; {NAME}={here.cookie}")


@pytest.mark.parametrize("address", ["http://localhost:8000", "https://app.example.com"])
async def test_there_is_one_name_for_the_cookie(sqlite: Database, address: str) -> None:
    engine = sqlite.engine()
    secure = address.startswith("https:")
    async with ada_of(engine, "sqlite", base_url=address) as ada:
        assert await ada.is_in(f"{NAME}={ada.cookie}") is not secure
        assert await ada.is_in(f"__Secure-{NAME}={ada.cookie}") is secure
        assert not await ada.is_in(f"__Host-{NAME}={ada.cookie}")
        assert not await ada.is_in(f"better-auth.session_token.0={ada.cookie}")
    await engine.dispose()


async def test_an_old_secret_does_not_count(sqlite: Database) -> None:
    """The official server checks cookies with its first secret only."""
    engine = sqlite.engine()
    old, new = "the old secret of this application", "the new secret of this application"
    async with ada_of(engine, "sqlite", secret=new, secrets=[(2, new), (1, old)]) as ada:
        assert await ada.is_in(f"{NAME}={ada.cookie}")
        assert not await ada.is_in(f"{NAME}={sign_value(old, ada.session['token'])}")
    await engine.dispose()


async def test_a_deleted_session(ada: Ada) -> None:
    assert await ada.is_in(f"{NAME}={ada.cookie}")
    await ada.auth.adapter.delete_many("session", [Where("id", ada.session["id"])])
    assert not await ada.is_in(f"{NAME}={ada.cookie}")


async def test_the_cookie_cache_does_not_outlive_a_session(sqlite: Database) -> None:
    engine = sqlite.engine()
    cache = SessionOptions(cookie_cache=CookieCache(enabled=True))
    async with ada_of(engine, "sqlite", session=cache) as ada:
        cached = await set_cookie_cache_async(ada.auth, ada.session, ada.user, False)
        cookies = f"{NAME}={ada.cookie}; {str(cached).partition(';')[0]}"
        assert await ada.is_in(cookies)
        await ada.auth.adapter.delete_many("session", [Where("id", ada.session["id"])])
        assert not await ada.is_in(cookies)
    await engine.dispose()


async def test_an_expired_session(ada: Ada) -> None:
    now = datetime.now(UTC)
    await ada.change("session", expiresAt=now - timedelta(seconds=1))
    assert not await ada.is_in(f"{NAME}={ada.cookie}")
    row = await ada.auth.adapter.find_one("session", [Where("id", ada.session["id"])])
    assert row is not None, "who only reads deletes nothing"
    await ada.change("session", expiresAt=now + timedelta(minutes=1))
    assert await ada.is_in(f"{NAME}={ada.cookie}")
    row = await ada.auth.adapter.find_one("session", [Where("id", ada.session["id"])])
    assert row is not None and row["expiresAt"] < now + HOUR, "nor does it renew anything"


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/New_York"])
@pytest.mark.parametrize("kind", ["timestamp(3)", "timestamptz(3)"])
async def test_expiry_where_the_database_is_not_in_utc(
    postgresql: Database, zone: str, kind: str
) -> None:
    url = f"{postgresql.url}?options=-c%20TimeZone%3D{zone}"
    engine = create_prisma_engine(url, provider="postgresql", root=postgresql.folder)
    utc = """USING "expiresAt" AT TIME ZONE 'UTC'"""
    alter = 'ALTER TABLE session ALTER COLUMN "expiresAt" TYPE'
    if kind == "timestamptz(3)":
        await postgresql.sql(f"{alter} {kind} {utc}")
    try:
        async with ada_of(engine, "postgresql") as ada:
            for change in (-HOUR, HOUR):
                await ada.change("session", expiresAt=datetime.now(UTC) + change)
                assert await ada.is_in(f"{NAME}={ada.cookie}") is (change > timedelta(0))
    finally:
        if kind == "timestamptz(3)":
            await postgresql.sql(f"{alter} timestamp(3) {utc}")
        await engine.dispose()


@pytest.mark.parametrize(
    ("banned", "end", "is_in"),
    [
        (None, None, True),
        (False, HOUR, True),
        (True, None, False),
        (True, HOUR, False),
        (True, -HOUR, True),
    ],
)
async def test_a_ban_and_its_end(
    ada: Ada, banned: bool | None, end: timedelta | None, is_in: bool
) -> None:
    until = None if end is None else datetime.now(UTC) + end
    await ada.change("user", banned=banned, banExpires=until)
    assert await ada.is_in(f"{NAME}={ada.cookie}") is is_in


# --- writes that a foreign page sends -----------------------------------------------------

FORM = ("content-type", "application/x-www-form-urlencoded")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
@pytest.mark.parametrize(
    ("origins", "status"),
    [
        (["http://localhost:8000"], 200),
        (["https://app.example.com"], 200),
        (["https://any.example.org"], 200),
        (["https://evil.example"], 403),
        (["https://neighbour.app.example.com"], 403),
        (["https://app.example.com.evil.example"], 403),
        (["http://app.example.com"], 403),
        (["http://localhost:8001"], 403),
        (["null"], 403),
        ([""], 403),
        ([], 403),
        (["http://localhost:8000", "https://evil.example"], 403),
    ],
    ids=str,
)
async def test_the_origin_of_a_write(
    sqlite: Database, method: str, origins: list[str], status: int
) -> None:
    engine = sqlite.engine()
    trusted = ["https://app.example.com", "https://*.example.org"]
    async with ada_of(engine, "sqlite", trusted_origins=trusted) as ada:
        headers = [("origin", origin) for origin in origins]
        cookie = ("cookie", f"{NAME}={ada.cookie}")
        answer = await ada.ask(cookie, FORM, *headers, method=method)
        assert answer.status_code == status, answer.text
        if status == 403:
            forged = await ada.ask(("cookie", f"{NAME}=x"), FORM, *headers, method=method)
            assert (forged.status_code, forged.json()) == (403, answer.json())
            assert (await ada.ask(cookie, *headers)).json() == ada.user["email"]
    await engine.dispose()


@pytest.mark.parametrize(
    ("origin", "is_open"),
    [(BASE_URL, True), ("https://evil.example", False), ("null", False), (None, False)],
)
def test_the_origin_of_a_websocket(sqlite: Database, origin: str | None, is_open: bool) -> None:
    engine = sqlite.engine()
    auth = configure(prisma_adapter(engine, provider="sqlite"))
    with TestClient(application(auth), base_url=BASE_URL) as client:
        assert client.portal is not None
        ada = client.portal.call(signed_in, auth)
        headers = {"cookie": f"{NAME}={ada.cookie}"} | ({"origin": origin} if origin else {})
        if is_open:
            with client.websocket_connect("/talk", headers=headers) as socket:
                assert socket.receive_text() == ada.user["email"]
        else:
            with (
                pytest.raises(WebSocketDenialResponse) as refused,
                client.websocket_connect("/talk", headers=headers),
            ):
                pass
            assert refused.value.status_code == 403
        client.portal.call(auth.adapter.delete_many, "user", [Where("id", ada.user["id"])])
        client.portal.call(engine.dispose)


# --- databases ----------------------------------------------------------------------------


async def test_own_fields_and_another_servers_columns(
    postgresql_server: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("fields")
    url = f"{postgresql_server}?schema=fields"
    columns = "\n  tags String[]\n  settings Json?\n  born DateTime?\n  unknown String\n"
    schema = prisma_schema("postgresql", FEATURES)
    push(schema.replace("model User {", "model User {" + columns), url, folder)
    fields = {"tags": Field("string[]"), "settings": Field("json"), "born": Field("datetime")}
    engine = create_prisma_engine(url, provider="postgresql", root=folder)
    auth = configure(
        prisma_adapter(engine, provider="postgresql"), user=UserOptions(additional_fields=fields)
    )
    async with engine.begin() as connection:
        raw = await connection.get_raw_connection()
        assert raw.driver_connection is not None
        await raw.driver_connection.execute(
            """
            INSERT INTO "user"
                (id, name, email, "emailVerified", "updatedAt", tags, settings, born, unknown)
            VALUES ('u', 'Ada', 'ada@example.com', true, now(), '{a,b}', '"{\\"a\\":1}"',
                    '1815-12-10', 'what another server fills in');
            INSERT INTO session (id, "userId", token, "expiresAt", "updatedAt")
            VALUES ('s', 'u', 'token', now() + interval '2 days', now());
            """
        )

    class Person(AdminUser):
        tags: list[str]
        settings: dict[str, int]
        born: datetime

    cookie = f"{NAME}={sign_value(auth.secret, 'token')}".encode()
    session = await SessionReader(auth, Person)(_connection([(b"cookie", cookie)]))
    assert session is not None
    assert (session.user.tags, session.user.settings) == (["a", "b"], {"a": 1})
    assert session.user.born == datetime(1815, 12, 10, tzinfo=UTC)
    await engine.dispose()


async def test_a_missing_column_is_an_error_to_see(sqlite: Database) -> None:
    engine = sqlite.engine()
    async with ada_of(engine, "sqlite") as ada:
        ada.auth.adapter.schema["user"]["hat"] = Field("string")
        with pytest.raises(SchemaMismatchError, match=r"user\.hat"):
            await ada.is_in(f"{NAME}={ada.cookie}")
        del ada.auth.adapter.schema["user"]["hat"]
    await engine.dispose()


async def test_without_a_database_nobody_is_told_to_sign_in_again(here: Ada) -> None:
    url = "postgresql://nobody:x@127.0.0.1:1/none"
    nowhere = create_prisma_engine(url, provider="postgresql", root=Path())
    auth = configure(prisma_adapter(nowhere, provider="postgresql"))
    lost = Ada(auth, here.user, here.session)
    answer = await lost.ask(("cookie", f"{NAME}={lost.cookie}"))
    assert (answer.status_code, answer.json()["detail"]["code"]) == (503, "SERVICE_UNAVAILABLE")
    assert (await lost.ask()).json() is None


@pytest.mark.parametrize("trusted_seconds", [30, -1])
async def test_connections_that_the_server_has_closed(
    postgresql: Database, monkeypatch: pytest.MonkeyPatch, trusted_seconds: int
) -> None:
    monkeypatch.setattr(connections, "_IDLE_SECONDS", trusted_seconds)
    engine = postgresql.engine()
    async with ada_of(engine, "postgresql") as ada:
        app = application(ada.auth)
        transport = httpx.ASGITransport(app)
        headers = {"cookie": f"{NAME}={ada.cookie}"}
        async with httpx.AsyncClient(
            transport=transport, base_url=BASE_URL, headers=headers
        ) as client:
            for _ in range(3):
                assert (await client.get("/me")).json() == ada.user["email"]
            await cut_off(postgresql)
            for _ in range(3):
                assert (await client.get("/me")).json() == ada.user["email"]
    await engine.dispose()


async def test_the_docs_name_the_cookie(here: Ada) -> None:
    described = application(here.auth).openapi()
    scheme = {"type": "apiKey", "in": "cookie", "name": NAME}
    assert described["components"]["securitySchemes"] == {"session": scheme}
    assert described["paths"]["/me"]["get"]["security"] == [{"session": []}]
