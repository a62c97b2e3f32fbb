"""``python -m better_auth_prisma generate``: brings the Prisma schema in step with better-auth."""

from __future__ import annotations

import argparse
import difflib
import os
import sys
import traceback
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from better_auth_prisma.generate.document import Document, read

if TYPE_CHECKING:
    from better_auth import BetterAuth

DESCRIPTION = """\
Adds to the Prisma schema the models, fields, relations and indexes that the project's better-auth
configuration needs. Only adds lines: nothing is changed, moved or removed."""


def main(arguments: list[str]) -> int:
    """Runs the command in the project's folder.

    Returns:
        0 if the schema has everything (now), 1 if something has to be done by hand or, with
        ``--check``, at all.
    """
    parser = argparse.ArgumentParser(
        prog="python -m better_auth_prisma generate", description=DESCRIPTION
    )
    parser.add_argument("--check", action="store_true", help="only say what is missing")
    parser.add_argument("--diff", action="store_true", help="only show what would be added")
    parser.add_argument(
        "--schema",
        type=Path,
        default=Path("prisma/schema.prisma"),
        help="a schema file, or a folder of them (default: %(default)s)",
    )
    options = parser.parse_args(arguments)
    documents = _documents(options.schema)
    new = _new_texts(documents)
    if not new:
        print(f"{options.schema} is up to date.")
        return 0
    if options.diff:
        for document in documents:
            if document.path in new:
                _print_diff(document, new[document.path])
        return 0
    if options.check:
        return 1
    _write(new)
    return 0


def _documents(schema: Path) -> list[Document]:
    files = sorted(schema.rglob("*.prisma")) if schema.is_dir() else [schema]
    if not files:
        _fail(f"There is no Prisma file in {schema}. Name your schema with --schema.")
    try:
        return [read(file) for file in files]
    except FileNotFoundError:
        _fail(f"There is no {schema}. Name your schema, or its folder, with --schema.")
    except (OSError, UnicodeDecodeError) as error:
        _fail(f"{schema} cannot be read: {error}")


def _new_texts(documents: list[Document]) -> dict[Path, str]:
    """The files that need an addition, with their new texts; says what it is."""
    # better_auth takes a while to import: a wrong path is said without it.
    from better_auth_prisma.generate.insertion import apply, insertions
    from better_auth_prisma.generate.plan import plan
    from better_auth_prisma.generate.tables import needed

    provider = next(filter(None, (document.provider for document in documents)), None)
    if provider is None:
        _fail("The schema has no datasource with a provider; add one.")
    result = plan(documents, needed(_auth(), provider))
    if result.problems:
        _fail("\n".join(result.problems))
    for lack in result.missing:
        print(f"+ {lack}")
    made = insertions(documents, result.missing)
    changed = {id(one.document) for one in made}
    return {one.path: apply(one, made) for one in documents if id(one) in changed}


def _auth() -> BetterAuth:
    """The project's better-auth, from the entry point ``auth`` of ``better_auth_prisma``."""
    found = list(entry_points(group="better_auth_prisma", name="auth"))
    if not found:
        _fail("The project is not installed. Run: python3 scripts/setup.py")
    try:
        auth: BetterAuth = found[0].load()
        return auth
    except Exception as error:
        # The configuration is the user's own code: whatever is wrong there, say where it is.
        place = traceback.extract_tb(error.__traceback__)[-1]
        said = traceback.format_exception_only(error)[-1].strip()
        _fail(
            f"{found[0].value} cannot be imported: {said} ({place.filename}, line {place.lineno})"
        )


def _print_diff(document: Document, text: str) -> None:
    old, new = ("".join(document.lines)).splitlines(), text.splitlines()
    name = str(document.path)
    print("\n".join(difflib.unified_diff(old, new, name, name, lineterm="")))


def _write(texts: dict[Path, str]) -> None:
    """Replaces the files, each at once, after all of them could be written."""
    written: list[tuple[Path, Path]] = []
    try:
        for path, text in texts.items():
            fresh = path.with_name(f".{path.name}.new")
            written.append((fresh, path))
            fresh.write_bytes(text.encode("utf-8"))
            fresh.chmod(path.stat().st_mode)
    except OSError as error:
        for fresh, _ in written:
            fresh.unlink(missing_ok=True)
        _fail(f"The schema cannot be written: {error}")
    for fresh, path in written:
        os.replace(fresh, path)


def _fail(message: str) -> NoReturn:
    print(message, file=sys.stderr)
    raise SystemExit(1)
