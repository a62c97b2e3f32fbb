"""Shares installed Python packages between test projects with equal manifests."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from better_auth_setup.bootstrap import Environment

from hooks import node
from tests.links import link_tree
from tests.template import REPOSITORY

#: What setup does; it works on the current folder.
_INSTALL = f"""
import os, runpy
from pathlib import Path
bootstrap = runpy.run_path({sys.modules[Environment.__module__].__file__!r})
bootstrap["Environment"](Path.cwd()).install(os.open("lock", os.O_RDONLY))
"""
_COMPILE = "from better_auth_setup.bytecode import compile_packages; compile_packages()"


def lend(project: Path) -> None:
    """Gives a rendered project its ``.venv`` and ``uv.lock``, compiled, as setup would.

    Args:
        project: its folder, in which nothing is installed.

    Raises:
        SystemExit: the packages could not be installed.
    """
    wanted = Environment(project)
    manifests = {path.relative_to(project): path.read_bytes() for path in wanted.manifests}
    key = hashlib.sha256(b"\0".join([sys.version.encode(), *manifests.values()])).hexdigest()[:12]
    shared = (REPOSITORY / ".cache" / "projects" / f"python-{key}").resolve()
    shared.mkdir(parents=True, exist_ok=True)
    with node.locked(shared / "lock"):
        installed = shared / "installed"
        # An environment contains its absolute path, which is wrong after the cache was copied.
        if not installed.exists() or installed.read_text() != str(shared):
            shutil.rmtree(shared / ".venv", ignore_errors=True)
            _install(project, shared)
            # A new file: a copy of the cache may share the old one by a hard link.
            installed.unlink(missing_ok=True)
            installed.write_text(str(shared))
    link_tree(shared / ".venv", project / ".venv")
    shutil.copy(shared / "uv.lock", project)
    for path in _with_paths(project / ".venv"):
        content = path.read_bytes()
        if os.fsencode(shared) in content:
            mode = path.stat().st_mode
            path.unlink()
            path.write_bytes(content.replace(os.fsencode(shared), os.fsencode(project)))
            path.chmod(mode)


def _install(project: Path, shared: Path) -> None:
    """Installs the packages in ``shared``, with copies of the files that the manifests name."""
    for name in ("pyproject.toml", "README.md"):
        shutil.copy(project / name, shared)
    for name in ("src", "packages"):
        shutil.rmtree(shared / name, ignore_errors=True)
        shutil.copytree(
            project / name, shared / name, ignore=shutil.ignore_patterns("node_modules")
        )
    environment = Environment(shared)
    for program, code in ((sys.executable, _INSTALL), (environment.python, _COMPILE)):
        command = [program, "-P", "-c", code]
        # Benchmarks print tables alone.
        subprocess.run(
            command, cwd=shared, env=environment.variables, check=True, stdout=subprocess.DEVNULL
        )


def _with_paths(environment: Path) -> list[Path]:
    """The files in which an installer writes the absolute paths of a project."""
    packages = "lib/python*/site-packages"
    patterns = (
        ".installed-from",
        "bin/*",
        f"{packages}/*.pth",
        f"{packages}/*.dist-info/direct_url.json",
    )
    found = [path for pattern in patterns for path in environment.glob(pattern)]
    return [path for path in found if path.is_file() and not path.is_symlink()]
