"""Production builds of Next.js, which runs of the tests share if nothing in them differs."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import socket
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.project.kept import kept
from tests.project.typescript import output
from tests.template import REPOSITORY

#: Below a built project, the host names that its build looked up.
LOOKUPS = "lookups"
#: What is installed, made by a build, or of this run alone: no build reads it.
NO_SOURCES = {
    *("node_modules", ".venv", ".git", ".next", "next-env.d.ts", "tsconfig.tsbuildinfo"),
    *(".env.local", "settings", "dev.db", LOOKUPS),
    *(".copier-answers.yml", ".setup.lock", ".setup.lock.programs"),
}


def build(project: Path, command: Sequence[str], folder: str = ".", **settings: str) -> None:
    """Builds a project without settings, or copies an equal build of an earlier run.

    Args:
        project: its folder, after setup.
        command: builds it.
        folder: that of the Next.js application in the project.
        settings: variables that become a part of the build.

    Raises:
        AssertionError: the build failed, or printed a warning; contains its output.
    """
    words = [*command[1:], *(f"{k}={v}" for k, v in sorted(settings.items()))]
    sources = (*(word.encode() for word in words), *_sources(project))
    names = (f"{folder}/.next", f"{folder}/next-env.d.ts", LOOKUPS)
    with kept("build", *sources) as (shared, is_new):
        if not is_new:
            for name in names:
                _copy(shared / Path(name).name, project / name)
            return
        own_settings = (project / ".env.local").rename(project / "settings")
        printed = output(project, *command, **noting_lookups(project / LOOKUPS), **settings)
        own_settings.rename(project / ".env.local")
        assert not re.search(r"warn|error|telemetry", printed, re.IGNORECASE), printed
        for name in names:
            _copy(project / name, shared / Path(name).name)


@contextmanager
def fixed_port() -> Iterator[int]:
    """One of ten ports, for a build that contains it; no other run of the tests has it meanwhile.

    Raises:
        AssertionError: none of them is free.
    """
    with ExitStack() as stack:
        port = next((port for port in range(11_870, 11_880) if _reserve(port, stack)), None)
        assert port, "Ten runs of the tests have all ports for builds."
        yield port


def _reserve(port: int, stack: ExitStack) -> bool:
    """Reserves a port until the stack is closed; returns False if it is taken."""
    file = (REPOSITORY / ".cache" / "projects" / f"port-{port}").open("w")
    stack.callback(file.close)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def noting_lookups(file: Path) -> dict[str, str]:
    """Variables by which programs of Node.js write the host names that they look up to a file."""
    script = Path(__file__).with_name("lookups.cjs")
    return {"NODE_OPTIONS": f"--require={script}", "LOOKUPS": str(file)}


def _sources(project: Path) -> Iterator[bytes]:
    """The names and contents of the files that a build may read."""
    paths: list[Path] = []
    for parent, folders, files in os.walk(project):
        folders[:] = {*folders} - NO_SOURCES - {"__pycache__"}
        paths += (Path(parent, name) for name in {*files} - NO_SOURCES)
    for path in sorted(paths):
        yield os.fsencode(path.relative_to(project))
        yield path.read_bytes()


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(source, target, symlinks=True)
        # Of Turbopack; it is larger than all else.
        shutil.rmtree(target / "cache", ignore_errors=True)
    else:
        shutil.copy(source, target)
