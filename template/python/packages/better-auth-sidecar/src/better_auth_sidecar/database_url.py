"""What a database URL in Prisma's form means to Python's drivers.

The auth server reads the same URL with Node.js's drivers, so each parameter is taken as they take
it, or refused: a URL must not connect here in another way than there. The sentences of errors
start with what to do, and hold no part of the URL that could be of a password.
"""

from __future__ import annotations

import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

_POOL_SIZE = 10  # that of node-postgres
_POOL_TIMEOUT = 10.0
_CONNECT_TIMEOUT = 10.0

#: The schemes by what they name; ``postgresql`` may be a CockroachDB, too.
_SCHEMES = {
    "postgresql": "postgresql",
    "postgres": "postgresql",
    "mysql": "mysql",
    "file": "sqlite",
    "sqlserver": "sqlserver",
}


class DatabaseUrlError(ValueError):
    """What to do about a database URL, in one sentence without its secrets."""


@dataclass(frozen=True)
class PostgresqlUrl:
    """A PostgreSQL or a CockroachDB, and how to connect to it."""

    host: str
    port: int
    user: str
    password: str
    database: str
    schema: str | None
    #: None: without TLS.
    tls: ssl.SSLContext | None
    direct_tls: bool
    #: Parameters that the server is told when a connection starts.
    server_settings: Mapping[str, str]
    pool_size: int
    #: Seconds; None: without limit.
    pool_timeout: float | None
    connect_timeout: float | None
    command_timeout: float | None
    #: Whether a prepared statement is still there in the next transaction.
    prepares: bool

    def asyncpg_arguments(self) -> dict[str, Any]:
        """The arguments of ``asyncpg.connect``; no environment variable of libpq interferes."""
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
    """A MySQL or a MariaDB, and how to connect to it."""

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
    """A Microsoft SQL Server, which only the auth server reaches."""


DatabaseUrl = PostgresqlUrl | MysqlUrl | SqliteUrl | SqlServerUrl


def read_database_url(url: str, root: Path) -> DatabaseUrl:
    """Reads a database URL as Prisma and the drivers of Node.js read it.

    Args:
        url: the value of DATABASE_URL.
        root: the project's folder, where relative paths start.

    Raises:
        DatabaseUrlError: it cannot be read, or asks for what one of the drivers cannot do.
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
    base = scheme.lower().partition("+")[0]
    if scheme.lower().startswith("prisma"):
        return (
            "Set DATABASE_URL to the database's own URL, such as postgresql://…: one of "
            "Prisma's services cannot be used here."
        )
    if base in _SCHEMES and (scheme != scheme.lower() or "+" in scheme):
        return f"Start DATABASE_URL with {base}: instead of {scheme}:, which Prisma does not know."
    return "Start DATABASE_URL with postgresql://, mysql://, sqlserver:// or file: and a path."


def _split(url: str) -> SplitResult:
    """The parts of a URL, if they are what its writer meant."""
    if re.search(r"%(?![0-9A-Fa-f]{2})", url):
        raise DatabaseUrlError("Write each % of DATABASE_URL as %25, unless it is an escape.")
    if re.search(r"[\s\x00-\x1f\x7f]", url):
        raise DatabaseUrlError("Remove the blank in DATABASE_URL, or write it as %20.")
    scheme, _, rest = url.partition("://")
    authority = re.split(r"[/?#]", rest, maxsplit=1)[0]
    beyond = rest[len(authority) :].partition("?")[0]
    if "#" in url or authority.count("@") > 1 or "@" in beyond or _misplaced_at(rest):
        raise DatabaseUrlError(
            "Escape the characters of the user name and the password in DATABASE_URL: "
            "# is %23, / is %2F, ? is %3F, @ is %40."
        )
    address = authority.rpartition("@")[2]
    if "," in address:
        raise DatabaseUrlError("Name one host in DATABASE_URL: several cannot be used.")
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise DatabaseUrlError(
            f"Correct host and port in DATABASE_URL: {scheme}://user:password@host:port/database."
        ) from None
    name = parts.path.removeprefix("/")
    if not name:
        raise DatabaseUrlError("Add the database's name to DATABASE_URL, after the host: /name.")
    if "/" in name:
        raise DatabaseUrlError("Remove the / after the database's name in DATABASE_URL.")
    return parts


def _misplaced_at(rest: str) -> bool:
    """Whether an @ follows a ``?`` that should be part of the password."""
    head, question, query = rest.partition("?")
    return bool(question) and "@" not in head and "@" in query and "=" not in query.split("@")[0]


# --- PostgreSQL ---------------------------------------------------------------------------


@dataclass
class _Options:
    """What the parameters of a URL ask for, so far."""

    values: dict[str, str]
    root: Path
    settings: dict[str, str] = field(default_factory=dict)

    def take(self, name: str) -> str | None:
        return self.values.pop(name, None)

    def whole(self, name: str) -> int | None:
        value = self.take(name)
        if value is None:
            return None
        if not (value.isascii() and value.isdecimal()):
            raise DatabaseUrlError(f"Set {name} in DATABASE_URL to a whole number.")
        return int(value)

    def seconds(self, name: str, default: float | None) -> float | None:
        """Seconds; Prisma's 0 means without limit."""
        value = self.whole(name)
        return default if value is None else float(value) or None

    def one_of(self, name: str, allowed: tuple[str, ...]) -> str | None:
        value = self.take(name)
        if value is not None and value not in allowed:
            raise DatabaseUrlError(f"Set {name} in DATABASE_URL to {' or '.join(allowed)}.")
        return value

    def file(self, name: str) -> Path | None:
        value = self.take(name)
        if value is None:
            return None
        path = self.root / value
        if not path.is_file():
            raise DatabaseUrlError(f"Correct {name} in DATABASE_URL: it names no file.")
        return path

    def end(self) -> None:
        if self.values:
            raise DatabaseUrlError(
                f"Remove {next(iter(self.values))} from DATABASE_URL: not every driver here "
                "knows it."
            )


