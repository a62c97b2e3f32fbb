"""Finds the newest versions of the pinned packages that can be installed together.

Usage: python -m hooks.versions [--write]

It prints what is newer than ``template/shared/versions.jinja``. With ``--write``, it also writes
that there and into this repository's own files, and if better-auth is newer, keeps the versions and
tables of the present one for the update tests. The tests show whether the packages also work
together.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from hooks import node
from hooks.catalogue import refreshed

UV = Path(sys.executable).with_name("uv")
VERSIONS = node.REPOSITORY / "template" / "shared" / "versions.jinja"
#: The repository's own files with versions of the same packages.
OWN = [node.REPOSITORY / "pyproject.toml", node.REPOSITORY / ".github" / "workflows" / "ci.yml"]
#: The versions and tables of former releases, for the update tests; each table was appended to the
#: one before.
RELEASES = node.REPOSITORY / "hooks" / "releases"
TABLES = node.REPOSITORY / "tests" / "update" / "catalogues"
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

    Raises:
        RuntimeError: no releases fit each other.
    """
    within_major = node.pins()["within_major"]
    wanted = {
        name: version if "-" in version else f"{'^' if name in within_major else '>='}{version}"
        for name, version in pins.items()
    }
    for version in releases("better-auth", pins["better-auth"]):
        print(f"trying better-auth {version} ...", file=sys.stderr)
        own = installed({"better-auth": version}, node.pins()["npm_overrides"])
        if own and (found := installed(wanted | own, pins)):
            return found
    raise RuntimeError("No releases of better-auth and the other npm packages fit each other.")


def releases(package: str, oldest: str) -> list[str]:
    """The releases of an npm package from one on, the newest first."""
    command = ["node", str(node.NPM), "view", package, "versions", "--json"]
    result = subprocess.run(
        command, env=node.environment(), capture_output=True, text=True, check=True
    )
    versions: list[str] = [version for version in json.loads(result.stdout) if "-" not in version]
    newer = [version for version in versions if numbers(version) >= numbers(oldest)]
    return sorted(newer, key=numbers, reverse=True)


def numbers(version: str) -> list[int]:
    """The numbers of a release."""
    return [int(part) for part in version.split(".")]


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


def newest_tools(pins: Mapping[str, str]) -> dict[str, str]:
    """The newest npm packages that fit each other, each within its major version.

    They are not installed in a project. Their peer dependencies decide which releases fit.

    Raises:
        RuntimeError: no releases fit each other.
    """
    fit = installed({name: f"^{version}" for name, version in pins.items()}, pins)
    if not fit:
        raise RuntimeError(f"No releases of {', '.join(pins)} fit each other.")
    return fit


def newest_python(pins: Mapping[str, str]) -> dict[str, str]:
    """The newest Python packages that fit each other, none older than its pin, no pre-release.

    Raises:
        subprocess.CalledProcessError: uv finds no such set.
    """
    command = [
        *[str(UV), "pip", "compile", "--quiet", "--no-header", "-"],
        *["--python-version", PYTHON, "--prerelease", "disallow"],
    ]
    wanted = "\n".join(f"{name}{limits(name, version)}" for name, version in pins.items())
    result = subprocess.run(command, input=wanted, capture_output=True, text=True, check=True)
    found = dict(re.findall(r"^([\w.-]+)==(\S+)", result.stdout, re.MULTILINE))
    return {name: found[name] for name in pins if name in found}


def limits(name: str, version: str) -> str:
    """What may replace the pinned version of a Python package, as a version specifier."""
    major = int(version.split(".")[0])
    within_major = f",<{major + 1}" if name in node.pins()["within_major"] else ""
    return f">={version}{within_major}"


def newer(pins: Mapping[str, Mapping[str, str]]) -> Iterator[tuple[str, str, str]]:
    """What is newer than the pins: the section, the package and its version.

    A provider's packages are resolved together with those of every project, which may limit them.
    """
    for section, present in pins.items():
        if section == "npm":
            newest = newest_npm(present)
        elif section in ("npx", "bundle"):
            newest = newest_tools(present)
        else:
            newest = newest_python({**pins["python"], **present})
        for name, version in present.items():
            if newest[name] != version:
                yield section, name, newest[name]


def kept_releases() -> list[str]:
    """The better-auth versions of former releases, the oldest first."""
    return sorted((file.stem for file in RELEASES.glob("*.json")), key=numbers)


def keep_release(pins: Mapping[str, str]) -> None:
    """Keeps the pinned better-auth for the update tests: its npm packages, and its tables."""
    release = pins["better-auth"]
    before = TABLES / f"{kept_releases()[-1]}.json"
    (TABLES / f"{release}.json").write_text(refreshed(before), encoding="utf-8")
    versions = json.dumps({name: pins[name] for name in node.BETTER_AUTH}, indent=2)
    (RELEASES / f"{release}.json").write_text(f"{versions}\n", encoding="utf-8")


def write(section: str, name: str, version: str) -> None:
    """Writes a version into ``versions.jinja``, and wherever this repository uses the package."""
    before = VERSIONS.read_text(encoding="utf-8")
    pin = rf'(^  "{section}": \{{\n(?:    .*\n)*?    "{re.escape(name)}": ")[^"]+'
    after = re.sub(pin, rf"\g<1>{version}", before, count=1, flags=re.MULTILINE)
    VERSIONS.write_text(after, encoding="utf-8")
    if section in ("python", "python-tools"):
        use = re.compile(rf"((?<![\w-]){re.escape(name)}(?:\[[\w,-]+\])?==)[\w.]+")
        for file in OWN:
            text = file.read_text(encoding="utf-8")
            file.write_text(use.sub(rf"\g<1>{version}", text), encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description="Find newer versions of the pinned packages.")
    parser.add_argument("--write", action="store_true", help="also write them")
    options = parser.parse_args()
    pins = pinned()
    found = [*newer(pins)]
    for section, name, version in found:
        print(f"{section:<20}{name:<32}{pins[section][name]:<16}{version}")
    if options.write:
        if any(name == "better-auth" for _, name, _ in found):
            keep_release(pins["npm"])
        for section, name, version in found:
            write(section, name, version)


if __name__ == "__main__":
    try:
        main()
    except subprocess.CalledProcessError as error:
        sys.exit(f"versions: {error.stderr or error}")
    except RuntimeError as error:
        sys.exit(f"versions: {error}")
