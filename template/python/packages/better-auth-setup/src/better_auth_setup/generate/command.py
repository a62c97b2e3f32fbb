"""``python -m better_auth_setup generate``: brings the Prisma schema in step with better-auth."""

from __future__ import annotations

import argparse
import difflib
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, cast

from better_auth_setup.generate.document import Document, read
from better_auth_setup.generate.files import configured_schema, replace_files, schema_files

if TYPE_CHECKING:
    from better_auth_setup.generate.plan import Plan

DESCRIPTION = """\
Adds to the Prisma schema the models, fields, relations and indexes that the project's better-auth
configuration needs. Only adds lines: nothing is changed, moved or removed."""

STATUS = """\
Exit status: 0 if the schema has everything (now), 1 if something is left to be done: by hand, or
with --check at all; 2 if there is no schema or no configuration to work with."""

_PROVIDERS = ("postgresql", "mysql", "sqlite", "cockroachdb", "sqlserver")


def main(arguments: list[str]) -> int:
    """Runs the command in the project's folder; gives the exit status, as `STATUS` says."""
    parser = argparse.ArgumentParser(
        prog="python -m better_auth_setup generate", description=DESCRIPTION, epilog=STATUS
    )
    parser.add_argument("--check", action="store_true", help="only say what is missing")
    parser.add_argument("--diff", action="store_true", help="only show what would be added")
    parser.add_argument(
        "--schema",
        type=Path,
        help="a schema file, or a folder of them (default: as prisma.config.ts has it)",
    )
    options = parser.parse_args(arguments)
    schema: Path = options.schema or configured_schema(Path())
    documents = _documents(schema)
    result = _plan(documents)
    # What --diff writes can be piped into a patch.
    out = sys.stderr if options.diff else sys.stdout
    for note in result.notes:
        print(f"Note: {note}", file=out)
    for lack in result.missing:
        print(f"+ {lack}", file=out)
    if result.problems:
        print("\n".join([*result.problems, f"{schema} is left as it is."]), file=sys.stderr)
        return 1
    if not result.missing:
        print(f"{schema} is up to date", file=out)
        return 0
    new = _new_texts(documents, result)
    if options.diff:
        _print_diff(documents, new)
    elif not options.check:
        try:
            replace_files(new)
        except OSError as error:
            _fail(f"The schema cannot be written: {error}")
        print(f"{schema}: {_counted(result)} added")
    return int(options.check)


def _documents(schema: Path) -> list[Document]:
    files = schema_files(schema)
    if not files:
        _fail(f"There is no Prisma file in {schema}. Name your schema with --schema.")
    try:
        return [read(file) for file in files]
    except FileNotFoundError:
        _fail(f"There is no {schema}. Name your schema, or its folder, with --schema.")
    except (OSError, UnicodeDecodeError) as error:
        _fail(f"{schema} cannot be read: {error}")


def _plan(documents: list[Document]) -> Plan:
    provider = _provider(documents)
    # httpx, which better_auth brings, would import click, rich and pygments for a command line of
    # its own, and can do without.
    sys.modules.setdefault("httpx._main", cast(Any, None))
    # better_auth takes a while to import: a wrong path or provider is said without it.
    from better_auth_setup.generate.configuration import ConfigurationError, load_auth
    from better_auth_setup.generate.plan import plan
    from better_auth_setup.generate.tables import needed

    try:
        return plan(documents, needed(load_auth(), provider), provider)
    except ConfigurationError as error:
        _fail(str(error))


def _provider(documents: list[Document]) -> str:
    """Prisma's name of the database, from the datasource."""
    settings = (
        block.settings for one in documents for block in one.blocks if block.kind == "datasource"
    )
    name = next((one["provider"].strip('"') for one in settings if "provider" in one), None)
    if name is None:
        _fail("The schema has no datasource with a provider. Add one, or name the whole folder.")
    name = "postgresql" if name == "postgres" else name
    if name not in _PROVIDERS:
        _fail(
            f"The datasource's provider is {name!r}, which generate does not know. It knows "
            f"{', '.join(_PROVIDERS)}."
        )
    return name


def _new_texts(documents: list[Document], result: Plan) -> dict[Path, str]:
    """The files that get an addition, with their new texts."""
    from better_auth_setup.generate.insertion import LostLineError, apply, insertions

    made = insertions(result.missing, result.habits)
    changed = {id(one.document) for one in made}
    try:
        return {one.path: apply(one, made) for one in documents if id(one) in changed}
    except LostLineError as error:
        _fail(str(error))


def _counted(result: Plan) -> str:
    models = sum(lack.block is None for lack in result.missing)
    lines = sum(len(lack.columns) + len(lack.attributes) for lack in result.missing)
    said = [f"{models} model{'s' * (models > 1)}"] if models else []
    said += [f"{lines} line{'s' * (lines > 1)} in existing models"] if lines else []
    return " and ".join(said)


def _print_diff(documents: list[Document], new: dict[Path, str]) -> None:
    for one in documents:
        if one.path in new:
            old, after = "".join(one.lines), new[one.path]
            name = one.path.as_posix()
            lines = difflib.unified_diff(
                old.splitlines(), after.splitlines(), f"a/{name}", f"b/{name}", lineterm=""
            )
            print("\n".join(lines))


def _fail(message: str) -> NoReturn:
    print(message, file=sys.stderr)
    raise SystemExit(2)
