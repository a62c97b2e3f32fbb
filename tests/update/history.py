"""A git repository with releases of the template, each with an older or newer better-auth.

Each file in ``hooks/releases`` makes an older release, as `make raise` writes it; the last one
is the present template. The others have older tables, older pins and a few older lines, so that
an update from one to the next changes all that a real one changes. Their npm packages are the older
ones; the present libraries describe newer tables, so that *generate* adds some to their projects.
"""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from hooks.catalogue import CATALOGUE, dump, load
from hooks.layout import Catalogue, append
from hooks.versions import RELEASES as VERSIONS
from hooks.versions import TABLES, kept_releases
from tests.template import REPOSITORY, snapshot


@dataclass(frozen=True)
class Release:
    """A release of the template: its tag, and its differences from the present one.

    Attributes:
        better_auth: its version.
        npm: older versions of npm packages; none in the present release.
        python: older versions of Python packages.
        texts: older texts, as `OLDER_TEXTS` has them.
    """

    tag: str
    better_auth: str
    npm: dict[str, str] = field(default_factory=dict)
    python: dict[str, str] = field(default_factory=dict)
    texts: dict[str, tuple[str, str]] = field(default_factory=dict)


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

#: Packages that each older release has, and those of the oldest one.
OLDER_PYTHON = {"fastapi": "0.160.0"}
OLDEST_PYTHON = {"fastapi": "0.160.0", "sqlalchemy": "2.0.51"}


def releases() -> list[Release]:
    """The releases, the oldest first."""
    found: list[Release] = []
    for version in kept_releases():
        npm = json.loads((VERSIONS / f"{version}.json").read_text())
        more = (OLDER_PYTHON, {}) if found else (OLDEST_PYTHON, OLDER_TEXTS)
        found.append(Release(f"0.{len(found) + 1}.0", version, npm, *more))
    return [*found, Release(f"0.{len(found) + 1}.0", load(CATALOGUE)["version"])]


RELEASES = releases()
TAGS = [release.tag for release in RELEASES]
OLDEST, PREVIOUS, PRESENT = TAGS[0], TAGS[-2], TAGS[-1]
#: A release that a test makes on its own.
NEXT = f"0.{len(TAGS) + 1}.0"
#: The one whose better-auth requires an issuer for each account. No other one has that field.
[WITH_ISSUER] = [release.tag for release in RELEASES if release.better_auth == "1.7.2"]
#: From each release to the next one, and from the oldest to the present one.
PAIRS = sorted({*pairwise(TAGS), (OLDEST, PRESENT)})


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
    if release.tag != PRESENT:
        return (TABLES / f"{release.better_auth}.json").read_text()
    before = load(TABLES / f"{RELEASES[-2].better_auth}.json")
    return dump(append(before, rows_of(load(CATALOGUE)), release.better_auth))


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
