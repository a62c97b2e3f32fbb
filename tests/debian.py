"""Unpacks Debian packages without installing them, which needs no root."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from hooks.node import REPOSITORY, locked


class DebianError(Exception):
    """A package is not available; the message has the remedy or apt's reason."""


def unpacked(package: str, libraries: tuple[str, ...]) -> Path:
    """Unpacks a package, once; returns the folder with its files.

    Args:
        package: its name.
        libraries: how the names of those dependencies start that are unpacked with it.

    Raises:
        DebianError: there is no apt, or it cannot download the package.
    """
    if not shutil.which("apt-get"):
        raise DebianError(f"These tests need {package}: install it, so that it is on PATH.")
    cache = REPOSITORY / ".cache" / package
    cache.mkdir(parents=True, exist_ok=True)
    with locked(cache / "lock"):
        root, done = cache / "root", cache / "unpacked"
        if not done.exists():
            _unpack(package, libraries, cache, root)
            done.touch()
    return root


def _unpack(package: str, libraries: tuple[str, ...], cache: Path, root: Path) -> None:
    """Unpacks them, with lists of packages of our own."""
    lists, packages = cache / "apt", cache / "packages"
    for path in (lists / "lists" / "partial", lists / "archives" / "partial", packages):
        path.mkdir(parents=True, exist_ok=True)
    own = ["-o", f"Dir::State::Lists={lists / 'lists'}", "-o", f"Dir::Cache={lists}"]
    _run("apt-get", *own, "--quiet", "update")
    needed = _run("apt-cache", *own, "depends", package).split()
    names = [name for name in needed if name.startswith(libraries)]
    _run("apt-get", *own, "--quiet", "download", package, *names, folder=packages)
    for file in packages.glob("*.deb"):
        _run("dpkg-deb", "--extract", str(file), str(root))


def _run(*command: str, folder: Path | None = None) -> str:
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if result.returncode:
        raise DebianError(f"apt cannot bring it: {result.stderr.strip()}")
    return result.stdout
