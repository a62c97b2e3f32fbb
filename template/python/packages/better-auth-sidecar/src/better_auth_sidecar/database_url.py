"""Translates a database URL in Prisma's form for Python's drivers.

The auth server uses the same URL with Node.js's drivers, so each parameter has the same effect here
or is refused. Error messages start with the remedy and quote no part of the URL that could belong
to a password.
"""

from __future__ import annotations

import json
import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv6Address
from pathlib import Path
from typing import Any
from urllib.parse import unquote, unquote_plus

_POOL_SIZE = 10  # that of node-postgres
_POOL_TIMEOUT = 10.0
_CONNECT_TIMEOUT = 10.0

#: The database of each scheme; ``postgresql`` is also CockroachDB's.
_SCHEMES = {
    "postgresql": "postgresql",
    "postgres": "postgresql",
    "mysql": "mysql",
    "file": "sqlite",
    "sqlserver": "sqlserver",
}


#: A host, or the folder of a socket, and a port; readers disagree about all others.
_ADDRESS = re.compile(
    r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._~-]+|%2F[A-Za-z0-9._~%-]+)(?::([0-9]{1,5}))?", re.IGNORECASE
)
#: Paths that mean something else to a shell, another system or SQLite, or name a folder.
_NO_SQLITE_FILE = re.compile(r"~/|:|/*[A-Za-z]:[/\\]|(.*/)?\.{0,2}\Z|//", re.DOTALL)


class DatabaseUrlError(ValueError):
    """A database URL cannot be used; the message has the remedy, and no secret."""


@dataclass(frozen=True)
class PostgresqlUrl:
    """Connection parameters of a PostgreSQL or CockroachDB."""

    host: str
    port: int
    user: str
    password: str
    database: str
    schema: str | None
    #: None without TLS.
    tls: ssl.SSLContext | None
    direct_tls: bool
    #: Startup parameters of a connection.
    server_settings: Mapping[str, str]
    pool_size: int
    #: Seconds; None for no limit.
    pool_timeout: float | None
    connect_timeout: float | None
    command_timeout: float | None
    #: False behind a pooler in transaction mode, which loses prepared statements.
    prepares: bool

    def asyncpg_arguments(self) -> dict[str, Any]:
        """The arguments of ``asyncpg.connect``, complete, so that it reads no PG* variables."""
        given: dict[str, Any] = {
            "host": self.host,
            "port": self.port,
            "user": self.user,
            "password": self.password,
            "database": self.database,
            "ssl": self.tls or False,
            "direct_tls": self.direct_tls,
            "timeout": self.connect_timeout,
            "command_timeout": self.command_timeout,
            "target_session_attrs": "any",
            "server_settings": dict(self.server_settings),
        }
        return given if self.prepares else {**given, "statement_cache_size": 0}


@dataclass(frozen=True)
class MysqlUrl:
    """Connection parameters of a MySQL or MariaDB."""

    host: str
    port: int
    user: str
    password: str
    database: str
    socket: str | None
    tls: ssl.SSLContext | None
    pool_size: int
    pool_timeout: float | None
    connect_timeout: float | None


@dataclass(frozen=True)
class SqliteUrl:
    """An SQLite file."""

    path: Path


@dataclass(frozen=True)
class SqlServerUrl:
    """A Microsoft SQL Server, to which only the auth server connects."""


DatabaseUrl = PostgresqlUrl | MysqlUrl | SqliteUrl | SqlServerUrl


def read_database_url(url: str, root: Path) -> DatabaseUrl:
    """Parses a database URL as Prisma and Node.js's drivers do.

    Args:
        url: the value of DATABASE_URL.
        root: the project's folder, where relative paths start.

    Raises:
        DatabaseUrlError: the URL is invalid, or has a parameter that one of the drivers lacks.
    """
    if url[:1] in ("'", '"'):
        raise DatabaseUrlError("Remove the quotes around DATABASE_URL.")
    scheme, colon, rest = url.partition(":")
    kind = _SCHEMES.get(scheme)
    if not colon or kind is None:
        raise DatabaseUrlError(_of_scheme(scheme if colon else ""))
    if kind == "sqlite":
        return _sqlite(rest, root)
    if kind == "sqlserver":
        return SqlServerUrl()
    parts = _split(url)
    return _postgresql(parts, root) if kind == "postgresql" else _mysql(parts, root)


