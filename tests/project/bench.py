"""A project with a database of the test's own, and edits of its schema."""

from __future__ import annotations

import secrets
import subprocess
from typing import Any

from tests import postgresql
from tests.project.projects import NO_AGENT, Project

SCHEMA = "prisma/schema.prisma"
#: The last line of the schema, below which owners add models.
LAST = "// Your own models and enums go below this line.\n"


class Bench:
    """A project with its own database."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.schema = project.folder / SCHEMA
        self.url = self.copied_url()

    def copied_url(self) -> str:
        """The URL of a new database with the tables of the original schema and no rows."""
        url = self.another_url()
        names = [one.rpartition("/")[2].partition("?")[0] for one in (url, self.project.url)]
        maintenance = f"{url.rpartition('/')[0]}/postgres"
        self.sql('CREATE DATABASE "{}" TEMPLATE "{}"'.format(*names), url=maintenance)
        self.sql('DELETE FROM "user"', url=url)
        return url

    def another_url(self) -> str:
        """The URL of a database that does not exist yet."""
        return f"{self.project.url.rpartition('/')[0]}/d{secrets.token_hex(5)}"

    def setup(self, *arguments: str, url: str = "") -> subprocess.CompletedProcess[str]:
        return self.project.setup(*arguments, DATABASE_URL=url or self.url, **NO_AGENT)

    def done(self, *arguments: str, url: str = "") -> str:
        """Runs setup, which must succeed; returns its output."""
        result = self.setup(*arguments, url=url)
        assert result.returncode == 0, result.stdout + result.stderr
        return result.stdout

    def checked(self, url: str = "") -> str:
        """Runs ``--check``, which must report something; returns its output."""
        result = self.setup("--check", url=url)
        assert result.returncode == 1, result.stdout
        return result.stdout + result.stderr

    def write(self, *changes: tuple[str, str]) -> None:
        """Replaces the only occurrence of a text in the schema."""
        text = self.schema.read_text()
        for old, new in changes:
            assert text.count(old) == 1, f"not once in the schema: {old}"
            text = text.replace(old, new)
        self.schema.write_text(text)

    def sql(self, *statements: str, url: str = "") -> list[Any]:
        """Runs statements; returns the rows of the last one."""
        return postgresql.sql(url or self.url, *statements)

    def people(self) -> None:
        """Adds three users, two of whom have the same name."""
        self.sql(
            'INSERT INTO "user" (id, name, email, role, "updatedAt") VALUES '
            "('1', 'Ada', 'ada@example.com', 'admin', now()), "
            "('2', 'Ada', 'ada@example.org', 'user', now()), "
            "('3', 'Bob', 'bob@example.org', NULL, now())",
            'INSERT INTO account (id, "accountId", "providerId", "userId", "updatedAt") '
            """SELECT 'a' || id, id, 'credential', id, now() FROM "user" """,
        )

    def rows(self) -> list[Any]:
        return self.sql('SELECT id, name, email, role FROM "user" ORDER BY id')


def below(model: str) -> str:
    return f"  // Your own fields and relations of {model} go below this line.\n"


def add(model: str, *lines: str) -> tuple[str, str]:
    """An edit that adds lines at a model's reserved place."""
    return below(model), below(model) + "".join(f"  {line}\n" for line in lines)
