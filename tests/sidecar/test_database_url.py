"""Python's drivers and Node.js's interpret a DATABASE_URL alike."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from better_auth_sidecar.database_url import (
    MysqlUrl,
    PostgresqlUrl,
    SqlServerUrl,
    read_database_url,
)

BASE = "postgresql://me:p%40ss%2Fgeheim@db.example.com:6543/app"


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


def test_mysql() -> None:
    url = _read("mysql://me:p%40ss@db/app")
    assert isinstance(url, MysqlUrl)
    assert (url.host, url.port, url.user, url.password) == ("db", 3306, "me", "p@ss")


def test_sql_server() -> None:
    url = "sqlserver://localhost:1433;database=app;user=sa;password=secret"
    assert isinstance(_read(url), SqlServerUrl)
