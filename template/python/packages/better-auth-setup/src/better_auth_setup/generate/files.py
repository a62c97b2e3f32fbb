"""Locates the files of a schema, and replaces them atomically."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

from better_auth_setup.problem import Problem

#: The order of ``findPrismaConfigFile`` in ``@prisma/config`` 7.10.
_EXTENSIONS = (".js", ".ts", ".mjs", ".cjs", ".mts", ".cts")
_CONFIGS = [f"{name}{end}" for name in ("prisma7.config", ".config/prisma7") for end in _EXTENSIONS]
_CONFIGS += [
    f"{name}{kind}{end}"
    for name in ("prisma.config", ".config/prisma", ".config/prisma.config")
    for kind in ("", "/index")
    for end in _EXTENSIONS
]
_COMMENT = re.compile(
    r"""("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`)|/\*.*?\*/|//[^\n]*""",
    re.S,
)
#: A configuration that needs no evaluation: nothing can change the path that it has.
_PLAIN = re.compile(
    r"""^import \{[^}]*\bdefineConfig\b[^}]*\} from ["']prisma/config["'].*"""
    r"""^export default defineConfig\(\{\s*schema: ["']([^"'\\]+)["']\s*(?=[,}])"""
    r"""(?:(?!schema\b|\.\.\.|[,{]\s*\[).)*\}\);?\s*\Z""",
    re.M | re.S,
)
#: The only form in which such a configuration may name the folder of migrations: a literal.
_MIGRATIONS = re.compile(r"""\bmigrations: \{\s*path: ["']([^"'\\]+)["'],?\s*\}""")


def configured_paths(root: Path) -> tuple[Path, Path]:
    """A project's schema, a file or a folder, and its folder of migrations, as Prisma finds them.

    Args:
        root: the project's folder; the results are relative to it.

    Raises:
        Problem: Prisma's configuration cannot be loaded, or it has a path that Prisma ignores.
    """
    usual = [Path(one) for one in ("schema.prisma", "prisma/schema.prisma", "prisma/schema")]
    default = next((one for one in usual if (root / one).exists()), usual[1])
    config = _configuration(root)
    path, migrations = _paths_in_config(root, config) if config else (None, None)
    schema = Path(path) if path else _path_in_manifest(root, default)
    folder = schema if (root / schema).is_dir() else schema.parent
    return schema, Path(migrations) if migrations else folder / "migrations"


def is_evaluated(root: Path) -> bool:
    """Whether `configured_paths` runs Prisma's configuration, which needs the npm packages."""
    config = _configuration(root)
    return config is not None and _literal_paths(root / config) is None


def _configuration(root: Path) -> Path | None:
    return next((Path(one) for one in _CONFIGS if (root / one).is_file()), None)


def _paths_in_config(root: Path, config: Path) -> tuple[str | None, str | None]:
    """The paths in a configuration file: literals, or the result of running it."""
    if paths := _literal_paths(root / config):
        schema, migrations = (path and os.path.normpath(config.parent / path) for path in paths)
        return schema, migrations
    from better_auth_setup.generate.configuration import evaluated_paths

    absolute = evaluated_paths(root, config)
    schema, migrations = (path and os.path.relpath(path, root.resolve()) for path in absolute)
    if schema:
        return schema, migrations
    code = _code(root / config)
    if re.search(r"""(?<![\w/.-])schema\b["']?\s*[:,}(]""", code):
        raise Problem(
            f"Give schema in {config} a path: it mentions one, but Prisma finds none there. Or "
            "name your schema with --schema."
        )
    return None, migrations


def _literal_paths(config: Path) -> tuple[str, str | None] | None:
    """The paths in a configuration of the usual form; None if it has to be run."""
    code = _code(config)
    found, migrations = _PLAIN.search(code), _MIGRATIONS.search(code)
    if not found or (not migrations and "migrations" in code):
        return None
    return found[1], migrations and migrations[1]


def _code(config: Path) -> str:
    """A configuration without its comments."""
    text = config.read_text(encoding="utf-8-sig", errors="replace")
    return _COMMENT.sub(lambda found: found[1] or "", text)


def _path_in_manifest(root: Path, default: Path) -> Path:
    """The path in ``package.json``, which Prisma used up to version 6."""
    try:
        path = json.loads((root / "package.json").read_text(encoding="utf-8"))["prisma"]["schema"]
        path = Path(os.path.normpath(path))
    except (OSError, ValueError, LookupError, TypeError):
        return default
    try:
        prisma = (root / "node_modules/prisma/package.json").read_text(encoding="utf-8")
        is_ignored = int(json.loads(prisma)["version"].split(".")[0]) >= 7
    except (OSError, ValueError, LookupError):
        is_ignored = False
    if is_ignored and path != default:
        raise Problem(
            f'Write schema: "{path.as_posix()}" into prisma.config.ts: Prisma 7 does not read '
            "prisma.schema of package.json."
        )
    return path


def schema_files(schema: Path) -> list[Path]:
    """The files of a schema: those in a folder, or the single file."""
    if not schema.is_dir():
        return [schema]
    found = sorted(schema.rglob("*.prisma"))
    return [one for one in found if "node_modules" not in one.relative_to(schema).parts]


def schema_text(path: Path) -> str:
    """The text of a schema file.

    Raises:
        OSError: it cannot be read.
        Problem: Prisma does not take its encoding.
    """
    name = os.path.relpath(path)
    try:
        text = path.read_bytes().decode("utf-8")
    except UnicodeDecodeError:
        raise Problem(f"Save {name} as UTF-8: Prisma reads no other encoding.") from None
    if text.startswith("\ufeff"):
        raise Problem(f"Save {name} without a byte order mark: Prisma takes it for a word.")
    return text


def replace_files(texts: Mapping[Path, str]) -> None:
    """Replaces the text of existing files, all of them or none; links and permissions are kept.

    The new texts are written beside the files and renamed, so that a crash leaves each file with
    its old or its new text.

    Raises:
        OSError: a file cannot be replaced; files replaced before have their old texts again.
    """
    with ExitStack() as drafts, ExitStack() as way_back:
        replacements = []
        for path, text in texts.items():
            target = path.resolve()
            new = target.with_name(f".{target.name}.{os.getpid()}.new")
            old = target.with_name(f".{target.name}.{os.getpid()}.old")
            drafts.callback(new.unlink, missing_ok=True)
            drafts.callback(old.unlink, missing_ok=True)
            new.write_bytes(text.encode("utf-8"))
            shutil.copymode(target, new)
            shutil.copy2(target, old)
            replacements.append((target, new, old))
        for target, new, old in replacements:
            new.replace(target)
            way_back.callback(old.replace, target)
        way_back.pop_all()
