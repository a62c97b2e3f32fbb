"""A git repository with releases of the template, each with an older or newer better-auth.

Each is the present template with older tables, older pins and a few older lines, so that an update
from one to the next changes all that a real one changes. The npm packages are the older ones; the
present libraries describe newer tables, so that *generate* adds some to an older release's project.
"""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hooks.catalogue import CATALOGUE, dump, load
from hooks.layout import Catalogue, append
from tests.template import REPOSITORY, snapshot

#: The catalogues that `python -m hooks.catalogue` recorded from older better-auth releases.
RECORDED = Path(__file__).with_name("catalogues")
VERSIONS = REPOSITORY / "hooks" / "releases"


@dataclass(frozen=True)
class Release:
    """A release of the template: its tag, and its differences from the present one."""

    tag: str
    better_auth: str | None = None
    python: dict[str, str] = field(default_factory=dict)
    texts: dict[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def npm(self) -> dict[str, str]:
        if self.better_auth is None:
            return {}
        versions: dict[str, str] = json.loads((VERSIONS / f"{self.better_auth}.json").read_text())
        return versions


#: For each file, present texts and their former versions.
OLDER_TEXTS = {
    **{
        f"template/{stack}/.env.local.jinja": (
            "on this machine: not in git, and readable by you alone.",
            "on this machine.",
        )
        for stack in ("python", "typescript")
    },
    "template/python/src/{{package_name}}/main.py.jinja": (
        "# Starts the embedded PostgreSQL if DATABASE_URL names it.",
        "# The project's own PostgreSQL.",
    ),
    "template/shared/auth/app.ts.jinja": ("the database cannot be reached", "unavailable"),
}

#: Git without this machine's settings, with an author.
PLAIN_GIT = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
    **{f"GIT_{role}_NAME": "Ada" for role in ("AUTHOR", "COMMITTER")},
    **{f"GIT_{role}_EMAIL": "ada@example.com" for role in ("AUTHOR", "COMMITTER")},
}

RELEASES = [
    Release("0.1.0", "1.6.33", {"fastapi": "0.160.0", "sqlalchemy": "2.0.51"}, OLDER_TEXTS),
    Release("0.2.0", "1.7.2", {"fastapi": "0.160.0"}),
    Release("0.3.0"),
]
TAGS = [release.tag for release in RELEASES]
#: Pairs of a release and a later one.
PAIRS = [(old, new) for number, old in enumerate(TAGS) for new in TAGS[number + 1 :]]


def build(folder: Path) -> Path:
    """Commits and tags each release of the template in a new repository in ``folder``."""
    git(folder, "init", "--quiet")
    snapshot(folder)
    for release in RELEASES:
        write(release, folder)
        git(folder, "add", "--all")
        git(folder, "commit", "--quiet", "--message", f"Release {release.tag}")
        git(folder, "tag", release.tag)
    return folder


def write(release: Release, folder: Path) -> None:
    """Changes the template in ``folder`` to that of a release."""
    shared = folder / "template" / "shared"
    (shared / "catalogue.json").write_text(catalogue(release))
    versions = (REPOSITORY / "template/shared/versions.jinja").read_text()
    for name, version in {**release.npm, **release.python}.items():
        # JSON on one line, because packages of PyPI and npm may share a name.
        versions = replaced(
            versions, f'"{name}": "{pinned(versions, name)}"', f'"{name}": "{version}"'
        )
    (shared / "versions.jinja").write_text(versions)
    for path in OLDER_TEXTS:
        text = (REPOSITORY / path).read_text()
        if path in release.texts:
            text = replaced(text, *release.texts[path])
        (folder / path).write_text(text)


def pinned(versions: str, name: str) -> str:
    return versions.split(f'"{name}": "', 1)[1].split('"', 1)[0]


def replaced(text: str, present: str, older: str) -> str:
    assert text.count(present) == 1, f"the template does not have once: {present}"
    return text.replace(present, older)


def catalogue(release: Release) -> str:
    """A release's tables: recorded ones, or the pinned ones appended to the last recorded."""
    if release.better_auth is not None:
        return (RECORDED / f"{release.better_auth}.json").read_text()
    present = load(CATALOGUE)
    before = RELEASES[-2].better_auth
    return dump(append(load(RECORDED / f"{before}.json"), rows_of(present), present["version"]))


def rows_of(catalogue: Catalogue) -> list[dict[str, Any]]:
    """The official generator's output that gave this catalogue."""
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for model in catalogue["models"]:
        tail = {"feature": model["feature"], "fields": model["tail"]}
        for part in [*model["groups"], tail, *model["attributes"]]:
            feature, name = part["feature"], model["name"]
            row = rows.setdefault(
                (feature, name),
                {"feature": feature, "model": name, "fields": [], "attributes": []},
            )
            row["fields"] += part.get("fields", [])
            row["attributes"] += [part["line"]] if "line" in part else []
    return list(rows.values())


def git(folder: Path, *arguments: str) -> str:
    """Runs git in a folder; returns its output."""
    result = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    return result.stdout
