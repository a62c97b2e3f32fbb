"""The WebAssembly engine reports each error of a driver adapter with the database's text."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from better_auth_setup import embedded_postgres

from tests.project.typescript_sources import install_packages
from tests.setup.schema_engine import SchemaEngine

#: Raises an error with this SQLSTATE, as an owner's trigger or function may.
RAISE = """DO $$ BEGIN
  RAISE EXCEPTION 'in words: {code}' USING ERRCODE = '{code}', DETAIL = 'the row', HINT = 'do so';
END $$"""


def adapter(name: str) -> str:
    """The source of an installed driver adapter."""
    return (install_packages() / "@prisma" / name).read_text()


def codes() -> list[str]:
    """The SQLSTATEs that the adapter maps to its own kinds of errors."""
    found = re.findall(r'case "(\w{5})":', adapter("adapter-pg/dist/index.mjs"))
    return sorted({*found})


@pytest.fixture(scope="module")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SchemaEngine]:
    folder = tmp_path_factory.mktemp("postgresql")
    url = embedded_postgres.create(folder, "engine")
    yield SchemaEngine.make(folder / "engine", "postgresql", url)
    embedded_postgres.stop(folder)


def test_postgresql_errors_are_reported_in_full(postgresql: SchemaEngine) -> None:
    assert {"22P02", "23001", "42P01"} <= {*codes()}
    errors = postgresql.execute([RAISE.format(code=code) for code in codes()])
    for code, words in zip(codes(), errors, strict=True):
        if code == "23505":  # setup reads its kind
            assert words.startswith("Unique constraint failed")
        else:
            assert words == f"ERROR: in words: {code}\nDETAIL: the row\nHINT: do so"


def test_a_lost_connection_is_reported(postgresql: SchemaEngine) -> None:
    error, then = postgresql.execute(["SELECT pg_terminate_backend(pg_backend_pid())", "SELECT 1"])
    assert "terminating connection due to administrator command" in error
    assert then == ""


def test_sqlite_errors_are_reported_in_full(tmp_path: Path) -> None:
    path = tmp_path / "app.db"
    engine = SchemaEngine.make(tmp_path / "engine", "sqlite", f"file:{path}")
    path.touch()
    table = "CREATE TABLE one (id INT PRIMARY KEY, name TEXT NOT NULL)"
    errors = engine.execute(
        [
            f"{table}; PRAGMA foreign_keys = ON; CREATE TABLE two (id INT REFERENCES one (id))",
            "INSERT INTO one VALUES (1, 'a'), (1, 'b')",
            "INSERT INTO one VALUES (1, NULL)",
            "PRAGMA foreign_keys = ON; INSERT INTO two VALUES (7)",
            "SELECT * FROM three",
            "SELECT colour FROM one",
            "INSERT INTO one (colour) VALUES (1)",
            "SELEC 1",
        ]
    )
    assert errors == [
        "",
        "Unique constraint failed on the fields: (`id`)",
        "ERROR: NOT NULL constraint failed: one.name",
        "ERROR: FOREIGN KEY constraint failed",
        "ERROR: no such table: three",
        "ERROR: no such column: colour",
        "ERROR: table one has no column named colour",
        'ERROR: near "SELEC": syntax error',
    ]


#: As a push replaces a table.
REPLACE = """PRAGMA foreign_keys=OFF;
CREATE TABLE new_one (id INT);
DROP TABLE "one";
ALTER TABLE {new} RENAME TO one;
PRAGMA foreign_keys=ON;"""


def test_a_table_that_cannot_be_replaced_stays(tmp_path: Path) -> None:
    path = tmp_path / "app.db"
    engine = SchemaEngine.make(tmp_path / "engine", "sqlite", f"file:{path}")
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE one (id INT)")
        database.execute("INSERT INTO one VALUES (1)")
        database.commit()
        failed, _, refused = engine.execute(
            [
                REPLACE.format(new="new_other"),
                "ALTER TABLE one ADD COLUMN next INT AS (id + 1)",
                REPLACE.format(new="new_one"),
            ]
        )
        assert "no such table: new_other" in failed
        assert "one has to be replaced by a copy, which would lose its generated column next" in (
            refused
        )
        assert database.execute("SELECT id, next FROM one").fetchall() == [(1, 2)]


def test_a_locked_sqlite_database_is_reported(tmp_path: Path) -> None:
    path = tmp_path / "app.db"
    engine = SchemaEngine.make(tmp_path / "engine", "sqlite", f"file:{path}")
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    (error,) = engine.execute(["CREATE TABLE one (id INT)"])
    other.close()
    assert error.endswith("database is locked")