def _of_scheme(scheme: str) -> str:
    base = scheme.strip().lower().partition("+")[0]
    if base == "prisma":
        return "Set DATABASE_URL to the database's own URL: Prisma's services cannot be used here."
    if base in _SCHEMES:
        return f"Start DATABASE_URL with {base}: instead of {scheme}:."
    return "Start DATABASE_URL with postgresql://, mysql://, sqlserver:// or file: and a path."


@dataclass(frozen=True)
class _Parts:
    """The parts of a URL of a server, unescaped but for the query."""

    host: str
    port: int | None
    user: str
    password: str
    database: str
    query: str


def _split(url: str) -> _Parts:
    """Splits a URL, and refuses the common mistakes in escaping it.

    ``urlsplit`` reads brackets in a password as a host, and changes the case of a socket's folder.
    """
    if re.search(r"%(?![0-9A-Fa-f]{2})", url):
        raise DatabaseUrlError("Write each % of DATABASE_URL as %25, unless it is an escape.")
    if "%00" in url:
        raise DatabaseUrlError("Remove %00 from DATABASE_URL: no database takes it.")
    if re.search(r"[\s\x00-\x1f\x7f\ufeff]", url):
        raise DatabaseUrlError("Remove the blank in DATABASE_URL, or write it as %20.")
    try:
        unquote(url, errors="strict")
    except UnicodeDecodeError:
        raise DatabaseUrlError("Escape DATABASE_URL in UTF-8: é is %C3%A9, not %E9.") from None
    scheme, separator, rest = url.partition("://")
    if not separator:
        raise DatabaseUrlError(f"Start DATABASE_URL with {url.partition(':')[0]}://.")
    authority = re.split(r"[/?#]", rest, maxsplit=1)[0]
    if "#" in url or authority.count("@") > 1 or "@" in rest[len(authority) :]:
        raise DatabaseUrlError(
            "Escape user name and password in DATABASE_URL: @ is %40, / is %2F, ? is %3F."
        )
    login, _, address = authority.rpartition("@")
    if "," in address:
        raise DatabaseUrlError("Name one host in DATABASE_URL: several cannot be used.")
    host, port = _address(address) if authority else ("", None)
    if host is None:
        raise DatabaseUrlError(
            f"Correct host and port in DATABASE_URL: {scheme}://user:password@host:port/database."
        )
    path, _, query = rest[len(authority) :].partition("?")
    name = unquote(path.removeprefix("/"))
    if name in ("", ".", ".."):
        raise DatabaseUrlError("Add the database's name to DATABASE_URL, after the host: /name.")
    if path.endswith("/"):
        raise DatabaseUrlError("Remove the / after the database's name in DATABASE_URL.")
    if "/" in path[1:]:
        raise DatabaseUrlError("Write / as %2F in the password or database of DATABASE_URL.")
    user, _, password = login.partition(":")
    return _Parts(host, port, unquote(user), unquote(password), name, query)


def _address(text: str) -> tuple[str | None, int | None]:
    """The host, None if it is invalid, and the port."""
    found = _ADDRESS.fullmatch(text)
    if found is None or (found[2] and not 0 < int(found[2]) < 65536):
        return None, None
    host = unquote(found[1])
    if host.startswith("["):
        host = host[1:-1]
        try:
            IPv6Address(host)
        except ValueError:
            return None, None
    return host, int(found[2]) if found[2] else None


# --- PostgreSQL ---------------------------------------------------------------------------


_HERE = Path(__file__).parent
#: A wheel has the folder in the package.
_NODE = next(one for one in (_HERE / "node", _HERE.parents[1] / "node") if one.exists())
_TABLE: dict[str, dict[str, Any]] = json.loads(
    (_NODE / "database-parameters.json").read_text("utf-8")
)


