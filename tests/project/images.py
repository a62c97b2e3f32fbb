"""Runs the steps of a Dockerfile in folders, because no container engine is available.

Each stage is a folder in place of ``/``, with the files that its instructions copy and its commands
write. The build context respects ``.dockerignore``. Base images are empty:
Node.js, npm, Python and uv are those of the tests, and commands run unconfined.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from typing import Any

from hooks.node import NODE, NPM
from tests.links import link_tree
from tests.waiting import TIMEOUT

#: Steps that install programs which this machine has already.
PROVIDED = re.compile(r"apt-get update && apt-get install .* openssl\b|pip install .*uv==")
ALL_PACKAGES = re.compile(r"npm ci (?!.*--omit=dev)")
#: Variables with which package managers reach their registries.
PASSED = re.compile(r"(?i)npm_|uv_|pip_|(https?|no)_proxy$|ssl_cert|node_extra_ca")


@dataclass
class Image:
    """A stage: its folder in place of ``/``, and the settings of its instructions."""

    root: Path
    base: str
    workdir: str = "/"
    user: str = "root"
    env: dict[str, str] = field(default_factory=dict)
    command: list[str] = field(default_factory=list)
    health: list[str] = field(default_factory=list)
    port: int = 0

    def path(self, inside: str) -> Path:
        return self.root / str(PurePosixPath(self.workdir, inside)).lstrip("/")

    @property
    def folder(self) -> Path:
        return self.path(".")

    @property
    def megabytes(self) -> int:
        done = subprocess.run(["du", "-sm", self.root], capture_output=True, check=True)
        return int(done.stdout.split()[0])

    def environment(self, **more: str) -> dict[str, str]:
        """The variables of an image's command; from this process only those of registries."""
        path = f"{self.root.parent / 'bin'}{os.pathsep}{os.defpath}"
        passed = {name: value for name, value in os.environ.items() if PASSED.match(name)}
        own = {
            name: re.sub(r"(^|:)/app\b", rf"\1{self.root}/app", value).replace("$PATH", path)
            for name, value in self.env.items()
        }
        quick = {"NPM_CONFIG_PREFER_OFFLINE": "true", "NPM_CONFIG_AUDIT": "false"}
        return {"PATH": path, "HOME": str(Path.home()), **quick, **passed, **own, **more}

    @property
    def as_user(self) -> dict[str, Any]:
        """The arguments of `subprocess` for the image's `USER`, if this process is root."""
        if os.getuid() or self.user == "root":
            return {}
        number = {"node": 1000}.get(self.user) or int(self.user)
        return {"user": number, "group": number, "extra_groups": []}

    @contextmanager
    def started(self, port: int, **settings: str) -> Iterator[str]:
        """Runs the image's `CMD`, waits for its health check, and yields its address.

        Raises:
            AssertionError: it exits early, or its health check fails for `TIMEOUT` seconds.
        """
        own = self.environment(PORT=str(port), **settings)
        check = [word.replace(f":{self.port}/", f":{port}/") for word in self.health]
        with tempfile.TemporaryFile("w+") as log:
            server = subprocess.Popen(
                self.command, cwd=self.folder, env=own, stdout=log, stderr=log, **self.as_user
            )
            try:
                deadline = time.monotonic() + TIMEOUT
                while (checked := self.run(check, **self.as_user)).returncode:
                    if server.poll() is not None or time.monotonic() > deadline:
                        log.seek(0)
                        raise AssertionError(f"{self.command}\n{log.read()}\n{checked.stdout}")
                    time.sleep(0.3)
                yield f"http://127.0.0.1:{port}"
            except Exception as error:
                log.seek(0)
                error.add_note(log.read())
                raise
            finally:
                server.terminate()
                assert server.wait(timeout=TIMEOUT) in (0, -signal.SIGTERM, 128 + signal.SIGTERM)

    def run(
        self, command: list[str], settings: Mapping[str, str] = {}, **options: Any
    ) -> subprocess.CompletedProcess[str]:
        """Runs a command in the image, like its `CMD`."""
        return subprocess.run(
            command,
            cwd=self.folder,
            env=self.environment(**settings),
            **options,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=1800,
        )


