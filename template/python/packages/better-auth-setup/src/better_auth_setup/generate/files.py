"""The files of a schema: where they are, and how they are written as a whole or not at all."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path


def configured_schema(root: Path) -> Path:
    """The schema's file or folder in a project, as Prisma's CLI would find it.

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
        # Relative to the file that says it, wherever that is.
        return Path(os.path.normpath(config.parent / said))
    usual = [Path(one) for one in ("prisma/schema.prisma", "schema.prisma", "prisma/schema")]
    return Path(said) if said else next((one for one in usual if (root / one).exists()), usual[0])


def _said_by(root: Path, config: Path) -> str | None:
    """The path in a configuration: as it is written, or by running what computes it."""
    text = (root / config).read_text(encoding="utf-8", errors="replace")
    code = re.sub(r"/\*.*?\*/|(?<!:)//[^\n]*", "", text, flags=re.S)
    mentions = re.findall(r"""(?<![\w/.-])schema\b["']?\s*[:,}]""", code)
    written = re.findall(r"""^\s*schema:\s*["']([^"'\\]+)["'],?\s*$""", code, flags=re.M)
    if not mentions or len(mentions) == len(written) == 1:
        return written[0] if written else None
    from better_auth_setup.generate.configuration import evaluated_schema

    said = evaluated_schema(root, config)
    # What a configuration computes by its own folder is a path from the top.
    return os.path.relpath(said, root / config.parent) if said and os.path.isabs(said) else said


def _said_by_manifest(manifest: Path) -> str | None:
    """What ``package.json`` says, in which Prisma looked up to its version 6."""
    try:
        said = json.loads(manifest.read_text(encoding="utf-8"))["prisma"]["schema"]
    except (OSError, ValueError, LookupError, TypeError):
        return None
    return said if isinstance(said, str) else None


def schema_files(schema: Path) -> list[Path]:
    """The files that a schema consists of: those in a folder, or the one that it is."""
    if not schema.is_dir():
        return [schema]
    found = sorted(schema.rglob("*.prisma"))
    return [one for one in found if "node_modules" not in one.relative_to(schema).parts]


def replace_files(texts: Mapping[Path, str]) -> None:
    """Gives existing files new texts, all of them or none; links and permissions stay.

    The new texts are written beside the files, so that whoever reads one, or finds it after a
    crash, has the old or the new one whole.

    Raises:
        OSError: one of them cannot be replaced; those that were have their old texts again.
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