class _Options:
    """The parameters of a URL, checked against ``database-parameters.json``.

    The auth server and Copier's prompt use the same table.
    """

    def __init__(self, query: str, kind: str, root: Path) -> None:
        self._root = root
        table = _TABLE[kind]
        if not all("=" in part for part in query.split("&") if part):
            # Do not quote it: it may be the rest of a password that contains "?".
            raise DatabaseUrlError(
                "Write what follows ? in DATABASE_URL as name=value, joined by &."
            )
        if "?" in query:
            raise DatabaseUrlError("Join the parameters of DATABASE_URL by &, not by a second ?.")
        given = [part.partition("=") for part in query.split("&") if part]
        self._values: dict[str, str] = {}
        for name, _, value in given:
            problem = _problem(name, value, table["parameters"].get(name))
            if not problem and name in self._values:
                problem = f"Write {name}= only once in DATABASE_URL."
            if problem:
                raise DatabaseUrlError(problem)
            self._values[name] = unquote_plus(value)
        for rule in table["rules"]:
            if self._is_met(rule):
                raise DatabaseUrlError(rule["say"])

    def _is_met(self, rule: Mapping[str, Any]) -> bool:
        given = self._values
        return all(
            name in given and (not values or given[name] in values)
            for name, values in rule["when"].items()
        ) and not any(name in given for name in rule.get("without", ()))

    def text(self, name: str) -> str | None:
        return self._values.get(name)

    def whole(self, name: str) -> int | None:
        value = self._values.get(name)
        return None if value is None else int(value)

    def seconds(self, name: str, default: float | None) -> float | None:
        """A number of seconds; None for Prisma's 0, which means no limit."""
        value = self.whole(name)
        return default if value is None else float(value) or None

    def file(self, name: str) -> Path | None:
        """A file relative to the project's folder or, as Prisma documents it, to ``prisma/``."""
        value = self._values.get(name)
        if value is None:
            return None
        places = [self._root / value, self._root / "prisma" / value]
        found = next((path for path in places if path.is_file()), None)
        if found is None:
            raise DatabaseUrlError(f"Correct {name}= in DATABASE_URL: it names no file.")
        return found


def _problem(name: str, value: str, entry: Mapping[str, Any] | None) -> str:
    """What to change about a parameter as written; empty if it is supported."""
    if entry is None:
        return f"Remove {name}= from DATABASE_URL: not every driver here knows it."
    if "refused" in entry:
        return str(entry["refused"])
    if isinstance(entry["is"], list):
        if value in entry["is"]:
            return ""
        known = " or ".join(entry["is"])
        return str(entry.get("say") or f"Set {name}= in DATABASE_URL to {known}.")
    if entry["is"] == "number" and not re.fullmatch("[0-9]{1,9}", value):
        return f"Set {name}= in DATABASE_URL to a whole number."
    return "" if value else f"Write a value after {name}= in DATABASE_URL, or remove it."


_SETTINGS = (
    "application_name",
    "options",
    "statement_timeout",
    "lock_timeout",
    "idle_in_transaction_session_timeout",
)


def _postgresql(parts: _Parts, root: Path) -> PostgresqlUrl:
    options = _Options(parts.query, "postgresql", root)
    tls = _postgresql_tls(options)
    settings = {name: value for name in _SETTINGS if (value := options.text(name)) is not None}
    if fallback := options.text("fallback_application_name"):
        settings.setdefault("application_name", fallback)
    milliseconds = options.whole("query_timeout")
    host = options.text("host") or parts.host
    if not host or not parts.user:
        raise DatabaseUrlError(
            "Name user and host in DATABASE_URL: postgresql://user:password@host:port/database."
        )
    is_pooled = options.text("pgbouncer") == "true"
    return PostgresqlUrl(
        host=host,
        port=parts.port or 5432,
        user=parts.user,
        password=parts.password,
        database=parts.database,
        schema=options.text("schema"),
        tls=tls,
        direct_tls=options.text("sslnegotiation") == "direct",
        server_settings=settings,
        pool_size=options.whole("connection_limit") or _POOL_SIZE,
        pool_timeout=options.seconds("pool_timeout", _POOL_TIMEOUT),
        connect_timeout=options.seconds("connect_timeout", _CONNECT_TIMEOUT),
        command_timeout=options.seconds(
            "socket_timeout", milliseconds / 1000 if milliseconds else None
        ),
        prepares=options.whole("statement_cache_size") != 0 and not is_pooled,
    )


