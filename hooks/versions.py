"""Finds the newest versions of the pinned packages that can be installed together.

Usage: python -m hooks.versions

It prints what is newer than ``template/shared/versions.jinja`` and changes nothing: whether the
packages also work together is for the tests to say.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import jinja2

from hooks.node import NPM, environment

REPOSITORY = Path(__file__).resolve().parent.parent
UV = Path(sys.executable).with_name("uv")
#: The oldest Python of the projects.
PYTHON = "3.10"

#: They have one version.
BETTER_AUTH = ["better-auth", "auth", "@better-auth/core"]
#: They follow better-auth.
PEERS = ["@better-auth/utils", "@better-fetch/fetch", "better-call"]


def pinned() -> dict[str, dict[str, str]]:
    """The versions that the template pins, by registry and name."""
    jinja = jinja2.Environment(loader=jinja2.FileSystemLoader(REPOSITORY))
    module = jinja.get_template("template/shared/versions.jinja").make_module()
    versions: dict[str, dict[str, str]] = vars(module)["versions"]
    return versions


def newest_npm(pins: Mapping[str, str]) -> dict[str, str]:
    """The newest npm packages that fit each other; a pinned pre-release stays.

    npm takes the newest of everything or nothing, so the releases of better-auth are tried in turn.
    """
    wanted = {name: version if "-" in version else "*" for name, version in pins.items()}
    for name in PEERS:
        del wanted[name]
    for version in releases("better-auth", pins["better-auth"]):
        print(f"trying better-auth {version} ...", file=sys.stderr)
        if found := resolved(wanted | dict.fromkeys(BETTER_AUTH, version)):
            return {name: found[f"node_modules/{name}"]["version"] for name in pins}
    return dict(pins)


def releases(package: str, oldest: str) -> list[str]:
    """The releases of an npm package that are newer than one, the newest first."""
    result = npm("view", package, "versions", "--json", folder=REPOSITORY)
    result.check_returncode()
    versions: list[str] = [version for version in json.loads(result.stdout) if "-" not in version]
    numbers = {version: [int(part) for part in version.split(".")] for version in versions}
    newer = [version for version in versions if numbers[version] > numbers[oldest]]
    return sorted(newer, key=numbers.__getitem__, reverse=True)


def resolved(dependencies: Mapping[str, str]) -> dict[str, dict[str, str]] | None:
    """The packages that npm would install, by folder; none if they do not fit each other."""
    with TemporaryDirectory() as folder:
        manifest = {"private": True, "dependencies": dict(dependencies)}
        Path(folder, "package.json").write_text(json.dumps(manifest))
        quiet = ["--package-lock-only", "--ignore-scripts", "--no-audit", "--no-fund"]
        result = npm("install", *quiet, folder=Path(folder))
        if "ERESOLVE" in result.stderr or "ETARGET" in result.stderr:
            return None
        result.check_returncode()
        lock = json.loads(Path(folder, "package-lock.json").read_text())
    packages: dict[str, dict[str, str]] = lock["packages"]
    return packages


def npm(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    command = ["node", str(NPM), *arguments]
    return subprocess.run(command, cwd=folder, env=environment(), capture_output=True, text=True)


def newest_python(pins: Mapping[str, str]) -> dict[str, str]:
    """The newest Python packages that fit each other.

    Raises:
        subprocess.CalledProcessError: uv finds no such set.
    """
    command = [str(UV), "pip", "compile", "--quiet", "--python-version", PYTHON, "--no-header", "-"]
    names = "\n".join(pins)
    result = subprocess.run(command, input=names, capture_output=True, text=True, check=True)
    found = dict(re.findall(r"^([\w.-]+)==(\S+)", result.stdout, re.MULTILINE))
    return {name: found[name] for name in pins if name in found}


def main() -> None:
    pins = pinned()
    newest = {"npm": newest_npm(pins["npm"]), "python": newest_python(pins["python"])}
    for registry, versions in newest.items():
        for name, version in versions.items():
            if version != pins[registry][name]:
                print(f"{registry:<8}{name:<32}{pins[registry][name]:<16}{version}")


if __name__ == "__main__":
    try:
        main()
    except subprocess.CalledProcessError as error:
        sys.exit(f"versions: {error.stderr or error}")
