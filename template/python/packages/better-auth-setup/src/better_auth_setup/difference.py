"""The difference between the database's tables and the Prisma schema."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from better_auth_setup.prisma import Prisma

#: The exit status of `prisma migrate diff --exit-code` for a difference.
_DIFFERENT = 2
_DATABASE_IS_MISSING = "P1003"
_ADDED_TABLES = "[+] Added tables"
_REBUILT_TABLE = re.compile(r"\[\*\] Redefined table `(.+)`$", re.MULTILINE)
_CHANGED = re.compile(r"\[\*\] Changed the `(.+)` (?:table|enum)$")
_REMOVED = re.compile(r"\[-\] (?:Removed|Dropped the) (.+)")
#: A field that a push changes.
_FIELD = re.compile(r"\[\*\] (?:Altered c|C)olumn `(.+?)`(?!\w)")
#: A default that a push gives to a column, as Prisma's summary has it, and for a rebuilt table.
_NEW_DEFAULT = re.compile(
    r"\[\*\] Altered column `(?P<name>.+?)` "
    r'\(default changed from .* to `Some\(DbGenerated\(Some\((?P<text>".*")\)\)\)`\)$'
)
_NEW_DEFINITION = re.compile(r"\[\*\] Column `(?P<name>.+?)` becomes (?P<text>.* DEFAULT .*)$")
_COLUMNS = re.compile(r"\[([-+])\] .* on columns (\(.*\))$")
#: A name in a script, and one in a list of columns.
_NAME = r'"((?:[^"]|"")+)"'


@dataclass
class Difference:
    """The changes that a push would make; empty if there are none."""

    #: One line for each table.
    changes: list[str] = field(default_factory=list)
    #: What would be dropped: "the table Note", "the column role of user".
    dropped: list[str] = field(default_factory=list)
    #: All changes of tables and enums, each in a form that identifies it.
    points: list[str] = field(default_factory=list)
    #: The fields that they concern.
    fields: list[str] = field(default_factory=list)
    #: Which points are left out of the changes: by the name, the point, and its form in `points`.
    is_endless: Callable[[str, str, str], bool] = lambda *_: False

    def __bool__(self) -> bool:
        return bool(self.changes)

    def __str__(self) -> str:
        return "".join(f"\n      {change}" for change in self.changes)

    def add(self, name: str, points: list[str], definitions: str = "") -> None:
        """Records the changes of a table or an enum, in the form of Prisma's summary.

        Args:
            name: of the table or enum.
            points: the changes.
            definitions: what identifies them, besides their texts.
        """
        named = {point: f"{name}: {point} {definitions}" for point in points}
        self.points += named.values()
        fields = (_FIELD.match(point) for point in points)
        self.fields += [f"{name}.{one[1]}" if one else name for one in fields]
        points = [
            point for point, identity in named.items() if not self.is_endless(name, point, identity)
        ]
        if not points:
            return
        shown = [_first_lower(_unquoted(point[4:])) for point in points]
        self.changes.append(f"changes {name}: {'; '.join(shown)}")
        places = [found.groups() for point in points if (found := _COLUMNS.match(point))]
        for point in points:
            found, place = _REMOVED.match(point), _COLUMNS.match(point)
            # An index or key with another one on the same columns is replaced.
            if found and not (place and ("+", place[2]) in places):
                what = _unquoted(found[1]).replace("variant", "value", 1)
                self.dropped.append(f"the {what} of {name}")


def difference(prisma: Prisma) -> Difference:
    """Compares the database with the schema, but for endless changes; changes nothing.

    Raises:
        Problem: they cannot be compared.
    """
    try:
        known = json.loads(_record(prisma).read_text())
    except (OSError, ValueError):
        known = []
    return _compared(prisma, lambda _, __, identity: identity in known)


def unwritten(prisma: Prisma, script: str) -> Difference:
    """The changes of the schema that no migration makes.

    Two differences do not count: a default that a migration sets and the database writes in its
    own way, and what other programs have added to the database.

    Args:
        prisma: the CLI.
        script: the SQL of all migrations, which the database has.

    Raises:
        Problem: the database cannot be compared with the schema.
    """
    return _compared(
        prisma,
        lambda name, point, _: (
            _has_default(script, name, point) or _is_foreign(script, name, point)
        ),
    )


def _is_foreign(script: str, name: str, point: str) -> bool:
    """Whether a point removes a table, an enum or a part of one that a script does not create."""
    if not point.startswith("[-]"):
        return False
    columns = _COLUMNS.match(point)
    parts = columns[2][1:-1].split(", ") if columns else re.findall(r"`(.+?)`(?!\w)", point)
    made = r"[^,()]*, *".join(map(_in_quotes, parts))
    statements = [one for one in script.split(";") if re.search(_in_quotes(name), one)]
    return not any(re.search(rf"\({made}" if columns else made, one) for one in statements)


def _in_quotes(name: str) -> str:
    return rf"""["`'\[](?:new_)?{re.escape(name)}["`'\]]"""


def _has_default(script: str, table: str, point: str) -> bool:
    """Whether the last default that a script gives to a point's column is that of the point."""
    if found := _NEW_DEFAULT.match(point):
        wanted = f"DEFAULT {json.loads(found['text'])}"
    elif found := _NEW_DEFINITION.match(point):
        wanted = found["text"]
    else:
        return False
    about = rf'^(?:CREATE|ALTER) TABLE ["`](?:new_)?{re.escape(table)}["`] .*?;$'
    statements = "\n".join(re.findall(about, script, re.M | re.S))
    lines = re.findall(rf'["`]{re.escape(found["name"])}["`] .*?\bDEFAULT\b.*', statements)
    return bool(lines) and lines[-1].rstrip(",;").endswith(wanted)


def endless(prisma: Prisma) -> list[str]:
    """Records what still differs after a push, as the database writes a default in its own way.

    Each push would change it again, to no effect. `difference` leaves it out from now on.

    Returns:
        The fields, such as "user.id".

    Raises:
        Problem: the database cannot be compared.
    """
    found = _compared(prisma, lambda *_: False)
    if found.points:
        prisma.project.cache.mkdir(parents=True, exist_ok=True)
        _record(prisma).write_text(json.dumps(found.points))
    return found.fields


def _record(prisma: Prisma) -> Path:
    return prisma.project.cache / "endless-changes.json"


def _compared(prisma: Prisma, is_endless: Callable[[str, str, str], bool]) -> Difference:
    result = prisma.run(
        *("migrate", "diff", "--exit-code"),
        *("--from-config-datasource", "--to-schema", prisma.project.schema),
    )
    if result.status == 0:
        return Difference()
    if result.status == _DIFFERENT:
        found = Difference(is_endless=is_endless)
        _add_summarized(found, result.output)
        _add_rebuilt(found, result.output, prisma)
        return found
    if _DATABASE_IS_MISSING in result.output:
        return Difference(["creates the database and all of its tables"])
    raise prisma.failure("migrate diff", result)


def _add_summarized(found: Difference, summary: str) -> None:
    """Adds Prisma's summary, without the columns of new tables and of removed ones."""
    parts: dict[str, list[str]] = {}
    for line in summary.splitlines():
        if line.startswith("["):
            part = parts.setdefault(line.strip(), [])
        elif parts and re.match(r" +(-|\[.\]) ", line):
            part.append(line.strip().removeprefix("- "))
    created = parts.pop(_ADDED_TABLES, [])
    number = f"{len(created)} tables" if len(created) > 1 else "a table"
    if created:
        found.changes.append(f"creates {number}: {', '.join(created)}")
    whole = set(created)
    for heading, points in parts.items():
        if changed := _CHANGED.match(heading):
            if changed[1] not in whole:
                found.add(changed[1], points)
        elif not _REBUILT_TABLE.match(heading):
            if removed := _REMOVED.match(heading):
                whole.update(points)
                points = [one for one in points if not found.is_endless(one, f"[-] `{one}`", "")]
                found.dropped += [f"the {removed[1].removesuffix('s')} {point}" for point in points]
            if points:
                found.changes.append(f"{_first_lower(heading[4:])}: {', '.join(points)}")


def _first_lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def _unquoted(point: str) -> str:
    return re.sub(r"`(.+?)`(?!\w)", r"\1", point)


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
        definitions = "".join(_definition(table, script) for script in (forth, back))
        found.add(table, _points(table, forth, back), definitions)


def _points(table: str, forth: str, back: str) -> list[str]:
    """The changes of a table's columns, from the scripts to the schema and back."""
    new, old = _columns(table, forth), _columns(table, back)
    gone = [name for name in old if name not in new]
    gone += re.findall(rf'^ALTER TABLE "{re.escape(table)}" ADD COLUMN +{_NAME}', back, re.M)
    copied = re.search(rf'^INSERT INTO "new_{re.escape(table)}" \((.*?)\) SELECT', forth, re.M)
    kept = re.findall(_NAME, copied[1]) if copied else list(new)
    found = [f"[-] Removed column `{name}`" for name in gone]
    found += [
        f"[-] Removed index `{name}`"
        for name in _indexes(table, back)
        if name not in _indexes(table, forth)
    ]
    found += [f"[+] Added column `{name}`" for name in new if name not in kept]
    found += [
        f"[*] Column `{name}` becomes {new[name]}"
        for name in new
        if name in kept and new[name] != old.get(name, new[name])
    ]
    return found or ["[*] It is rebuilt with all of its rows"]


def _columns(table: str, script: str) -> dict[str, str]:
    """The columns that a script creates in a new table, with their definitions."""
    return dict(re.findall(rf"^ +{_NAME} (.*?),?$", _definition(table, script), re.M))


def _definition(table: str, script: str) -> str:
    """What a script creates a new table with; empty if it does not."""
    created = re.search(rf'^CREATE TABLE "new_{re.escape(table)}" \((.*?)^\);', script, re.M | re.S)
    return created[1] if created else ""


def _indexes(table: str, script: str) -> list[str]:
    created = rf"^CREATE (?:UNIQUE )?INDEX {_NAME} ON \"{re.escape(table)}\"\("
    return re.findall(created, script, re.M)