class Images:
    """Builds the targets of a project's Dockerfile.

    Args:
        project: its folder.
        folder: an empty folder for the stages.
        lent: whether npm's packages, with those of development, are linked from the project, in
            which the same lock file has put them; else they are installed as in an image.
    """

    def __init__(self, project: Path, folder: Path, *, lent: bool) -> None:
        self._packages = project / "node_modules" if lent else None
        self._folder = folder
        self.context = folder / "context"
        self._stages = _stages((project / "Dockerfile").read_text())
        self.built: dict[str, Image] = {}
        _copy_context(project, self.context)
        programs = folder / "bin"
        programs.mkdir()
        scripts = {name: f'node {NPM.with_name(name + "-cli.js")} "$@"' for name in ("npm", "npx")}
        if os.getuid():
            # Only root can give a folder away; the image's user is this one then, see `as_user`.
            scripts["install"] = f'{shutil.which("install")} "$@" --owner={os.getuid()}'
        for name, script in scripts.items():
            program = programs / name
            program.write_text(f"#!/bin/sh\nexec {script}\n")
            program.chmod(0o755)
        (programs / "node").symlink_to(NODE / "bin" / "node")
        (programs / "uv").symlink_to(Path(sys.executable).with_name("uv"))
        # Debian's Python, since other users may not be able to read that of the tests.
        debian = Path("/usr/bin/python3")
        (programs / "python").symlink_to(debian if debian.exists() else sys.executable)

    def build(self, target: str) -> Image:
        """Builds a target, after the stages that it needs.

        Raises:
            AssertionError: a command fails; contains its output.
            KeyError: no such target, or an unknown instruction.
        """
        if target not in self.built:
            self.built[target] = self._run_stage(target)
        return self.built[target]

    def _run_stage(self, target: str) -> Image:
        base, instructions = self._stages[target]
        root = self._folder / target
        if base in self._stages:
            parent = self.build(base)
            link_tree(parent.root, root)
            image = replace(parent, root=root, env=dict(parent.env))
        else:
            root.mkdir()
            image = Image(root, base)
        for name, rest in instructions:
            if name == "WORKDIR":
                image.workdir = rest
                image.folder.mkdir(parents=True, exist_ok=True)
            elif name == "USER":
                image.user = rest
            elif name == "ENV":
                image.env |= dict(pair.split("=", 1) for pair in rest.split())
            elif name == "EXPOSE":
                image.port = int(rest)
            elif name == "CMD":
                image.command = json.loads(rest)
            elif name == "HEALTHCHECK":
                image.health = json.loads(rest.partition("CMD ")[2])
            elif name == "COPY":
                self._copy(image, rest.split())
            elif name == "RUN":
                # Without a mount, an image contains the cache of npm.
                mounted = re.match(r"--mount=type=cache,target=/root/\.npm ", rest)
                rest = rest[mounted.end() :] if mounted else rest
                cache = {} if mounted else {"NPM_CONFIG_CACHE": str(image.root / "root/.npm")}
                if self._packages and ALL_PACKAGES.match(rest):
                    packages = image.path("node_modules")
                    link_tree(self._packages, packages)
                elif not PROVIDED.match(rest):
                    done = image.run(["sh", "-c", rest], cache)
                    assert done.returncode == 0, f"{target}: {rest}\n{done.stdout}"
            else:
                raise KeyError(name)
        return image

    def _copy(self, image: Image, words: list[str]) -> None:
        source = self.context
        if words[0].startswith("--from="):
            stage = self.build(words.pop(0).removeprefix("--from="))
            source = stage.root
        *names, to = words
        target = image.path(to)
        for name in names:
            found = [source] if name == "." else sorted(source.glob(name.lstrip("/")))
            assert found or "*" in name, f"{name} is not there to be copied"
            for path in found:
                if path.is_dir():
                    # COPY copies a folder's content, not the folder.
                    shutil.copytree(path, target, symlinks=True, dirs_exist_ok=True)
                    _move(target, source, image.root)
                else:
                    shutil.copy(path, target / path.name if to.endswith("/") else target)


def _move(folder: Path, source: Path, root: Path) -> None:
    """Moves a Python environment, which contains absolute paths."""
    for environment in folder.glob(".venv"):
        for path in [*environment.glob("bin/*"), *environment.rglob("*.pth")]:
            text = path.read_bytes() if path.is_file() and not path.is_symlink() else b""
            if os.fsencode(source) in text:
                path.write_bytes(text.replace(os.fsencode(source), os.fsencode(root)))


def _stages(text: str) -> dict[str, tuple[str, list[tuple[str, str]]]]:
    """The base and the instructions of each stage by name."""
    stages: dict[str, tuple[str, list[tuple[str, str]]]] = {}
    for line in text.splitlines():
        if not line or line.startswith("#"):
            continue
        name, rest = line.split(" ", 1)
        if name == "FROM":
            base, target = rest.split(" AS ")
            stages[target] = base, []
        else:
            stages[target][1].append((name, rest))
    return stages


def _copy_context(project: Path, context: Path) -> None:
    """Copies the build context: the project without the files in `.dockerignore`."""
    rules = (project / ".dockerignore").read_text().splitlines()
    rules = [rule for rule in rules if rule and not rule.startswith("#")]

    def is_left_out(path: PurePosixPath) -> bool:
        left_out = False
        for rule in rules:
            pattern = rule.removeprefix("!")
            anywhere, pattern = pattern.startswith("**/"), pattern.removeprefix("**/")
            if fnmatchcase(path.name if anywhere else str(path), pattern):
                left_out = not rule.startswith("!")
        return left_out

    def ignored(folder: str, names: list[str]) -> list[str]:
        inside = PurePosixPath(Path(folder).relative_to(project))
        return [name for name in names if is_left_out(inside / name)]

    shutil.copytree(project, context, symlinks=True, ignore=ignored)
