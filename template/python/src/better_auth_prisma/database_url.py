"""One ``DATABASE_URL`` for Prisma and for SQLAlchemy.

Prisma's URLs carry parameters that mean something to Prisma alone; here each of them becomes what
SQLAlchemy and its driver call it. A parameter that has no counterpart is an error rather than
ignored, because a URL that says ``sslmode=verify-full`` must not connect without it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import URL, event, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from better_auth_prisma.connections import watch_asyncpg

_SCHEMES = {
    "postgresql": ("postgresql", "postgres"),
    "cockroachdb": ("postgresql", "postgres"),
    "mysql": ("mysql",),
    "sqlite": ("file",),
}
_DRIVERS = {
    "postgresql": "postgresql+asyncpg",
    "cockroachdb": "cockroachdb+asyncpg",
    "mysql": "mysql+aiomysql",
}
#: As many connections as requests that a process works on at a time; more than that would wait.
_POOL_SIZE = 20


class DatabaseUrlError(ValueError):
    """What is wrong with a database URL, in a sentence that does not repeat its password."""


@dataclass
class _Options:
    """What the parameters of a URL ask for."""

    engine: dict[str, Any] = field(default_factory=dict)
    connect: dict[str, Any] = field(default_factory=dict)
    tls: dict[str, str] = field(default_factory=dict)


def create_prisma_engine(url: str, *, provider: str, root: Path) -> AsyncEngine:
    """An engine for the database that Prisma knows by this URL. It does not connect yet.

    Args:
        url: a connection URL as Prisma reads it.
        provider: the provider of ``schema.prisma``.
        root: the folder of ``prisma.config.ts``; a relative ``file:`` path starts there.

    Raises:
        DatabaseUrlError: the URL cannot be read, or is of another provider.
    """
    scheme, colon, rest = url.partition(":")
    if not colon or scheme not in _SCHEMES[provider]:
        expected = " or ".join(f"{name}:" for name in _SCHEMES[provider])
        raise DatabaseUrlError(f"a database URL for {provider} starts with {expected}")
    if provider == "sqlite":
        return _sqlite_engine(rest, root)
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        # Their messages repeat the URL, and it holds the password.
        raise DatabaseUrlError("the database URL cannot be parsed") from None
    translate = _mysql_options if provider == "mysql" else _postgresql_options
    options = translate(parsed)
    target = parsed.set(drivername=_DRIVERS[provider], query={})
    given = {
        "connect_args": options.connect,
        "hide_parameters": True,  # of statements that fail: hashes and tokens are no matter of logs
        "pool_size": _POOL_SIZE,
        "max_overflow": 0,
        "pool_pre_ping": provider == "mysql",
    }
    engine = create_async_engine(target, **(given | options.engine))
    if provider != "mysql":
        watch_asyncpg(engine)
    return engine


def _postgresql_options(url: URL) -> _Options:
    options = _Options()
    for name, value in _parameters(url):
        if _common_option(options, name, value):
            continue
        if name == "schema":
            # A startup parameter is read like the value of SET: quoted, it keeps its case.
            quoted = '"' + value.replace('"', '""') + '"'
            options.connect.setdefault("server_settings", {})["search_path"] = quoted
        elif name in ("application_name", "options"):
            options.connect.setdefault("server_settings", {})[name] = value
        elif name in ("sslmode", "sslrootcert", "sslcert", "sslkey", "sslpassword"):
            options.tls[name] = value
        elif name == "sslaccept":
            if value == "strict":
                options.tls.setdefault("sslmode", "verify-full")
        elif name == "connect_timeout":
            options.connect["timeout"] = _seconds(name, value)
        elif name == "socket_timeout":
            options.connect["command_timeout"] = _seconds(name, value)
        elif name == "host":
            options.connect["host"] = value
        elif name == "pgbouncer":
            if value == "true":
                # Behind a pooler a prepared statement may be on another connection.
                options.connect["statement_cache_size"] = 0
                options.connect["prepared_statement_cache_size"] = 0
                options.connect["prepared_statement_name_func"] = lambda: ""
        elif name == "statement_cache_size":
            options.connect["statement_cache_size"] = _whole(name, value)
        else:
            raise _unknown(name)
    if options.tls:
        # asyncpg understands libpq's TLS parameters in a DSN only.
        options.connect["dsn"] = f"postgresql://?{urlencode(options.tls)}"
    return options


def _mysql_options(url: URL) -> _Options:
    options = _Options(connect={"charset": "utf8mb4"})
    for name, value in _parameters(url):
        if _common_option(options, name, value):
            continue
        if name in ("sslaccept", "sslcert"):
            options.tls[name] = value
        elif name == "connect_timeout":
            options.connect["connect_timeout"] = _seconds(name, value)
        elif name == "socket":
            options.connect["unix_socket"] = value
        else:
            raise _unknown(name)
    if options.tls:
        options.connect["ssl"] = _mysql_tls(options.tls)
    return options


def _mysql_tls(parameters: dict[str, str]) -> Any:
    import ssl

    context = ssl.create_default_context(cafile=parameters.get("sslcert"))
    if parameters.get("sslaccept") == "accept_invalid_certs":
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _common_option(options: _Options, name: str, value: str) -> bool:
    """Takes a parameter that every server understands; says whether it was one."""
    if name == "connection_limit":
        options.engine["pool_size"] = max(1, _whole(name, value))
    elif name == "pool_timeout":
        # Prisma's 0 means no limit.
        options.engine["pool_timeout"] = _seconds(name, value) or None
    else:
        return False
    return True


def _sqlite_engine(rest: str, root: Path) -> AsyncEngine:
    path, _, query = rest.partition("?")
    path = path.removeprefix("//") if path.startswith("///") else path
    if not path:
        raise DatabaseUrlError("the database URL names no file")
    names = {pair.partition("=")[0] for pair in query.split("&") if pair}
    for name in sorted(names - {"connection_limit", "socket_timeout", "timeout"}):
        raise _unknown(name)
    target = URL.create("sqlite+aiosqlite", database=str(root / path))
    engine = create_async_engine(target, hide_parameters=True)

    @event.listens_for(engine.sync_engine, "connect")
    def enforce_foreign_keys(connection: Any, record: object) -> None:
        cursor = connection.cursor()
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.close()

    return engine


def _parameters(url: URL) -> list[tuple[str, str]]:
    return [
        (name, value if isinstance(value, str) else value[-1]) for name, value in url.query.items()
    ]


def _seconds(name: str, value: str) -> float:
    return float(_whole(name, value))


def _whole(name: str, value: str) -> int:
    if not value.isdecimal():
        raise DatabaseUrlError(f"{name} in the database URL is no whole number: {value}")
    return int(value)


def _unknown(name: str) -> DatabaseUrlError:
    return DatabaseUrlError(f"the parameter {name} of the database URL has no counterpart here")
