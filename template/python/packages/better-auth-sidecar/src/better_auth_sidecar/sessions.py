"""The session check, as FastAPI dependencies.

Each request reads its session from the database in one query, so that a sign-out, a ban or an
expiry takes effect at once. The auth server is asked for bearer tokens, API keys and renewals, and
for every session on MySQL and Microsoft SQL Server.
"""

# No `from __future__ import annotations`: FastAPI could not resolve the annotations of the local
# functions below, which refer to `self`.

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Generic

from fastapi import Depends, HTTPException
from fastapi.openapi.models import APIKey, APIKeyIn
from fastapi.security.base import SecurityBase
from pydantic import ValidationError
from starlette.requests import HTTPConnection
from starlette.types import Scope
from typing_extensions import TypeVar

from better_auth_sidecar.configuration import Configuration, Table, secret_check
from better_auth_sidecar.cookies import cookie_header, read_cookie, verified_value
from better_auth_sidecar.database_url import (
    DatabaseUrlError,
    PostgresqlUrl,
    SqliteUrl,
    read_database_url,
)
from better_auth_sidecar.errors import AuthServerError, refusal
from better_auth_sidecar.models import Row as Model
from better_auth_sidecar.models import Session, User, fields_of, mismatches
from better_auth_sidecar.origins import is_trusted, is_write, origin_of
from better_auth_sidecar.renewal import can_set_cookies, set_cookies
from better_auth_sidecar.server import AuthServer
from better_auth_sidecar.stores import Row, SessionQuery, Store, StoreError, UnfitError

logger = logging.getLogger("uvicorn.error.sessions")

UserT = TypeVar("UserT", bound=User)
SessionT = TypeVar("SessionT", bound=Session, default=Session)
ModelT = TypeVar("ModelT", bound=Model)
T = TypeVar("T")

#: Actions by resource: ``{"project": ["create"]}``. All of them are required.
Permissions = Mapping[str, Sequence[str]]

#: Fields that the check itself needs, whether a model has them or not.
_OF_USER = frozenset({"banned", "banExpires", "role"})
_OF_SESSION = frozenset({"expiresAt", "activeOrganizationId"})
#: A request without any of these headers has no session.
_CREDENTIALS = frozenset({b"cookie", b"authorization", b"x-api-key"})
#: Plugins that accept credentials in a header other than Cookie.
_PLUGIN_HEADERS = {"bearer": b"authorization", "api-key": b"x-api-key"}
#: The timeout of a renewal, and the pause after a failed one, in seconds.
_RENEWAL_TIMEOUT, _RENEWAL_PAUSE = 3.0, 10.0
#: Seconds that a start in production waits for the auth server's configuration.
_START_TIMEOUT = 15.0


class ModelError(RuntimeError):
    """A Python model does not match ``auth.ts``; the message contains the remedy."""


@dataclass(frozen=True, slots=True)
class _Rules:
    """The session check's rules, derived from a configuration."""

    configuration: Configuration
    trusted: frozenset[str]
    #: Headers other than Cookie in which plugins accept credentials.
    credentials: frozenset[bytes]
    #: How long before its expiry a session is renewed; None if renewal is off.
    renew_before: timedelta | None
    #: None if sessions are read through the auth server.
    query: SessionQuery | None
    problem: str | None


