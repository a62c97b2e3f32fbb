"""A DATABASE_URL in Prisma's form means to Python's drivers what it means to those of Node.js."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import Any

import pytest
import trustme
from better_auth_sidecar.database_url import (
    DatabaseUrlError,
    MysqlUrl,
    PostgresqlUrl,
    SqliteUrl,
    SqlServerUrl,
    read_database_url,
)

BASE = "postgresql://me:p%40ss%2Fgeheim@db.example.com:6543/app"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project's folder with certificates."""
    folder = tmp_path_factory.mktemp("project")
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(folder / "ca.pem"))
    client = authority.issue_cert("me@example.com")
    client.cert_chain_pems[0].write_to_path(str(folder / "client.pem"))
    client.private_key_pem.write_to_path(str(folder / "client.key"))
    (folder / "empty.pem").touch()
    return folder


def _read(url: str, root: Path = Path("/project")) -> Any:
    return read_database_url(url, root)


@pytest.mark.parametrize("scheme", ["postgresql", "postgres"])
def test_the_server_and_the_user(scheme: str) -> None:
    url = _read(f"{scheme}{BASE.removeprefix('postgresql')}")
    assert isinstance(url, PostgresqlUrl)
    assert (url.host, url.port, url.database) == ("db.example.com", 6543, "app")
    assert (url.user, url.password) == ("me", "p@ss/geheim")
    assert (url.tls, url.schema, url.prepares, url.pool_size) == (None, None, True, 10)
    assert _read("postgresql://me@[::1]/app").host == "::1"
    assert _read("postgresql://me@db/app").port == 5432
    assert _read("postgresql://me@%2Frun%2Fpostgresql/app").host == "/run/postgresql"
    assert _read("postgresql://me:x@localhost/my%20app").database == "my app"


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ("schema=My%20Schema", {"schema": "My Schema"}),
        ("connection_limit=3&pool_timeout=7", {"pool_size": 3, "pool_timeout": 7.0}),
        ("pool_timeout=0", {"pool_timeout": None}),
        ("connect_timeout=3", {"connect_timeout": 3.0}),
        ("socket_timeout=9", {"command_timeout": 9.0}),
        ("query_timeout=500", {"command_timeout": 0.5}),
        ("pgbouncer=true", {"prepares": False}),
        ("pgbouncer=true&supa=base-pooler.x", {"prepares": False}),
        ("pgbouncer=false", {"prepares": True}),
        ("statement_cache_size=0", {"prepares": False}),
        ("host=/run/postgresql", {"host": "/run/postgresql"}),
        ("application_name=app", {"server_settings": {"application_name": "app"}}),
        ("fallback_application_name=a", {"server_settings": {"application_name": "a"}}),
        ("options=-c%20x%3Dy", {"server_settings": {"options": "-c x=y"}}),
        ("statement_timeout=500", {"server_settings": {"statement_timeout": "500"}}),
        ("channel_binding=prefer", {}),
        ("target_session_attrs=read-write", {}),
        ("client_encoding=UTF8", {}),
        ("workaround=supabase-pooler.vercel", {}),
        ("sslmode=disable", {"tls": None}),
        ("", {"tls": None}),
    ],
)
def test_parameters_of_postgresql(parameters: str, expected: dict[str, Any]) -> None:
    url = _read(f"{BASE}?{parameters}")
    assert {name: getattr(url, name) for name in expected} == expected


@pytest.mark.parametrize(
    ("parameters", "verifies", "checks_host"),
    [
        # As node-postgres has it: what asks for TLS at all verifies the server.
        ("sslmode=prefer", True, True),
        ("sslmode=require", True, True),
        ("sslmode=verify-ca", True, True),
        ("sslmode=verify-full", True, True),
        ("sslmode=verify-full&sslrootcert=ca.pem", True, True),
        ("sslmode=require&sslaccept=strict", True, True),
        ("ssl=true", True, True),
        ("sslrootcert=ca.pem", True, True),
        ("sslmode=require&sslcert=client.pem&sslkey=client.key", True, True),
        ("sslmode=require&sslnegotiation=direct", True, True),
        ("sslmode=no-verify", False, False),
        ("ssl=no-verify", False, False),
        ("sslmode=no-verify&sslaccept=accept_invalid_certs", False, False),
        ("uselibpqcompat=true&sslmode=require", False, False),
        ("uselibpqcompat=true&sslmode=prefer", False, False),
        ("uselibpqcompat=true&sslmode=require&sslrootcert=ca.pem", True, False),
        ("uselibpqcompat=true&sslmode=verify-ca&sslrootcert=ca.pem", True, False),
        ("uselibpqcompat=true&sslmode=verify-full", True, True),
    ],
)
def test_tls(root: Path, parameters: str, verifies: bool, checks_host: bool) -> None:
    context = _read(f"{BASE}?{parameters}", root).tls
    assert (context.verify_mode is ssl.CERT_REQUIRED, context.check_hostname) == (
        verifies,
        checks_host,
    )


