"""The Prisma CLI, and the schema engine that it works with."""

from __future__ import annotations

import os
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path

from better_auth_setup import node
from better_auth_setup.console import Problem
from better_auth_setup.programs import Result, run
from better_auth_setup.project import NODE_MODULES, ROOT, SCHEMA_ENGINE

#: What the engine that comes as WebAssembly can reach.
_WASM_PROVIDERS = ("postgresql", "cockroachdb", "sqlite")
_ENGINE_VARIABLE = "PRISMA_SCHEMA_ENGINE_BINARY"
_MIRROR_VARIABLES = ("PRISMA_ENGINES_MIRROR", "PRISMA_BINARIES_MIRROR")
_MIRROR = "https://binaries.prisma.sh"
_MIRROR_SECONDS = 3


def prisma(*arguments: str, variables: Mapping[str, str], lock: int | None) -> Result:
    """Runs the Prisma CLI with the project's variables."""
    quiet = {"PRISMA_HIDE_UPDATE_MESSAGE": "1", "CHECKPOINT_DISABLE": "1", "NO_COLOR": "1"}
    return run(
        [node.node(), NODE_MODULES / "prisma" / "build" / "index.js", *arguments],
        lock=lock,
        env=node.node_environment(**{**quiet, **variables}),
    )


def reason(result: Result) -> str:
    """The CLI's error: everything from "Error:" on, on one line."""
    _, found, message = result.output.partition("Error:")
    message, _, _backtrace = message.partition("\n   0: ")
    words = " ".join(message.split()) if found else result.reason
    return words.rstrip(".") or f"it ended with status {result.status} and said nothing"


class Engine:
    """Prisma's schema engine: the native one, or the WebAssembly one where that cannot be had."""

    def __init__(self, provider: str, variables: Mapping[str, str]) -> None:
        self._provider = provider
        self._variables = variables

    @property
    def is_chosen(self) -> bool:
        """Whether there is an engine to work with; says nothing about the network."""
        named = self._variables.get(_ENGINE_VARIABLE)
        if named:
            return True
        return self._has_native or node.engine_packages.is_current

    @property
    def _has_native(self) -> bool:
        return any((NODE_MODULES / "@prisma" / "engines").glob("schema-engine-*"))

    @property
    def _can_be_wasm(self) -> bool:
        return self._provider in _WASM_PROVIDERS and (SCHEMA_ENGINE / "package.json").exists()

    def prepare(self, lock: int) -> None:
        """Installs the WebAssembly engine at once where the native one is plainly out of reach.

        It needs no npm package of the project, so it can go on while they are installed.

        Raises:
            Problem: the variable names no file, or the packages cannot be installed.
        """
        named = self._variables.get(_ENGINE_VARIABLE)
        if named and not Path(ROOT, named).is_file():
            raise Problem(f"{_ENGINE_VARIABLE} names {named}, which is not a file.")
        if named or self._has_native or not self._can_be_wasm:
            return
        # Once begun, it is kept up to date: the answer of the network is remembered.
        if node.engine_packages.folder.exists() or not _reaches(self._mirror()):
            node.install(node.engine_packages, lock)

    def choose(self, lock: int) -> str:
        """Sees to it that there is an engine; says which.

        Raises:
            Problem: there is none for this provider.
        """
        if self._variables.get(_ENGINE_VARIABLE):
            return "its schema engine is named by " + _ENGINE_VARIABLE
        if self._has_native:
            return "native schema engine"
        if not node.engine_packages.is_current:
            # The CLI downloads its engine when it needs one.
            result = prisma("version", variables=self._variables, lock=lock)
            if result.status == 0 and self._has_native:
                return "native schema engine"
            if not self._can_be_wasm:
                raise Problem(
                    f"Prisma's schema engine cannot be downloaded, and {self._provider} needs it. "
                    "Name a proxy (HTTPS_PROXY), a mirror (PRISMA_ENGINES_MIRROR) or a copy of the "
                    f"engine ({_ENGINE_VARIABLE}), and run setup again."
                )
            node.install(node.engine_packages, lock)
        return "WebAssembly schema engine"

    def _mirror(self) -> str:
        named = (self._variables.get(name) for name in _MIRROR_VARIABLES)
        return next(filter(None, named), _MIRROR)


def _reaches(url: str) -> bool:
    """Whether a server answers; the CLI would take four seconds to find out."""
    if not url.startswith(("https://", "http://")):
        return False
    request = urllib.request.Request(url, method="HEAD")
    try:
        urllib.request.urlopen(request, timeout=_MIRROR_SECONDS).close()
    except urllib.error.HTTPError:
        return True
    except (OSError, ValueError):
        return False
    return True


def project_variables(env_file: Mapping[str, str]) -> dict[str, str]:
    """What the programs of the project see: the environment goes before ``.env.local``."""
    inherited = {name: value for name, value in os.environ.items() if value}
    return {**{name: value for name, value in env_file.items() if value}, **inherited}
