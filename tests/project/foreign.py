"""What other programs and people add to a project's database."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from subprocess import CompletedProcess

from tests.project.projects import NO_AGENT
from tests.wrapped import unwrapped

POSTGRESQL = (
    "CREATE TYPE color AS ENUM ('RED', 'not yet', 'GREEN')",
    'ALTER TABLE "user" ADD COLUMN code TEXT, ADD COLUMN "first name" TEXT, ADD COLUMN color color',
    "CREATE TABLE billing (id INTEGER PRIMARY KEY)",
    'CREATE TABLE "a table" (payer TEXT REFERENCES "user" (id))',
    "CREATE TYPE mood AS ENUM ('SAD')",
    'CREATE INDEX by_name ON "user" (name)',
    "CREATE UNIQUE INDEX by_token ON session (token, id)",
    # Prisma leaves these alone.
    'CREATE INDEX by_words ON "user" (lower(name))',
    'CREATE VIEW names AS SELECT id, name FROM "user"',
    "CREATE SEQUENCE numbers",
    "CREATE SCHEMA elsewhere",
    "CREATE TABLE elsewhere.billing (id INTEGER PRIMARY KEY)",
)
POSTGRESQL_DROPPED = (
    "the enum mood, the table a table, the table billing, the value not yet of color, "
    "the unique index on columns (token, id) of session, the index on columns (name) of user, "
    "the column code of user and the column first name of user"
)

SQLITE = """
ALTER TABLE "user" ADD COLUMN "first name" TEXT;
ALTER TABLE "user" ADD COLUMN "größe" TEXT;
CREATE TABLE "a table" (payer TEXT REFERENCES "user" (id));
CREATE INDEX by_name ON "user" (name);
CREATE INDEX by_words ON "user" (lower(name));
CREATE INDEX some ON "user" (name) WHERE name <> '';
CREATE VIEW names AS SELECT id, name FROM "user";
CREATE TRIGGER greeting AFTER INSERT ON "user" BEGIN SELECT 1; END;
CREATE TRIGGER visit AFTER INSERT ON session BEGIN UPDATE "user" SET name = name; END;
"""
SQLITE_DROPPED = (
    "the table a table, the column first name of user, the column größe of user and "
    "the index by_name of user"
)


def check_sqlite(file: Path, setup: Callable[..., CompletedProcess[str]]) -> None:
    """Adds foreign things to a database: setup names them, and drops no more than it named.

    Args:
        file: a copy of the project's database.
        setup: runs setup with arguments and variables.
    """
    with closing(sqlite3.connect(file)) as database:
        database.executescript(SQLITE)
        values = "VALUES ('1', 'Ada', 'foreign@example.com', 0, 0)"
        database.execute(f'INSERT INTO "user" (id, name, email, createdAt, updatedAt) {values}')
        database.execute(
            "INSERT INTO session (id, token, userId, expiresAt, createdAt, updatedAt) "
            "VALUES ('s', 't', '1', 0, 0, 0)"
        )
        database.commit()

        def kept() -> set[str]:
            return {name for (name,) in database.execute("SELECT name FROM sqlite_master")}

        before, variables = kept(), {"DATABASE_URL": f"file:{file}", **NO_AGENT}
        refused = setup(**variables)
        assert refused.returncode == 1
        words = unwrapped(refused.stdout + (refused.stderr or ""))
        assert f"Setup would drop {SQLITE_DROPPED}, which" in words
        assert "a file for this project alone" in words and "?schema=" not in words
        assert kept() == before

        agreed = setup("--accept-data-loss", **variables)
        assert agreed.returncode == 0, agreed.stdout
        assert before - kept() == {"a table", "by_name"}
        rows = database.execute(
            "SELECT name FROM session JOIN names ON names.id = userId WHERE token = 't'"
        )
        assert rows.fetchall() == [("Ada",)]
