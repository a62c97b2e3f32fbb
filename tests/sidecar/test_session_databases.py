"""The session check on each database, directly or through the auth server."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg  # type: ignore[import-untyped]
import httpx
import pytest
from better_auth_sidecar import AuthServer
from better_auth_sidecar.configuration import Configuration
from better_auth_sidecar.stores import Dialect, SessionQuery, postgresql
from pydantic import SecretStr

from tests.database_url.server import pgbouncer
from tests.sidecar.database_proxy import database_proxy
from tests.sidecar.session_world import (
    Database,
    Official,
    User,
    Variant,
    Visitor,
    application,
    make_visitor,
    official,
    running,
)
from tests.waiting import wait_until

HOUR = timedelta(hours=1)


def _url(auth: Official) -> str:
    return auth.settings.database_url.get_secret_value()


def _server(auth: Official, url: str) -> AuthServer:
    settings = auth.settings.model_copy(update={"database_url": SecretStr(url)})
    return AuthServer(auth.project, settings)


async def _visitor(auth: Official, **fields: Any) -> Visitor:
    """A user in the auth server's database, whichever database the application uses."""
    auth_server = AuthServer(auth.project, auth.settings)
    async with auth_server.running():
        return await make_visitor(auth_server, **fields)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("sqlserver://localhost:1433;database=app;user=sa;password=geheim", "slower."),
        ("mysql://app:geheim@localhost/app", "slower."),
        ("{url}?schema=elsewhere", 'relation "elsewhere.session" does not exist'),
    ],
    ids=["sqlserver", "mysql", "another schema"],
)
async def test_sessions_are_checked_by_the_auth_server(
    auth: Official, url: str, reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Gives the same results more slowly; logs it once."""
    caplog.set_level("INFO")
    visitor = await _visitor(auth)
    banned = await _visitor(auth, banned=True)
    late = await _visitor(auth)
    now = datetime.now(UTC)
    await Database(auth).change("session", "token", late.token, expiresAt=now - HOUR)
    due = await _visitor(auth)
    await Database(auth).change("session", "token", due.token, expiresAt=now + 48 * HOUR)
    app = application(_server(auth, url.format(url=_url(auth))))
    async with running(app) as client:
        for _ in range(3):
            me = (await client.get("/me", headers=visitor.headers)).json()
            assert (me["id"], me["department"]) == (visitor.user, None)
        session = (await client.get("/session", headers=visitor.headers)).json()
        assert session["userId"] == visitor.user
        for nobody in (banned, late):
            assert (await client.get("/who", headers=nobody.headers)).json() is None
        forged = {"cookie": f"{visitor.name}=x.y"}
        assert (await client.get("/who", headers=forged)).json() is None
        assert (await client.post("/who", headers=visitor.headers)).status_code == 403
        answer = await client.get("/raw", headers=due.headers)
        assert "Max-Age=604800" in answer.headers["set-cookie"]
    warnings = [r for r in caplog.records if "through the auth server" in r.getMessage()]
    assert len(warnings) == 1 and reason in warnings[0].getMessage()
    assert "geheim" not in caplog.text


class Listed(User):
    tags: list[str] | None = None


class Quoted(Listed):
    motto: list[str] | None = None


async def test_fields_have_the_official_values(
    auth: Official, caplog: pytest.LogCaptureFixture
) -> None:
    """Lists are never null, and a field that auth.ts transforms is read through the auth server."""
    caplog.set_level("INFO")
    visitor = await _visitor(auth)
    await Database(auth).change("user", "id", visitor.user, tags=None, motto="think then act")
    async with httpx.AsyncClient(base_url=auth.address, headers=visitor.headers) as client:
        expected = (await client.get("/api/auth/get-session")).json()["user"]
    for model in (Listed, Quoted):
        caplog.clear()
        async with running(application(AuthServer(auth.project, auth.settings), model)) as client:
            me = (await client.get("/me", headers=visitor.headers)).json()
        names = ("tags",) if model is Listed else ("tags", "motto")
        assert {name: me[name] for name in names} == {name: expected[name] for name in names}
        reason = "through the auth server, which is slower: auth.ts transforms 'motto'."
        assert (reason in caplog.text) is (model is Quoted)


async def test_a_new_configuration_does_not_log_again_how_sessions_are_read(
    session_project: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    edited = Variant({"advanced": {"cookiePrefix": "acme"}})
    with official(session_project) as before, official(session_project, edited) as after:
        auth_server = _server(before, "mysql://app:geheim@localhost/app")
        async with running(application(auth_server)) as client:
            cookies = {"cookie": "better-auth.session_token=x.y; acme.session_token=x.y"}
            assert (await client.get("/who", headers=cookies)).json() is None
            auth_server.url = after.address  # as when auth.ts is edited there

            async def is_applied() -> bool:
                configuration = await auth_server.configuration()
                return configuration.cookie.name == "acme.session_token"

            await wait_until(is_applied)
            assert (await client.get("/who", headers=cookies)).json() is None
    assert caplog.text.count("through the auth server") == 1


async def test_own_routes_go_on_while_an_auth_server_at_a_url_is_down(
    auth: Official, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also in development, where its configuration is read again after some seconds."""
    monkeypatch.setattr("better_auth_sidecar.server._DEVELOPMENT_REFRESH", 0.1)
    monkeypatch.setattr("better_auth_sidecar.proxy.CONNECT_TIMEOUT", 0.1)
    auth_server = AuthServer(auth.project, auth.settings)
    async with running(application(auth_server)) as client:
        visitor = await make_visitor(auth_server)
        assert (await client.get("/who", headers=visitor.headers)).json() == visitor.user
        auth_server.url = "http://127.0.0.1:1"
        await asyncio.sleep(0.2)
        assert (await client.get("/who", headers=visitor.headers)).json() == visitor.user


async def test_an_unreachable_database_gives_503(auth: Official) -> None:
    """Not 401, which would mean that the user is not signed in."""
    visitor = await _visitor(auth)
    app = application(_server(auth, "postgresql://nobody:geheim@127.0.0.1:1/none"))
    async with running(app) as client:
        answer = await client.get("/me", headers=visitor.headers)
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
        assert "geheim" not in answer.text
        assert (await client.get("/who")).json() is None
        assert (await client.get("/who", headers={"cookie": "a=b"})).json() is None


async def test_an_unreachable_auth_server_gives_503(auth: Official) -> None:
    settings = auth.settings.model_copy(update={"auth_server_url": "http://127.0.0.1:1"})
    from better_auth_sidecar import proxy

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(proxy, "CONNECT_TIMEOUT", 0.1)
        async with running(application(AuthServer(auth.project, settings))) as client:
            answer = await client.get("/me", headers={"cookie": "a=b"})
            assert answer.status_code == 503
            assert "cannot be checked now" in answer.json()["detail"]
            assert (await client.get("/who")).json() is None


async def test_many_requests_share_few_connections(auth: Official) -> None:
    url = f"{_url(auth)}?connection_limit=2&application_name=few"
    app = application(_server(auth, url))
    visitor = await _visitor(auth)
    async with running(app) as client:
        answers = await asyncio.gather(
            *(client.get("/who", headers=visitor.headers) for _ in range(50))
        )
        assert {answer.json() for answer in answers} == {visitor.user}
        connection = await asyncpg.connect(_url(auth))
        count = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'few'"
        assert await connection.fetchval(count) == 2

    async def are_closed() -> bool:
        return bool(await connection.fetchval(count) == 0)

    await wait_until(are_closed, "the application left connections open")
    await connection.close()


async def test_closed_connections_are_replaced(auth: Official) -> None:
    """At any moment, also right before the query."""
    app = application(_server(auth, f"{_url(auth)}?application_name=cut"))
    visitor = await _visitor(auth)
    end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'cut'"
    connection = await asyncpg.connect(_url(auth))
    async with running(app) as client:
        for number in range(60):
            answer = await client.get("/who", headers=visitor.headers)
            assert answer.text == f'"{visitor.user}"'
            assert True in [row[0] for row in await connection.fetch(end)]
            await asyncio.sleep(0.0005 * (number % 4))
    await connection.close()


async def test_a_silently_dropped_connection_is_replaced(
    auth: Official, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It gets no response, and a new one is opened soon enough."""
    monkeypatch.setattr(postgresql, "_IDLE_TIMEOUT", 0.3)
    visitor = await _visitor(auth)
    with database_proxy(_url(auth)) as proxy:
        app = application(_server(auth, proxy.url))
        async with running(app) as client:
            await asyncio.gather(*(client.get("/who", headers=visitor.headers) for _ in range(8)))
            proxy.silence()
            for connection in app.state.sessions._store._idle:
                connection.idle_since -= 3600
            before = len(proxy.seen)
            assert before > 1
            answer = await client.get("/who", headers=visitor.headers)
            assert answer.json() == visitor.user

            # Only one connection times out: its query is cancelled through a second one, and
            # repeated on a third.
            async def are_seen() -> bool:
                return len(proxy.seen) == before + 2

            await wait_until(are_seen)
            assert len(app.state.sessions._store._idle) == 1


async def test_a_disconnected_caller_does_not_block_a_connection(auth: Official) -> None:
    app = application(_server(auth, f"{_url(auth)}?connection_limit=1"))
    visitor = await _visitor(auth)
    async with running(app) as client:
        assert (await client.get("/who", headers=visitor.headers)).json() == visitor.user
        for delay in (0, 0.001, 0.002, 0.004):
            task = asyncio.create_task(client.get("/who", headers=visitor.headers))
            await asyncio.sleep(delay)
            task.cancel()
            await asyncio.wait({task})
            assert (await client.get("/who", headers=visitor.headers)).json() == visitor.user


@pytest.mark.parametrize("is_pooled", [True, False])
async def test_a_pooler_gets_no_prepared_statements(auth: Official, is_pooled: bool) -> None:
    app = application(
        _server(auth, f"{_url(auth)}?pgbouncer={str(is_pooled).lower()}&connection_limit=1")
    )
    visitor = await _visitor(auth)
    async with running(app) as client:
        for _ in range(3):
            assert (await client.get("/who", headers=visitor.headers)).json() == visitor.user
        [connection] = app.state.sessions._store._idle
        names = await connection.driver.fetch("SELECT name FROM pg_prepared_statements")
        assert any(row["name"] for row in names) is not is_pooled


async def test_a_real_pooler(auth: Official, caplog: pytest.LogCaptureFixture) -> None:
    """Without pgbouncer=true, the log contains the remedy."""
    visitor = await _visitor(auth)
    with pgbouncer(_url(auth)) as url:
        for parameters in ("", "?pgbouncer=true"):
            app = application(_server(auth, f"{url}{parameters}"))
            statuses: set[int] = set()
            async with running(app) as client:
                # Which clients share a connection of the pooler is chance.
                for _ in range(1 if parameters else 50):
                    asked = [client.get("/who", headers=visitor.headers) for _ in range(60)]
                    statuses |= {answer.status_code for answer in await asyncio.gather(*asked)}
                    if 503 in statuses:
                        break
            assert statuses <= ({200} if parameters else {200, 503})
            if not parameters:
                assert 503 in statuses
                assert "add pgbouncer=true to DATABASE_URL" in caplog.text


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/New_York"])
@pytest.mark.parametrize("kind", ["timestamp(3)", "timestamptz(3)"])
async def test_a_database_that_is_not_in_utc(auth: Official, zone: str, kind: str) -> None:
    app = application(_server(auth, f"{_url(auth)}?options=-c%20TimeZone%3D{zone}"))
    visitor = await _visitor(auth)
    database = Database(auth)
    now = datetime.now(UTC).replace(tzinfo=None)
    utc = """USING "expiresAt" AT TIME ZONE 'UTC'"""
    alter = 'ALTER TABLE session ALTER COLUMN "expiresAt" TYPE'
    if kind == "timestamptz(3)":
        await database.execute(f"{alter} {kind} {utc}")
    try:
        async with running(app) as client:
            for change in (-HOUR, HOUR):
                await database.execute(
                    """UPDATE session SET "expiresAt" = ?::text::timestamp AT TIME ZONE 'UTC'
                    AT TIME ZONE 'UTC' WHERE token = ?"""
                    if kind == "timestamp(3)"
                    else """UPDATE session SET "expiresAt" = ?::text::timestamp AT TIME ZONE 'UTC'
                    WHERE token = ?""",
                    str(now + change),
                    visitor.token,
                )
                answer = await client.get("/who", headers=visitor.headers)
                assert answer.json() == (visitor.user if change > timedelta(0) else None)
    finally:
        if kind == "timestamptz(3)":
            await database.execute(f"{alter} timestamp(3) {utc}")


def test_values_are_converted_as_better_auth_does() -> None:
    """Numeric ids and references, JSON in strings, and SQLite's dates, booleans and lists."""

    def field(kind: str, column: str) -> dict[str, object]:
        return {"column": column, "type": kind, "required": False, "returned": True}

    fields = {
        "born": field("date", "born_at"),
        "settings": field("json", "settings"),
        "tags": field("string[]", "tags"),
        "isKind": field("boolean", "is_kind"),
        "bossId": field("string", "boss"),
    }
    session = {"userId": field("string", "user_id"), "token": field("string", "t")}
    configuration = Configuration.model_validate(
        {
            "secretCheck": "",
            "trustedOrigins": [],
            "cookie": {"name": "sid", "dontRememberName": "x"},
            "session": {
                "expiresIn": 1,
                "updateAge": 1,
                "disableRefresh": False,
                "deferRefresh": False,
                "storedInDatabase": True,
            },
            "plugins": [],
            "tables": {
                "user": {"name": 'my "users"', "fields": fields},
                "session": {"name": "s", "fields": session},
            },
        }
    )
    names = ["id", "born", "settings", "tags", "isKind", "bossId"]
    query = SessionQuery(
        configuration, user=names, session=["id", "userId"], dialect=Dialect(schema="auth")
    )
    assert query.sql == (
        'SELECT s."id", s."user_id", u."id", u."born_at", u."settings", '
        'COALESCE(u."tags", \'{}\'), u."is_kind", u."boss" '
        'FROM "auth"."s" s JOIN "auth"."my ""users""" u ON u."id" = s."user_id" '
        'WHERE s."t" = $1'
    )
    born = datetime(1815, 12, 10)
    twice = json.dumps(json.dumps({"a": 1}))
    row = query.decode([7, 8, 8, born, twice, ["x"], True, 9])
    assert row.session == {"id": "7", "userId": "8"}
    assert row.user == {
        "id": "8",
        "born": born.replace(tzinfo=UTC),
        "settings": {"a": 1},
        "tags": ["x"],
        "isKind": True,
        "bossId": "9",
    }
    lite = SessionQuery(
        configuration, user=names, session=["id"], dialect=Dialect("?", is_sqlite=True)
    )
    for stored in ("1815-12-10T00:00:00.000+00:00", "1815-12-10 00:00:00", -4861728000000):
        row = lite.decode(["7", "8", stored, '"x"', '["x"]', 1, None])
        assert row.user["born"] == born.replace(tzinfo=UTC)
        assert (row.user["tags"], row.user["isKind"]) == (["x"], True)
    assert lite.decode(["7", "8", None, None, None, None, None]).user["born"] is None
