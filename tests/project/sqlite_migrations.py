"""From `db push` to migrations on SQLite, in short; `test_migrations` tests all on PostgreSQL."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from subprocess import CompletedProcess


def switches_to_migrations(project: Path, setup: Callable[..., CompletedProcess[str]]) -> None:
    """Switches a copy of the project's database to migrations, and sets a new one up by them.

    Args:
        project: its folder; it has no migrations, before and after.
        setup: runs setup with arguments and variables; its output is in ``stdout``.
    """

    def set_up(database: str, *flags: str) -> str:
        done = setup(*flags, DATABASE_URL=f"file:./{database}")
        assert done.returncode == 0, done.stdout
        return done.stdout

    with closing(sqlite3.connect(project / "dev.db")) as database:
        database.execute("VACUUM INTO ?", [str(project / "old.db")])
    try:
        assert "0_init creates the present tables" in set_up("old.db", "--start-migrations")
        with closing(sqlite3.connect(project / "old.db")) as database:
            database.executescript(
                "CREATE TABLE billing (id INTEGER PRIMARY KEY);"
                'ALTER TABLE "user" ADD COLUMN bill INTEGER REFERENCES billing (id);'
                'CREATE INDEX by_bill ON "user" (bill)'
            )
        set_up("old.db", "--check")
        assert "Migrations applied: 0_init" in set_up("new.db")
    finally:
        shutil.rmtree(project / "prisma" / "migrations", ignore_errors=True)