class Sessions(Generic[UserT, SessionT]):
    """The session check, and the dependencies that routes use.

    Create it with ``sessions = Sessions(auth_server, User)``, and annotate a route's parameter
    with ``Annotated[User, Depends(sessions.current_user)]``. The dependencies also work in
    ``dependencies=[…]`` of a route, a router or an application.

    Writes and WebSockets with a session cookie need an ``Origin`` that better-auth trusts;
    otherwise the response is 403 (CSRF protection).

    Args:
        auth_server: the auth server; sessions can be read while it is ``running``.
        user_model: the fields of users that routes see.
        session_model: the fields of sessions that routes see.

    Raises:
        SystemExit: DATABASE_URL cannot be used; the message has the remedy and the source.

    Attributes:
        current_user: dependency; the signed-in user. Without a session, the response is 401.
        optional_user: dependency; the signed-in user, or None.
        current_session: dependency; the session. Without one, the response is 401.
        optional_session: dependency; the session, or None.
    """

    def __init__(
        self,
        auth_server: AuthServer,
        user_model: type[UserT],
        session_model: type[SessionT] = Session,  # type: ignore[assignment]
    ) -> None:
        self.auth_server = auth_server
        self._user_model, self._session_model = user_model, session_model
        self._store = _store(auth_server)
        self._rules: _Rules | None = None
        self._has_warned = False
        self._logged_slow = ""
        self._no_renewal_before = 0.0
        self._key = f"better_auth_sidecar.session.{id(self)}"
        #: The plugins that the dependencies in use need, each with one dependency that needs it.
        self._needed_plugins: dict[str, str] = {}
        self.current_user = self._dependency(self._current_user)
        self.optional_user = self._dependency(self._optional_user)
        self.current_session = self._dependency(self._current_session)
        self.optional_session = self._dependency(self._optional_session)
        auth_server.beside(self.running)

    # --- for routes ---------------------------------------------------------------------------

    async def row(self, connection: HTTPConnection) -> Row | None:
        """The session of a request and its user, with better-auth's field names, or None.

        It is cached for all dependencies of the request.

        Raises:
            HTTPException: 403 for a write from an untrusted origin; 429 for an API key above its
                rate limit; 503 if neither the database nor the auth server can be reached.
        """
        scope = connection.scope
        if self._key not in scope:
            scope[self._key] = await self._find(connection)
        row: Row | None = scope[self._key]
        return row

    async def _current_user(self, connection: HTTPConnection) -> UserT:
        row = await self._required(connection)
        return _read(self._user_model, row.user)

    async def _optional_user(self, connection: HTTPConnection) -> UserT | None:
        row = await self.row(connection)
        return _read(self._user_model, row.user) if row else None

    async def _current_session(self, connection: HTTPConnection) -> SessionT:
        row = await self._required(connection)
        return _read(self._session_model, row.session)

    async def _optional_session(self, connection: HTTPConnection) -> SessionT | None:
        row = await self.row(connection)
        return _read(self._session_model, row.session) if row else None

    async def _required(self, connection: HTTPConnection) -> Row:
        row = await self.row(connection)
        if row is None:
            raise HTTPException(401, "You are not signed in.")
        return row

    def _dependency(
        self, call: Callable[[HTTPConnection], Awaitable[T]]
    ) -> Callable[..., Awaitable[T]]:
        return _Dependency(call, self._cookie_name)

    def _cookie_name(self) -> str:
        """The cookie's name for /docs: the configured one once the auth server is up."""
        if self._rules:
            return self._rules.configuration.cookie.name
        is_secure = self.auth_server.settings.better_auth_url.startswith("https:")
        return f"{'__Secure-' if is_secure else ''}better-auth.session_token"

    # --- roles and permissions -----------------------------------------------------------------

    def require_role(self, *roles: str) -> Callable[..., Awaitable[Any]]:
        """A dependency that requires one of these roles and returns the user.

        The roles are those of better-auth's admin plugin. For other users, the response is 403.
        """
        self._needed_plugins["admin"] = "require_role"

        async def check(
            connection: HTTPConnection, user: Annotated[Any, Depends(self.current_user)]
        ) -> Any:
            row = await self.row(connection)
            # There is no row if a test overrides `current_user`.
            role = row.user.get("role") if row else getattr(user, "role", None)
            # As better-auth, for which " admin" is not an admin.
            if set(roles).isdisjoint((role or "user").split(",")):
                raise HTTPException(403, "Your role does not allow this.")
            return user

        return check

    def has_permission(self, permissions: Permissions) -> Callable[..., Awaitable[str]]:
        """A dependency that requires permissions in an organization and returns its id.

        ``sessions.has_permission({"member": ["create"]})`` asks the auth server, so the rules are
        those of the organization plugin in ``auth.ts``. The organization is ``{organization_id}``
        in the route's path or else the session's active one. Without the permissions, the response
        is 403.
        """
        self._needed_plugins["organization"] = "has_permission"

        async def check(
            connection: HTTPConnection, user: Annotated[Any, Depends(self.current_user)]
        ) -> str:
            organization = connection.path_params.get("organization_id")
            if organization is None:
                row = await self.row(connection)
                organization = row and row.session.get("activeOrganizationId")
            if not organization:
                raise HTTPException(403, "Choose an organization first: none is active.")
            name = str(organization)
            body = {"organizationId": name, "permissions": permissions}
            # PostgreSQL refuses to look for an id with a NUL.
            if "\0" in name or not await self._is_allowed(connection, body):
                raise HTTPException(403, "Your role in the organization does not allow this.")
            return name

        return check

    def user_has_permission(self, permissions: Permissions) -> Callable[..., Awaitable[Any]]:
        """A dependency that requires permissions of the user's role and returns the user.

        ``sessions.user_has_permission({"user": ["ban"]})`` asks the auth server, so the rules are
        those of the admin plugin in ``auth.ts``. Without the permissions, the response is 403.
        """
        self._needed_plugins["admin"] = "user_has_permission"

        async def check(
            connection: HTTPConnection, user: Annotated[Any, Depends(self.current_user)]
        ) -> Any:
            if not await self._is_allowed(connection, {"permissions": permissions}):
                raise HTTPException(403, "Your role does not allow this.")
            return user

        return check

    async def _is_allowed(self, connection: HTTPConnection, body: Mapping[str, Any]) -> bool:
        try:
            answer = await self.auth_server.ask("has-permission", connection.headers, body)
        except AuthServerError as error:
            raise self._unavailable(error) from error
        return answer.data["success"] is True

    # --- the check ----------------------------------------------------------------------------

    async def _find(self, connection: HTTPConnection) -> Row | None:
        scope = connection.scope
        headers: list[tuple[bytes, bytes]] = scope["headers"]
        if not any(name in _CREDENTIALS for name, _ in headers):
            return None
        try:
            rules = await self._current_rules()
        except AuthServerError as error:
            raise self._unavailable(error) from error
        if rules.problem:
            raise self._unavailable(ModelError(rules.problem))

        names, secret = rules.configuration.cookie, self.auth_server.settings.secret
        cookies = cookie_header(headers)
        cookie = read_cookie(cookies, names.name)
        if cookie is not None and is_write(scope):
            self._check_origin(headers, rules)
        if rules.credentials and _has_credentials(headers, rules.credentials):
            return await self._find_remotely(connection)
        token = verified_value(cookie, secret)
        if token is None:
            return None
        if rules.query is None:
            return await self._find_remotely(connection)
        assert self._store is not None
        try:
            row = await self._store.find(rules.query, token)
        except UnfitError as error:
            self._leave_to_auth_server(error)
            return await self._find_remotely(connection)
        except StoreError as error:
            raise self._unavailable(error) from error
        if row is None:
            return None
        now = datetime.now(UTC)
        expires: datetime = row.session["expiresAt"]
        if expires < now or _is_banned(row.user, now):
            return None
        if rules.renew_before is not None and expires - rules.renew_before <= now:
            is_temporary = verified_value(read_cookie(cookies, names.dont_remember_name), secret)
            if not is_temporary and self._may_renew(scope):
                return await self._renew(connection, row)
        return row

    def _check_origin(self, headers: list[tuple[bytes, bytes]], rules: _Rules) -> None:
        scheme = self.auth_server.settings.better_auth_url.partition(":")[0]
        if not is_trusted(origin_of(headers, scheme), rules.trusted):
            raise HTTPException(403, "This page may not act for you: its origin is not trusted.")

    async def _find_remotely(self, connection: HTTPConnection) -> Row | None:
        """Reads the session through the auth server."""
        try:
            row = await self._ask(connection, renew=self._may_renew(connection.scope))
        except AuthServerError as error:
            raise self._unavailable(error) from error
        return None if row is None or _is_banned(row.user, datetime.now(UTC)) else row

    async def _renew(self, connection: HTTPConnection, row: Row) -> Row | None:
        """Renews a session that is due. If that fails, the session is valid until it expires."""
        if time.monotonic() < self._no_renewal_before:
            return row
        try:
            async with asyncio.timeout(_RENEWAL_TIMEOUT):
                return await self._ask(connection, renew=True)
        except (AuthServerError, TimeoutError) as error:
            self._no_renewal_before = time.monotonic() + _RENEWAL_PAUSE
            logger.warning("Sessions cannot be renewed now: %s", str(error) or "no answer")
            return row

    async def _ask(self, connection: HTTPConnection, *, renew: bool) -> Row | None:
        """The result of better-auth's ``get-session``, whose cookies are passed on.

        Raises:
            AuthServerError: the auth server cannot be reached.
        """
        # A session in the cookie cache may have been revoked.
        query = {"disableCookieCache": True, "disableRefresh": not renew}
        answer = await self.auth_server.ask("session", connection.headers, query)
        set_cookies(connection.scope, answer.cookies)
        return Row(answer.data["session"], answer.data["user"]) if answer.data else None

    def _may_renew(self, scope: Scope) -> bool:
        if can_set_cookies(scope):
            return True
        if not self._has_warned:
            self._has_warned = True
            logger.warning("Add app.add_middleware(SessionCookies): sessions are not renewed.")
        return False

    def _unavailable(self, error: Exception) -> HTTPException:
        """Logs the reason and returns the response 503, which names the reason in development."""
        logger.error("Sessions cannot be read: %s", error)
        detail = "The session cannot be checked now. Try again."
        if not self.auth_server.settings.is_production:
            detail += f" {error}"
        return HTTPException(503, detail, {"Retry-After": "1"})

    # --- the configuration --------------------------------------------------------------------

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Opens the connection pool; entered by ``AuthServer.running``.

        Raises:
            ModelError: in production, a model does not match ``auth.ts``.
        """
        async with self._store.open() if self._store else contextlib.nullcontext():
            check = asyncio.create_task(self._check_at_start())
            try:
                if self.auth_server.settings.is_production:
                    await asyncio.wait({check}, timeout=_START_TIMEOUT)
                    if self._rules and self._rules.problem:
                        raise ModelError(self._rules.problem)
                yield
            finally:
                check.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await check
                self._rules = None

    async def _check_at_start(self) -> None:
        """Checks models and database at start, so that problems are logged before a request."""
        try:
            rules = await self._current_rules()
            if rules.query is not None and self._store is not None:
                await self._store.find(rules.query, "")
        except UnfitError as error:
            self._leave_to_auth_server(error)
        except (AuthServerError, StoreError) as error:
            logger.warning("Sessions cannot be read yet: %s", error)

    async def _current_rules(self) -> _Rules:
        configuration = await self.auth_server.configuration()
        if self._rules is None or self._rules.configuration is not configuration:
            return self._follow(configuration)
        return self._rules

    def _follow(self, configuration: Configuration) -> _Rules:
        """Derives the rules from a new configuration: ``auth.ts`` was edited."""
        settings, session = self.auth_server.settings, configuration.session
        problem = self._problem(configuration)
        query = None
        if problem:
            logger.error(problem)
        elif self._store is None:
            self._log_slow(logging.INFO)
        elif not session.stored_in_database:
            self._log_slow(logging.INFO, "the database does not know them all.")
        else:
            tables = configuration.tables
            try:
                query = SessionQuery(
                    configuration,
                    user=_columns(self._user_model, tables.user, _OF_USER),
                    session=_columns(self._session_model, tables.session, _OF_SESSION),
                    dialect=self._store.dialect,
                )
            except UnfitError as error:
                self._log_slow(logging.INFO, str(error))
        renew_before = None
        if not session.disable_refresh and not session.defer_refresh:
            renew_before = timedelta(seconds=session.expires_in - session.update_age)
        self._rules = _Rules(
            configuration=configuration,
            trusted=settings.origins | configuration.trusted_origins,
            credentials=frozenset(
                header
                for plugin, header in _PLUGIN_HEADERS.items()
                if plugin in configuration.plugins
            ),
            renew_before=renew_before,
            query=query,
            problem=problem,
        )
        return self._rules

    def _problem(self, configuration: Configuration) -> str | None:
        """What has to be changed before any session can be read, or None."""
        if configuration.secret_check != secret_check(self.auth_server.settings.secret):
            return (
                "Sign with BETTER_AUTH_SECRET in auth.ts, or set it to the secret that is used "
                "there: Python has another one, and would accept no session."
            )
        tables = configuration.tables
        found = [
            *mismatches(self._user_model, tables.user, "user"),
            *mismatches(self._session_model, tables.session, "session"),
        ]
        for plugin, needs in self._needed_plugins.items():
            if plugin not in configuration.plugins:
                found.append(f"Add {plugin}() to the plugins of auth.ts: {needs} needs it.")
        return " ".join(found) or None

    def _leave_to_auth_server(self, reason: Exception) -> None:
        if self._rules is not None and self._rules.query is not None:
            self._rules = replace(self._rules, query=None)
            self._log_slow(logging.WARNING, str(reason))

    def _log_slow(self, level: int, reason: str = "") -> None:
        """Logs a reason once, although it is found again with each new configuration."""
        sentence = "Sessions are read through the auth server, which is slower"
        sentence += f": {reason}" if reason else "."
        if sentence != self._logged_slow:
            self._logged_slow = sentence
            logger.log(level, "%s", sentence)


class _Dependency(SecurityBase, Generic[T]):
    """A dependency that /docs shows as protected by the session cookie."""

    def __init__(
        self, call: Callable[[HTTPConnection], Awaitable[T]], cookie_name: Callable[[], str]
    ) -> None:
        self._call, self._cookie_name = call, cookie_name
        self.scheme_name = "session"

    @property
    def model(self) -> APIKey:  # type: ignore[override]
        return APIKey.model_validate({"in": APIKeyIn.cookie, "name": self._cookie_name()})

    async def __call__(self, connection: HTTPConnection) -> T:
        return await self._call(connection)


def _store(auth_server: AuthServer) -> Store | None:
    """The store for DATABASE_URL; None for databases without a direct query or its driver.

    Raises:
        SystemExit: the URL cannot be used; the message has the remedy and the source.
    """
    settings = auth_server.settings
    try:
        url = read_database_url(settings.database_url.get_secret_value(), auth_server.root)
    except DatabaseUrlError as error:
        place = settings.place("DATABASE_URL")
        where = f" The value is that{place}." if place else ""
        raise refusal(f"{error}{where}") from None
    # Drivers are optional dependencies.
    try:
        if isinstance(url, PostgresqlUrl):
            from better_auth_sidecar.stores.postgresql import PostgresqlStore

            return PostgresqlStore(url)
        if isinstance(url, SqliteUrl):
            from better_auth_sidecar.stores.sqlite import SqliteStore

            return SqliteStore(url.path)
    except ModuleNotFoundError as error:
        logger.warning("Install %s to read sessions faster.", error.name)
    return None


def _columns(model: type[Model], table: Table, more: frozenset[str]) -> list[str]:
    names = {"id", *(more & table.fields.keys())}
    names.update(fields_of(model))
    return sorted(names)


def _has_credentials(headers: Iterable[tuple[bytes, bytes]], names: frozenset[bytes]) -> bool:
    return any(
        name in names and (name != b"authorization" or value[:7].lower() == b"bearer ")
        for name, value in headers
    )


def _is_banned(user: Mapping[str, Any], now: datetime) -> bool:
    if not user.get("banned"):
        return False
    end = user.get("banExpires")
    if isinstance(end, str):  # as JSON of the auth server
        end = datetime.fromisoformat(end)
    return end is None or end > now


def _read(model: type[ModelT], row: Mapping[str, Any]) -> ModelT:
    try:
        return model.model_validate(row)
    except ValidationError as error:
        problems = "; ".join(
            f"{model.__name__}.{'.'.join(map(str, each['loc']))}: {each['msg']}"
            for each in error.errors(include_url=False, include_input=False)
        )
        raise ModelError(f"Change the model, or the row in the database: {problems}") from None