@pytest.mark.parametrize(
    ("parameters", "remedy"),
    [
        ("channel_binding=require", "Remove channel_binding=require"),
        ("sslaccept=strict", "Write sslmode=verify-full"),
        ("sslmode=disable&sslaccept=strict", "Write sslmode=verify-full"),
        ("sslmode=require&sslaccept=accept_invalid_certs", "Write sslmode=no-verify"),
        ("sslmode=require&sslcert=ca.pem", "Write sslrootcert="),
        ("sslmode=require&sslrootcert=system", "Remove sslrootcert=system"),
        ("sslmode=require&sslrootcert=none.pem", "Correct sslrootcert"),
        ("sslmode=require&sslrootcert=empty.pem", "Correct the certificates"),
        ("sslmode=allow", "Set sslmode in DATABASE_URL to disable or "),
        ("sslidentity=x.p12", "Write sslcert= and sslkey="),
        ("sslpassword=geheim", "Remove sslpassword"),
        ("uselibpqcompat=true&sslmode=verify-ca", "Add sslrootcert="),
        ("sslnegotiation=direct&sslmode=disable", "Add sslmode=verify-full"),
        ("target_session_attrs=standby", "Remove target_session_attrs"),
        ("client_encoding=latin1", "Remove client_encoding"),
        ("connection_limit=many", "Set connection_limit in DATABASE_URL to a whole number"),
        ("pgbouncer=1", "Set pgbouncer in DATABASE_URL to true or false"),
        ("conection_limit=3", "Remove conection_limit"),
        ("require_auth=none", "Remove require_auth"),
        ("gssencmode=require", "Remove gssencmode"),
    ],
)
def test_parameters_that_are_refused(root: Path, parameters: str, remedy: str) -> None:
    with pytest.raises(DatabaseUrlError) as caught:
        _read(f"{BASE}?{parameters}", root)
    assert str(caught.value).startswith(remedy)
    assert "geheim" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "remedy"),
    [
        ('"postgresql://me:geheim@db/app"', "Remove the quotes"),
        ("'postgresql://me:geheim@db/app'", "Remove the quotes"),
        ("prisma+postgres://accelerate/?api_key=geheim", "Set DATABASE_URL to the database's own"),
        ("prisma://accelerate/?api_key=geheim", "Set DATABASE_URL to the database's own"),
        ("postgresql+asyncpg://me:geheim@db/app", "Start DATABASE_URL with postgresql:"),
        ("POSTGRESQL://me:geheim@db/app", "Start DATABASE_URL with postgresql:"),
        ("mongodb://me:geheim@db/app", "Start DATABASE_URL with postgresql://, "),
        ("me:geheim@db/app", "Start DATABASE_URL with postgresql://, "),
        ("geheim", "Start DATABASE_URL with postgresql://, "),
        ("", "Start DATABASE_URL with postgresql://, "),
        ("postgresql://me:ge#heim@db/app", "Escape the characters"),
        ("postgresql://me:ge?heim@db/app", "Escape the characters"),
        ("postgresql://me:ge/heim@db/app", "Escape the characters"),
        ("postgresql://me:ge@heim@db/app", "Escape the characters"),
        ("postgresql://me:ge%zzheim@db/app", "Write each % of DATABASE_URL as %25"),
        ("postgresql://me:ge heim@db/app", "Remove the blank"),
        ("postgresql://me:geheim@db:x/app", "Correct host and port"),
        ("postgresql://me:geheim@db:99999/app", "Correct host and port"),
        ("postgresql://me:geheim@[::1/app", "Correct host and port"),
        ("postgresql://me:geheim@a,b/app", "Name one host"),
        ("postgresql://me:geheim@a:1,b:2/app", "Name one host"),
        ("postgresql://me:geheim@db", "Add the database's name"),
        ("postgresql://me:geheim@db/", "Add the database's name"),
        ("postgresql://me:geheim@db/app/", "Remove the / after the database's name"),
        ("postgresql://db/app", "Name user and host"),
        ("mysql://me:geheim@db/app?sslidentity=x", "Remove sslidentity"),
        ("mysql://me:geheim@db/app?charset=latin1", "Remove charset"),
        ("file:", "Name a file"),
        ("file:./", "Name a file"),
        ("file:data/?x=1", "Name a file"),
        ("file://host/dev.db", "Write DATABASE_URL as file:./name.db"),
        ("file:dev.db#x", "Write # as %23"),
        ("file:dev%zz.db", "Write each %"),
        ("file:dev.db?mode=memory", "Remove mode"),
    ],
)
def test_urls_that_are_refused(url: str, remedy: str) -> None:
    with pytest.raises(DatabaseUrlError) as caught:
        _read(url)
    text = str(caught.value)
    assert text.startswith(remedy), text
    assert not any(part in text for part in ("geheim", "heim", "ge@", "me:"))


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("file:./dev.db", "/project/dev.db"),
        ("file:data/dev.db", "/project/data/dev.db"),
        ("file:../dev.db", "/project/../dev.db"),
        ("file:/var/lib/app.db?connection_limit=1", "/var/lib/app.db"),
        ("file:///var/lib/app.db", "/var/lib/app.db"),
        ("file:my%20data/größe.db", "/project/my data/größe.db"),
        ("file:my data/app.db", "/project/my data/app.db"),
    ],
)
def test_files(url: str, path: str) -> None:
    found = _read(url)
    assert isinstance(found, SqliteUrl) and str(found.path) == path


def test_mysql(root: Path) -> None:
    parameters = "connection_limit=3&socket=/run/mysqld.sock&sslaccept=strict&sslcert=ca.pem"
    url = _read(f"mysql://me:p%40ss@db/app?{parameters}", root)
    assert isinstance(url, MysqlUrl)
    assert (url.host, url.port, url.user, url.password) == ("db", 3306, "me", "p@ss")
    assert (url.socket, url.pool_size) == ("/run/mysqld.sock", 3)
    assert url.tls is not None and url.tls.check_hostname


def test_sql_server() -> None:
    url = "sqlserver://localhost:1433;database=app;user=sa;password=secret"
    assert isinstance(_read(url), SqlServerUrl)
