"""Locates the files of a schema, and replaces them atomically."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path


def configured_schema(root: Path) -> Path:
    """The schema's file or folder in a project, found as Prisma's CLI does.

    Args:
        root: the project's folder; the result is relative to it.

    Raises:
        Problem: Prisma's configuration cannot be loaded.
    """
    names = ("prisma.config", ".config/prisma")
    places = [
        Path(f"{name}.{m}{js}") for name in names for js in ("ts", "js") for m in ("", "m", "c")
    ]
    config = next((one for one in places if (root / one).is_file()), None)
    said = _said_by(root, config) if config else _said_by_manifest(root / "package.json")
    if config and said:
        # Relative to the configuration file.
        return Path(os.path.normpath(config.parent / said))
    usual = [Path(one) for one in ("prisma/schema.prisma", "schema.prisma", "prisma/schema")]
    return Path(said) if said else next((one for one in usual if (root / one).exists()), usual[0])


def _said_by(root: Path, config: Path) -> str | None:
    """The path in a configuration file: a literal, or the result of running it."""
    text = (root / config).read_text(encoding="utf-8", errors="replace")
    code = re.sub(r"/\*.*?\*/|(?<!:)//[^\n]*", "", text, flags=re.S)
    mentions = re.findall(r"""(?<![\w/.-])schema\b["']?\s*[:,}]""", code)
    written = re.findall(r"""^\s*schema:\s*["']([^"'\\]+)["'],?\s*$""", code, flags=re.M)
    if not mentions or len(mentions) == len(written) == 1:
        return written[0] if written else None
    from better_auth_setup.generate.configuration import evaluated_schema

    said = evaluated_schema(root, config)
    # Computed from the configuration's own folder, the path is absolute.
    return os.path.relpath(said, root / config.parent) if said and os.path.isabs(said) else said


def _said_by_manifest(manifest: Path) -> str | None:
    """The path in ``package.json``, which Prisma used up to version 6."""
    try:
        said = json.loads(manifest.read_text(encoding="utf-8"))["prisma"]["schema"]
    except (OSError, ValueError, LookupError, TypeError):
        return None
    return said if isinstance(said, str) else None


def schema_files(schema: Path) -> list[Path]:
    """The files of a schema: those in a folder, or the single file."""
    if not schema.is_dir():
        return [schema]
    found = sorted(schema.rglob("*.prisma"))
    return [one for one in found if "node_modules" not in one.relative_to(schema).parts]


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
