"""The difference between the database's tables and the Prisma schema."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from better_auth_setup.prisma import Prisma

#: The exit status of `prisma migrate diff --exit-code` for a difference.
_DIFFERENT = 2
_DATABASE_IS_MISSING = "P1003"
_ADDED_TABLES = "[+] Added tables"
_REBUILT_TABLE = re.compile(r"\[\*\] Redefined table `(.+)`$", re.MULTILINE)
_CHANGED_TABLE = re.compile(r"\[\*\] Changed the `(.+)` table$")
_CHANGED_ENUM = re.compile(r"\[\*\] Changed the `(.+)` enum$")
_REMOVED = {"[-] Removed tables": "table", "[-] Removed enums": "enum", "[-] Removed views": "view"}
_REMOVED_VALUE = re.compile(r"Removed variant `?(\w+)")
_REMOVED_COLUMN = re.compile(r"removed column (\S+)")


@dataclass
class Difference:
    """The changes that a push would make; empty if there are none."""

    #: One line for each table.
    changes: list[str] = field(default_factory=list)
    #: What would be dropped: "the table Note", "the column role of user".
    dropped: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.changes)

    def __str__(self) -> str:
        return "".join(f"\n      {change}" for change in self.changes)

    def add(self, table: str, points: list[str]) -> None:
        """Records the changes of a table's columns."""
        self.changes.append(f"changes {table}: {'; '.join(points)}")
        gone = [found[1] for point in points if (found := _REMOVED_COLUMN.match(point))]
        self.dropped += [f"the column {name} of {table}" for name in gone]


def difference(prisma: Prisma) -> Difference:
    """Compares the database with the schema; changes nothing.

    Raises:
        Problem: they cannot be compared.
    """
    result = prisma.run(
        *("migrate", "diff", "--exit-code"),
        *("--from-config-datasource", "--to-schema", prisma.project.schema),
    )
    if result.status == 0:
        return Difference()
    if result.status == _DIFFERENT:
        found = _summarized(result.output)
        _add_rebuilt(found, result.output, prisma)
        return found
    if _DATABASE_IS_MISSING in result.output:
        return Difference(["creates the database and all of its tables"])
    raise prisma.failure("migrate diff", result)


def _summarized(summary: str) -> Difference:
    """Prisma's summary, without the columns of new tables."""
    parts: dict[str, list[str]] = {}
    for line in summary.splitlines():
        if line.startswith("["):
            part = parts.setdefault(line.strip(), [])
        elif parts and re.match(r" +(-|\[.\]) ", line):
            part.append(re.sub(r"^(- |\[.\] )", "", line.strip()))
    created = parts.pop(_ADDED_TABLES, [])
    number = f"{len(created)} tables" if len(created) > 1 else "a table"
    found = Difference([f"creates {number}: {', '.join(created)}"] if created else [])
    for heading, points in parts.items():
        table, enum = _CHANGED_TABLE.match(heading), _CHANGED_ENUM.match(heading)
        if table and table[1] not in created:
            found.add(table[1], [_first_lower(point.replace("`", "")) for point in points])
        if table or _REBUILT_TABLE.match(heading):
            continue
        title = re.sub(r"^\[.\] ", "", heading)
        found.changes.append(f"{_first_lower(title)}: {', '.join(points)}")
        if heading in _REMOVED:
            found.dropped += [f"the {_REMOVED[heading]} {point}" for point in points]
        if enum:
            gone = [value[1] for point in points if (value := _REMOVED_VALUE.match(point))]
            found.dropped += [f"the value {value} of {enum[1]}" for value in gone]
    return found


def _first_lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def _add_rebuilt(found: Difference, summary: str, prisma: Prisma) -> None:
    """Adds the changes of tables that Prisma recreates on SQLite, which its summary lacks."""
    tables = _REBUILT_TABLE.findall(summary)
    if not tables:
        return
    schema = prisma.project.schema
    diff = ("migrate", "diff", "--script")
    forth = prisma.run(*diff, "--from-config-datasource", "--to-schema", schema).output
    back = prisma.run(*diff, "--from-schema", schema, "--to-config-datasource").output
    for table in tables:
        found.add(table, _points(table, forth, back))


def _points(table: str, forth: str, back: str) -> list[str]:
    """The changes of a table's columns, from the scripts to the schema and back."""
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
    return found or ["it is rebuilt with all of its rows"]


def _columns(table: str, script: str) -> dict[str, str]:
    """The columns that a script creates in a new table, with their definitions."""
    created = re.search(rf'^CREATE TABLE "new_{re.escape(table)}" \((.*?)^\);', script, re.M | re.S)
    return dict(re.findall(r'^ +"(\w+)" (.*?),?$', created[1], re.M)) if created else {}
