"""An SQLAlchemy engine for the project's own tables, from Prisma's database URL."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from pydantic import SecretStr
from sqlalchemy import URL, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from starlette.requests import Request
from starlette.responses import JSONResponse

from better_auth_sidecar.database_url import (
    DatabaseUrlError,
    MysqlUrl,
    PostgresqlUrl,
    SqliteUrl,
    read_database_url,
)

#: PostgreSQL's errors for a NUL in a text, and for one in a jsonb.
_NUL_REFUSED = ("22021", "22P05")


def create_engine(
    url: str | SecretStr,
    *,
    root: Path | None = None,
    provider: Literal["postgresql", "cockroachdb"] = "postgresql",
    **options: Any,
) -> AsyncEngine:
    """An SQLAlchemy engine for a database URL in Prisma's form. It connects on first use.

    Args:
        url: the value of DATABASE_URL.
        root: the base of relative file paths; default: the current folder.
        provider: the database behind a ``postgresql:`` URL.
        options: of SQLAlchemy's ``create_async_engine``; they override the URL's parameters.

    Raises:
        DatabaseUrlError: the URL cannot be read, or SQLAlchemy has no asynchronous driver for it.
    """
    text = url.get_secret_value() if isinstance(url, SecretStr) else url
    found = read_database_url(text, root or Path.cwd())
    # A failed statement's parameters are personal data, which must not reach the logs.
    options = {"hide_parameters": True, **options}
    if isinstance(found, PostgresqlUrl):
        return _postgresql(found, f"{provider}+asyncpg", options)
    if isinstance(found, MysqlUrl):
        return _mysql(found, options)
    if isinstance(found, SqliteUrl):
        return _sqlite(found, options)
    raise DatabaseUrlError(
        "Use Prisma in auth/ for your own tables, too: SQLAlchemy has no asynchronous driver for "
        "Microsoft SQL Server that needs no other software."
    )


async def refuse_nul(request: Request, error: Exception) -> JSONResponse:
    """Answers 400 to a request with a NUL, which PostgreSQL's texts cannot hold.

    Add it with ``app.add_exception_handler(DBAPIError, refuse_nul)``; without, the response is 500.

    Raises:
        Exception: ``error`` itself, if it is another one.
    """
    if isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", "") in _NUL_REFUSED:
        return JSONResponse({"detail": "NUL characters are not accepted."}, 400)
    raise error


def _postgresql(url: PostgresqlUrl, driver: str, options: dict[str, Any]) -> AsyncEngine:
    arguments = url.asyncpg_arguments()
    if url.prepares:
        if url.schema:
            # PostgreSQL parses a startup parameter like SET: quotes keep upper case.
            quoted = '"' + url.schema.replace('"', '""') + '"'
            arguments["server_settings"]["search_path"] = quoted
    else:
        # Behind a pooler in transaction mode, the next transaction may use another server
        # connection, without this one's prepared statements and search path.
        arguments["prepared_statement_cache_size"] = 0
        arguments["prepared_statement_name_func"] = lambda: ""
        if url.schema:
            options.setdefault("execution_options", {})["schema_translate_map"] = {None: url.schema}
    return _pooled(driver, url, arguments, options)


def _mysql(url: MysqlUrl, options: dict[str, Any]) -> AsyncEngine:
    arguments = {
        "host": url.host,
        "port": url.port,
        "user": url.user,
        "password": url.password,
        "db": url.database,
        "charset": "utf8mb4",
        "connect_timeout": url.connect_timeout,
        "unix_socket": url.socket,
        "ssl": url.tls,
    }
    given = {name: value for name, value in arguments.items() if value is not None}
    return _pooled("mysql+aiomysql", url, given, options)


def _pooled(
    driver: str, url: PostgresqlUrl | MysqlUrl, arguments: dict[str, Any], options: dict[str, Any]
) -> AsyncEngine:
    pool = {
        "pool_size": url.pool_size,
        "max_overflow": 0,
        "pool_timeout": url.pool_timeout,
        "pool_pre_ping": True,
    }
    # The connection arguments have everything, so the URL has nothing.
    return create_async_engine(URL.create(driver), **{"connect_args": arguments, **pool, **options})


def _sqlite(url: SqliteUrl, options: dict[str, Any]) -> AsyncEngine:
    engine = create_async_engine(URL.create("sqlite+aiosqlite", database=str(url.path)), **options)

    @event.listens_for(engine.sync_engine, "connect")
    def enforce_foreign_keys(connection: Any, record: object) -> None:
        cursor = connection.cursor()
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.close()

    return engine
