"""What happens to SQLite's tables: Prisma makes them anew, and its summary does not say why."""

from __future__ import annotations

import re
from collections.abc import Mapping

from better_auth_setup import project
from better_auth_setup.prisma import prisma


def points(table: str, forth: str, back: str) -> list[str]:
    """What becomes of a table's columns.

    Args:
        table: its name.
        forth: the script from the database to the schema.
        back: the script from the schema to the database.
    """
    new, old = _columns(table, forth), _columns(table, back)
    gone = [name for name in old if name not in new]
    gone += re.findall(rf'^ALTER TABLE "{re.escape(table)}" ADD COLUMN +"(\w+)"', back, re.M)
    copied = re.search(rf'^INSERT INTO "new_{re.escape(table)}" \((.*?)\)', forth, re.M)
    kept = re.findall(r'"(\w+)"', copied[1]) if copied else list(new)
    found = [f"removed column {name}" for name in gone]
    found += [f"added column {name}" for name in new if name not in kept]
    found += [
        f"column {name} becomes {new[name]}"
        for name in new
        if name in kept and new[name] != old.get(name, new[name])
    ]
    return found or ["it is made anew, with all of its rows"]


def scripts(variables: Mapping[str, str], lock: int | None) -> tuple[str, str]:
    """The scripts from the database to the schema, and back."""
    forth = ["--from-config-datasource", "--to-schema", project.schema()]
    back = ["--from-schema", project.schema(), "--to-config-datasource"]
    diff = ("migrate", "diff", "--script")
    one = prisma(*diff, *forth, variables=variables, lock=lock)
    other = prisma(*diff, *back, variables=variables, lock=lock)
    return one.output, other.output


def _columns(table: str, script: str) -> dict[str, str]:
    """The columns that a script makes in a new table, with what SQLite is told about them."""
    created = re.search(rf'^CREATE TABLE "new_{re.escape(table)}" \((.*?)^\);', script, re.M | re.S)
    return dict(re.findall(r'^ +"(\w+)" (.*?),?$', created[1], re.M)) if created else {}