#: Refused parameters: what to do instead, and why.
_INSTEAD = {
    "sslidentity": "Write sslcert= and sslkey= with PEM files in DATABASE_URL instead of "
    "sslidentity=.",
    "sslpassword": "Remove sslpassword from DATABASE_URL, and its passphrase from the key.",
}
#: They say something to other programs, and nothing to the drivers here.
_WITHOUT_MEANING = (
    "supa",
    "workaround",
    "keepalives",
    "keepalives_idle",
    "keepalives_interval",
    "keepalives_count",
)
_SETTINGS = (
    "application_name",
    "options",
    "statement_timeout",
    "lock_timeout",
    "idle_in_transaction_session_timeout",
)


def _postgresql(parts: SplitResult, root: Path) -> PostgresqlUrl:
    options = _Options(_parameters(parts), root)
    for name in _WITHOUT_MEANING:
        options.take(name)
    for name, instead in _INSTEAD.items():
        if options.take(name) is not None:
            raise DatabaseUrlError(instead)
    if options.one_of("channel_binding", ("require", "prefer", "disable")) == "require":
        raise DatabaseUrlError(
            "Remove channel_binding=require from DATABASE_URL: the drivers cannot do it. "
            "sslmode=verify-full also proves whose server it is."
        )
    if options.take("target_session_attrs") not in (None, "any", "primary", "read-write"):
        raise DatabaseUrlError(
            "Remove target_session_attrs from DATABASE_URL: the auth server has to write."
        )
    if (options.take("client_encoding") or "utf8").lower().replace("-", "") != "utf8":
        raise DatabaseUrlError("Remove client_encoding from DATABASE_URL: UTF-8 is used.")
    tls, direct_tls = _postgresql_tls(options)
    fallback = options.take("fallback_application_name")
    settings = {name: value for name in _SETTINGS if (value := options.take(name)) is not None}
    if fallback:
        settings.setdefault("application_name", fallback)
    milliseconds = options.whole("query_timeout")
    timeout = options.seconds("socket_timeout", milliseconds / 1000 if milliseconds else None)
    is_pooled = options.one_of("pgbouncer", ("true", "false")) == "true"
    host = options.take("host") or unquote(parts.hostname or "")
    port = options.whole("port") or parts.port or 5432
    user = options.take("user") or unquote(parts.username or "")
    if not host or not user:
        raise DatabaseUrlError(
            "Name user and host in DATABASE_URL: postgresql://user:password@host:port/database."
        )
    found = PostgresqlUrl(
        host=host,
        port=port,
        user=user,
        password=options.take("password") or unquote(parts.password or ""),
        database=unquote(parts.path[1:]),
        schema=options.take("schema"),
        tls=tls,
        direct_tls=direct_tls,
        server_settings=settings,
        pool_size=max(1, options.whole("connection_limit") or _POOL_SIZE),
        pool_timeout=options.seconds("pool_timeout", _POOL_TIMEOUT),
        connect_timeout=options.seconds("connect_timeout", _CONNECT_TIMEOUT),
        command_timeout=timeout,
        prepares=options.whole("statement_cache_size") != 0 and not is_pooled,
    )
    options.end()
    return found


_SSL_MODES = ("disable", "prefer", "require", "verify-ca", "verify-full", "no-verify")


