"""Auth servers with many configurations, and applications that check their sessions."""

import json
import sqlite3
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import unquote

import asyncpg  # type: ignore[import-untyped]
import httpx
from better_auth_sidecar import AuthServer, Settings
from better_auth_sidecar.models import Session as BaseSession
from better_auth_sidecar.models import User as BaseUser
from better_auth_sidecar.renewal import SessionCookies
from better_auth_sidecar.sessions import Sessions
from better_auth_sidecar.testing import sign_in
from dotenv import dotenv_values
from fastapi import Depends, FastAPI, HTTPException, Response, WebSocket

from hooks.node import environment
from hooks.servers import free_port, running_server
from tests.project.workshop import Workshop
from tests.sidecar.projects import make_project
from tests.waiting import TIMEOUT

BASE_URL = "http://localhost:8000"

#: Tests pass further options as JSON; `advanced` replaces the template's.
OPTIONS = """
  user: {
    additionalFields: {
      department: { type: "string", required: false },
      tags: { type: "string[]", required: false },
      motto: {
        type: "string",
        required: false,
        transform: { output: (motto) => motto && String(motto).split(" ") },
      },
    },
  },
  ...JSON.parse(process.env.AUTH_OPTIONS ?? "{}"),
"""


class User(BaseUser):
    role: str | None = None
    department: str | None = None


class Session(BaseSession):
    active_organization_id: str | None = None
    impersonated_by: str | None = None


def make_session_project(workshop: Workshop, folder: Path, provider: str = "postgresql") -> Path:
    """A project configured by the environment, whose users have fields of the owner."""
    tags = "String?" if provider == "sqlite" else "String[]"
    columns = f"  department String?\n  tags {tags}\n  motto String?"
    return make_project(workshop, folder, provider=provider, options=OPTIONS, columns=columns)


@dataclass(frozen=True)
class Variant:
    """A configuration of the auth server."""

    #: Options of better-auth.
    options: Mapping[str, Any] = field(default_factory=dict)
    settings: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Official:
    """A separate auth server."""

    project: Path
    address: str
    settings: Settings


@contextmanager
def official(project: Path, variant: Variant | None = None) -> Iterator[Official]:
    """Runs ``auth/server.ts`` on a free port, without rate limits."""
    variant = variant or Variant()
    port = free_port()
    values = {k: v or "" for k, v in dotenv_values(project / ".env.local").items()}
    values |= {"BETTER_AUTH_URL": BASE_URL, "BETTER_AUTH_ENV": "development"} | dict(
        variant.settings
    )
    options = {"rateLimit": {"enabled": False}, **variant.options}
    address, log = f"http://127.0.0.1:{port}", project / f"auth-{port}.log"
    env = environment(**values, PORT=str(port), AUTH_OPTIONS=json.dumps(options))
    with running_server(["node", "auth/server.ts"], project, env, address, log):
        yield Official(project, address, make_settings(values, auth_server_url=address))


def make_settings(values: Mapping[str, str], **more: Any) -> Settings:
    """The settings from these variables alone."""
    known = {name.lower(): value for name, value in values.items() if value}
    return Settings.model_validate({**known, **more})


def application(
    auth_server: AuthServer,
    user_model: type[BaseUser] = User,
    session_model: type[BaseSession] = Session,
) -> FastAPI:
    """An application with a route of each kind."""
    sessions = Sessions(auth_server, user_model, session_model)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with auth_server.running():
            yield

    app = FastAPI(lifespan=lifespan)
    app.state.sessions = sessions
    app.add_middleware(SessionCookies)

    optional = Annotated[Any, Depends(sessions.optional_user)]

    async def who(user: optional) -> str | None:
        return user.id if user else None

    for method in ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"):
        app.add_api_route("/who", who, methods=[method], operation_id=f"who_{method}")

    @app.get("/me", response_model=user_model)
    async def me(user: Annotated[Any, Depends(sessions.current_user)]) -> Any:
        return user

    @app.get("/session", response_model=session_model)
    async def session(session: Annotated[Any, Depends(sessions.current_session)]) -> Any:
        return session

    @app.get("/raw")
    async def raw(user: optional) -> Response:
        return Response(user.id if user else "", media_type="text/plain")

    @app.get("/teapot", dependencies=[Depends(sessions.current_session)])
    async def teapot() -> None:
        raise HTTPException(418)

    @app.websocket("/talk")
    async def talk(socket: WebSocket, user: optional) -> None:
        await socket.accept()
        await socket.send_text(user.id if user else "")
        await socket.close()

    return app


def with_permissions(app: FastAPI) -> FastAPI:
    """Adds routes that require roles and permissions."""
    sessions = app.state.sessions

    @app.get("/admin")
    async def admin(user: Annotated[Any, Depends(sessions.require_role("admin", "owner"))]) -> str:
        return str(user.id)

    invite = sessions.has_permission({"invitation": ["create"]})

    @app.get("/organizations/{organization_id}/invitations")
    async def of_path(organization: Annotated[str, Depends(invite)]) -> str:
        return organization

    @app.get("/invitations")
    async def of_session(organization: Annotated[str, Depends(invite)]) -> str:
        return organization

    ban = sessions.user_has_permission({"user": ["ban"]})

    @app.get("/ban", dependencies=[Depends(ban)])
    async def banning() -> str:
        return "may ban"

    return app


@asynccontextmanager
async def running(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """Runs an application's lifespan; yields a client."""
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(
            transport=httpx.ASGITransport(app, raise_app_exceptions=False), base_url=BASE_URL
        ) as client,
    ):
        yield client


class Database:
    """Changes rows directly in the database."""

    def __init__(self, official: Official) -> None:
        self._url = official.settings.database_url.get_secret_value()
        self._file = official.project / self._url.removeprefix("file:./")

    async def execute(self, statement: str, *values: Any) -> None:
        """Runs a statement with ``?`` for values; writes dates as Prisma does."""
        if self._url.startswith("file:"):
            with closing(sqlite3.connect(self._file, timeout=TIMEOUT)) as file, file:
                file.execute(statement, [_as_text(value) for value in values])
            return
        for number in range(1, len(values) + 1):
            statement = statement.replace("?", f"${number}", 1)
        connection = await asyncpg.connect(self._url)
        try:
            await connection.execute(statement, *[_in_utc(value) for value in values])
        finally:
            await connection.close()

    async def change(self, table: str, column: str, value: str, **fields: Any) -> None:
        """Updates fields of the rows with a value in a column."""
        if fields:
            settings = ", ".join(f'"{name}" = ?' for name in fields)
            statement = f'UPDATE "{table}" SET {settings} WHERE "{column}" = ?'
            await self.execute(statement, *fields.values(), value)


def _as_text(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="milliseconds")
    return value


def _in_utc(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None)
    return value


@dataclass(frozen=True)
class Visitor:
    """A user with a session, and its cookie."""

    user: str
    token: str
    cookie: str
    name: str
    secret: str

    @property
    def headers(self) -> dict[str, str]:
        """The headers of the visitor's requests."""
        return {"cookie": f"{self.name}={self.cookie}"}


async def make_visitor(auth_server: AuthServer, **fields: Any) -> Visitor:
    """Signs up a new user."""
    client = httpx.Client()
    user = await sign_in(client, auth_server, **fields)
    [(name, cookie)] = client.cookies.items()
    token = unquote(cookie).rpartition(".")[0]
    return Visitor(user, token, cookie, name, auth_server.settings.secret)
