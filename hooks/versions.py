"""Finds the newest versions of the pinned packages that can be installed together.

Usage: python -m hooks.versions

It prints what is newer than ``template/shared/versions.jinja`` and changes nothing. The tests show
whether the packages also work together.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from hooks import node

UV = Path(sys.executable).with_name("uv")
#: The oldest Python of the projects.
PYTHON = "3.11"


def pinned() -> dict[str, dict[str, str]]:
    """The versions that the template pins, by registry and name."""
    versions: dict[str, dict[str, str]] = node.pins()["versions"]
    return versions


def newest_npm(pins: Mapping[str, str]) -> dict[str, str]:
    """The newest npm packages that fit each other, none older than its pin.

    A pinned pre-release stays; others are excluded by `>=`. (For `*`, npm takes the tag `latest`,
    which may be a pre-release or an older version.)

    npm takes the newest of everything or nothing, so the releases of better-auth are tried in turn,
    each with its own versions of what is overridden.
    """
    wanted = {name: version if "-" in version else f">={version}" for name, version in pins.items()}
    wanted["@types/node"] = pins["@types/node"].split(".")[0]  # that of the Node.js from PyPI
    for version in releases("better-auth", pins["better-auth"]):
        print(f"trying better-auth {version} ...", file=sys.stderr)
        own = installed({"better-auth": version}, node.pins()["npm_overrides"])
        if own and (found := installed(wanted | own, pins)):
            return found
    return dict(pins)


def releases(package: str, oldest: str) -> list[str]:
    """The releases of an npm package from one on, the newest first."""
    command = ["node", str(node.NPM), "view", package, "versions", "--json"]
    result = subprocess.run(
        command, env=node.environment(), capture_output=True, text=True, check=True
    )
    versions: list[str] = [version for version in json.loads(result.stdout) if "-" not in version]
    numbers = {version: [int(part) for part in version.split(".")] for version in versions}
    newer = [version for version in versions if numbers[version] >= numbers[oldest]]
    return sorted(newer, key=numbers.__getitem__, reverse=True)


def installed(dependencies: Mapping[str, str], names: Iterable[str]) -> dict[str, str] | None:
    """The versions of these packages that npm would install; none if they do not fit each other."""
    with TemporaryDirectory() as folder:
        Path(folder, "package.json").write_text(node.manifest(dependencies))
        try:
            packages = node.resolved(Path(folder))
        except RuntimeError as error:
            if "ERESOLVE" in str(error) or "ETARGET" in str(error):
                return None
            raise
    return {name: packages[f"node_modules/{name}"]["version"] for name in names}


def newest_npx(pins: Mapping[str, str]) -> dict[str, str]:
    """The newest npm packages that fit each other, each within its major version.

    They are not installed in a project, but for a single command. Their peer dependencies decide
    which releases fit.
    """
    fit = installed({name: f"^{version}" for name, version in pins.items()}, pins)
    return fit or dict(pins)


def newest_python(pins: Mapping[str, str]) -> dict[str, str]:
    """The newest Python packages that fit each other, none older than its pin, no pre-release.

    Raises:
        subprocess.CalledProcessError: uv finds no such set.
    """
    command = [
        *[str(UV), "pip", "compile", "--quiet", "--no-header", "-"],
        *["--python-version", PYTHON, "--prerelease", "disallow"],
    ]
    wanted = "\n".join(f"{name}>={version}" for name, version in pins.items())
    result = subprocess.run(command, input=wanted, capture_output=True, text=True, check=True)
    found = dict(re.findall(r"^([\w.-]+)==(\S+)", result.stdout, re.MULTILINE))
    return {name: found[name] for name in pins if name in found}


def newer(pins: Mapping[str, Mapping[str, str]]) -> Iterator[tuple[str, str, str]]:
    """What is newer than the pins: the section, the package and its version.

    A provider's packages are resolved together with those of every project, which may limit them.
    """
    for section, present in pins.items():
        if section == "npm":
            newest = newest_npm(present)
        elif section == "npx":
            newest = newest_npx(present)
        else:
            newest = newest_python({**pins["python"], **present})
        for name, version in present.items():
            if newest[name] != version:
                yield section, name, newest[name]


def main() -> None:
    pins = pinned()
    for section, name, version in newer(pins):
        print(f"{section:<20}{name:<32}{pins[section][name]:<16}{version}")


if __name__ == "__main__":
    try:
        main()
    except subprocess.CalledProcessError as error:
        sys.exit(f"versions: {error.stderr or error}")
    except RuntimeError as error:
        sys.exit(f"versions: {error}")