def _postgresql_tls(options: _Options) -> tuple[ssl.SSLContext | None, bool]:
    """TLS as node-postgres has it: every ``sslmode`` but two verifies certificate and host."""
    mode = options.one_of("sslmode", _SSL_MODES)
    flag = options.one_of("ssl", ("true", "1", "false", "0", "no-verify"))
    accept = options.one_of("sslaccept", ("strict", "accept_invalid_certs"))
    is_direct = options.one_of("sslnegotiation", ("postgres", "direct")) == "direct"
    is_libpq = options.one_of("uselibpqcompat", ("true", "false")) == "true"
    if options.values.get("sslrootcert") == "system":
        raise DatabaseUrlError(
            "Remove sslrootcert=system from DATABASE_URL: sslmode=verify-full trusts what the "
            "system trusts."
        )
    authority = options.file("sslrootcert")
    certificate, key = options.file("sslcert"), options.file("sslkey")
    if certificate and not key:
        raise DatabaseUrlError(
            "Write sslrootcert= in DATABASE_URL for the certificate of the server's authority: "
            "sslcert= is the client's own, and needs sslkey=."
        )
    if mode is None:
        if authority or certificate or flag in ("true", "1") or (is_direct and flag is None):
            mode = "verify-full"
        elif flag == "no-verify":
            mode = "no-verify"
    is_verified = mode not in (None, "disable", "no-verify")
    if accept == "strict" and not is_verified:
        raise DatabaseUrlError("Write sslmode=verify-full in DATABASE_URL for sslaccept=strict.")
    if accept == "accept_invalid_certs" and is_verified:
        raise DatabaseUrlError(
            "Write sslmode=no-verify in DATABASE_URL instead of sslaccept=accept_invalid_certs, "
            "which the auth server's driver does not know."
        )
    if mode in (None, "disable"):
        if is_direct:
            raise DatabaseUrlError("Add sslmode=verify-full to DATABASE_URL for sslnegotiation.")
        return None, False
    context = _tls_context(authority, certificate, key)
    if is_libpq and mode == "verify-ca" and authority is None:
        raise DatabaseUrlError("Add sslrootcert= to DATABASE_URL for sslmode=verify-ca.")
    if is_libpq and (mode == "verify-ca" or (mode == "require" and authority)):
        context.check_hostname = False
    elif mode == "no-verify" or (is_libpq and mode in ("prefer", "require")):
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context, is_direct


def _tls_context(
    authority: Path | None, certificate: Path | None = None, key: Path | None = None
) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=authority)
        # Node.js does not ask for what Python 3.13 asks of certificates in addition.
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


def _mysql(parts: SplitResult, root: Path) -> MysqlUrl:
    options = _Options(_parameters(parts), root)
    if options.take("sslidentity") is not None or options.take("sslpassword") is not None:
        raise DatabaseUrlError("Remove sslidentity and sslpassword from DATABASE_URL.")
    accept = options.one_of("sslaccept", ("strict", "accept_invalid_certs"))
    authority = options.file("sslcert")
    tls = _tls_context(authority) if accept or authority else None
    if tls and accept == "accept_invalid_certs":
        tls.check_hostname = False
        tls.verify_mode = ssl.CERT_NONE
    options.take("socket_timeout")
    host = unquote(parts.hostname or "")
    if not host:
        raise DatabaseUrlError(
            "Name the host in DATABASE_URL: mysql://user:password@host:port/database."
        )
    found = MysqlUrl(
        host=host,
        port=parts.port or 3306,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        database=unquote(parts.path[1:]),
        socket=options.take("socket"),
        tls=tls,
        pool_size=max(1, options.whole("connection_limit") or _POOL_SIZE),
        pool_timeout=options.seconds("pool_timeout", _POOL_TIMEOUT),
        connect_timeout=options.seconds("connect_timeout", _CONNECT_TIMEOUT),
    )
    options.end()
    return found


def _sqlite(rest: str, root: Path) -> SqliteUrl:
    path, _, query = rest.partition("?")
    if "#" in rest:
        raise DatabaseUrlError("Write # as %23 in the path of DATABASE_URL.")
    if re.search(r"%(?![0-9A-Fa-f]{2})", path):
        raise DatabaseUrlError("Write each % of DATABASE_URL as %25, unless it is an escape.")
    if path.startswith("//"):
        if not path.startswith("///"):
            raise DatabaseUrlError("Write DATABASE_URL as file:./name.db or file:/folder/name.db.")
        path = path[2:]
    path = unquote(path)
    if not path.strip("/.") or path.endswith("/"):
        raise DatabaseUrlError("Name a file in DATABASE_URL, such as file:./dev.db.")
    options = _Options(dict(parse_qsl(query, keep_blank_values=True)), root)
    for name in ("connection_limit", "socket_timeout"):
        options.take(name)
    options.end()
    return SqliteUrl(root / path)


def _parameters(parts: SplitResult) -> dict[str, str]:
    return dict(parse_qsl(parts.query, keep_blank_values=True))