def _postgresql_tls(options: _Options) -> ssl.SSLContext | None:
    """TLS as in node-postgres: all ``sslmode``s but two verify the certificate and host name."""
    mode, flag, accept = (options.text(name) for name in ("sslmode", "ssl", "sslaccept"))
    key = options.file("sslkey")
    # Without sslkey, sslcert has Prisma's meaning: the CA certificate.
    certificate = options.file("sslcert")
    authority = options.file("sslrootcert") or (None if key else certificate)
    if mode is None:
        asks = authority or key or accept or options.text("sslnegotiation") == "direct"
        mode = {"true": "require", "1": "require", "no-verify": "no-verify"}.get(flag or "")
        mode = mode or ("require" if asks else "disable")
    if mode == "disable":
        return None
    context = _tls_context(authority, certificate if key else None, key)
    is_libpq = options.text("uselibpqcompat") == "true"
    if mode == "no-verify" or accept == "accept_invalid_certs":
        is_trusting = True
    else:
        is_trusting = is_libpq and (mode == "prefer" or (mode == "require" and not authority))
    if is_trusting or (is_libpq and mode in ("require", "verify-ca")):
        context.check_hostname = False
    if is_trusting:
        context.verify_mode = ssl.CERT_NONE
    return context


def _tls_context(
    authority: Path | None, certificate: Path | None = None, key: Path | None = None
) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=authority)
        # Python 3.13 made this strict by default; Node.js does not.
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT
        if certificate:
            context.load_cert_chain(certificate, key, password=_no_passphrase)
    except (OSError, ssl.SSLError, DatabaseUrlError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise DatabaseUrlError(
            f"Correct the certificates that DATABASE_URL names: {reason}."
        ) from None
    return context


def _no_passphrase() -> str:
    raise DatabaseUrlError("the key has a passphrase")


# --- the others ---------------------------------------------------------------------------


def _mysql(parts: _Parts, root: Path) -> MysqlUrl:
    options = _Options(parts.query, "mysql", root)
    accept, authority = options.text("sslaccept"), options.file("sslcert")
    tls = _tls_context(authority) if accept or authority else None
    if tls and accept == "accept_invalid_certs":
        tls.check_hostname = False
        tls.verify_mode = ssl.CERT_NONE
    if not parts.host:
        raise DatabaseUrlError(
            "Name the host in DATABASE_URL: mysql://user:password@host:port/database."
        )
    if parts.host.startswith("/"):
        raise DatabaseUrlError(
            "Write localhost as the host of DATABASE_URL, and the socket as ?socket=/path."
        )
    return MysqlUrl(
        host=parts.host,
        port=parts.port or 3306,
        user=parts.user,
        password=parts.password,
        database=parts.database,
        socket=options.text("socket"),
        tls=tls,
        pool_size=options.whole("connection_limit") or _POOL_SIZE,
        pool_timeout=options.seconds("pool_timeout", _POOL_TIMEOUT),
        connect_timeout=options.seconds("connect_timeout", _CONNECT_TIMEOUT),
    )


def _sqlite(rest: str, root: Path) -> SqliteUrl:
    """Parses a SQLite path, which Prisma's CLI does not percent-decode."""
    path, _, query = rest.partition("?")
    if re.search(r"[\x00-\x1f\x7f]", path):
        raise DatabaseUrlError("Remove the control character from the path in DATABASE_URL.")
    if odd := re.search("[\"#$'\\\\`]", path):
        raise DatabaseUrlError(
            f"Rename the file: {odd[0]} in its path means something else in an env file."
        )
    if path.startswith("//"):
        path = path.removeprefix("//") if path.startswith("///") else ""
    if not path.strip("/.") or _NO_SQLITE_FILE.match(path):
        raise DatabaseUrlError("Write DATABASE_URL as file:./name.db or file:/folder/name.db.")
    _Options(query, "sqlite", root)
    return SqliteUrl(root / path)
