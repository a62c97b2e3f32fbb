"""An SQLAlchemy engine for the project's own tables, from Prisma's database URL."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from pydantic import SecretStr
from sqlalchemy import URL, event
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from better_auth_sidecar.database_url import (
    DatabaseUrlError,
    MysqlUrl,
    PostgresqlUrl,
    SqliteUrl,
    read_database_url,
)


def create_engine(
    url: str | SecretStr,
    *,
    root: Path | None = None,
    provider: Literal["postgresql", "cockroachdb"] = "postgresql",
    **options: Any,
) -> AsyncEngine:
    """An engine for the database that Prisma knows by this URL. It does not connect yet.

    Args:
        url: the value of DATABASE_URL.
        root: where the relative paths of files start; the current folder without.
        provider: which of the two a ``postgresql:`` URL names.
        options: of SQLAlchemy's ``create_async_engine``; they go before the URL's.

    Raises:
        DatabaseUrlError: the URL cannot be read, or SQLAlchemy has no asynchronous driver for it.
    """
    text = url.get_secret_value() if isinstance(url, SecretStr) else url
    found = read_database_url(text, root or Path.cwd())
    # The parameters of a statement that fails are personal data, not a matter for logs.
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


def _postgresql(url: PostgresqlUrl, driver: str, options: dict[str, Any]) -> AsyncEngine:
    arguments = url.asyncpg_arguments()
    if url.prepares:
        if url.schema:
            # A startup parameter is read like the value of SET: quoted, it keeps its case.
            quoted = '"' + url.schema.replace('"', '""') + '"'
            arguments["server_settings"]["search_path"] = quoted
    else:
        # Behind a pooler, the next transaction may be on another connection of the server, which
        # has neither the statement nor the search path.
        arguments["prepared_statement_cache_size"] = 0
        arguments["prepared_statement_name_func"] = lambda: ""
        if url.schema:
            options.setdefault("execution_options", {})["schema_translate_map"] = {None: url.schema}
    return create_async_engine(
        # Everything is in the arguments: SQLAlchemy's URL would have it twice.
        URL.create(driver),
        **{
            "connect_args": arguments,
            "pool_size": url.pool_size,
            "max_overflow": 0,
            "pool_timeout": url.pool_timeout,
            "pool_pre_ping": True,
            **options,
        },
    )


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
    return create_async_engine(
        URL.create("mysql+aiomysql"),
        **{
            "connect_args": {k: v for k, v in arguments.items() if v is not None},
            "pool_size": url.pool_size,
            "max_overflow": 0,
            "pool_timeout": url.pool_timeout,
            "pool_pre_ping": True,
            **options,
        },
    )


def _sqlite(url: SqliteUrl, options: dict[str, Any]) -> AsyncEngine:
    engine = create_async_engine(URL.create("sqlite+aiosqlite", database=str(url.path)), **options)

    @event.listens_for(engine.sync_engine, "connect")
    def enforce_foreign_keys(connection: Any, record: object) -> None:
        cursor = connection.cursor()
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.close()

    return engine
