"""Runs Prisma's CLI with the schema engine that fits the project."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from better_auth_setup.generate.document import client_folders, read
from better_auth_setup.node import Packages, node, node_environment
from better_auth_setup.problem import Problem
from better_auth_setup.programs import Result, run
from better_auth_setup.project import Project
from better_auth_setup.settings import Settings

_ENGINE_VARIABLE = "PRISMA_SCHEMA_ENGINE_BINARY"
_QUIET = {"PRISMA_HIDE_UPDATE_MESSAGE": "1", "CHECKPOINT_DISABLE": "1", "NO_COLOR": "1"}
_PASSWORD = re.compile(r"(postgres(?:ql)?://[^:@/?]*:)([^@/?]+)(@.*)", re.S)
_POOLED = re.compile(r"unsupported startup parameter|prepared statement \"s\d+\"")
_TITLE = re.compile(r"\s*Prisma schema validation - .*\n(Error code: .*\n)?(error: )?")
_REFUSED = re.compile(r"P1000\b[^`]*`([^`]+)`[^`]*`([^`]+)`")


@dataclass(frozen=True)
class Prisma:
    """Prisma's CLI in a project, with these environment variables."""

    project: Project
    variables: Mapping[str, str]

    @property
    def command(self) -> list[str]:
        """The command that starts it."""
        cli = self.project.node_modules / "prisma" / "build" / "index.js"
        return [str(node()), str(cli)]

    @property
    def substitute(self) -> Packages:
        """The npm packages of the WebAssembly schema engine."""
        return Packages(self.project.root / "packages" / "better-auth-setup" / "schema-engine")

    def run(self, *arguments: str) -> Result:
        variables = dict(self.variables)
        if self.substitute.is_current and not variables.get(_ENGINE_VARIABLE):
            variables = _masked(variables)
        return run(
            [*self.command, *arguments],
            env=node_environment(**{**variables, **_QUIET}),
            directory=self.project.root,
        )

    def failure(self, what: str, result: Result) -> Problem:
        """The problem of a failed command: the remedy for a known cause, else the CLI's error."""
        if _POOLED.search(result.output):
            return Problem(
                "Set DIRECT_URL to the database's URL past the pooler, which Prisma's CLI cannot "
                "use."
            )
        if found := _REFUSED.search(result.output):
            settings = Settings(self.project.root)
            name = "DIRECT_URL" if settings.direct_url else "DATABASE_URL"
            return Problem(
                f'The database server at {found[1]} does not accept the password of "{found[2]}"; '
                f"correct {settings.place(name)}."
            )
        return Problem(f"`prisma {what}` failed: {reason(result)}.".removesuffix("\n."))


def _masked(variables: dict[str, str]) -> dict[str, str]:
    """The variables with placeholders for the passwords of database URLs.

    The CLI passes the URL to the engine as a command-line argument, which other users can see in
    the process list; our engine replaces the placeholders.
    """
    masked = dict(variables)
    for name, value in variables.items():
        if found := _PASSWORD.fullmatch(value):
            masked[name] = f"{found[1]}PASSWORD_OF_{name}{found[3]}"
            masked[f"PASSWORD_OF_{name}"] = found[2]
    return masked


def reason(result: Result) -> str:
    """The CLI's error: on one line, unless it quotes lines of the schema."""
    _, found, message = result.output.partition("Error:")
    if not found:
        return result.reason
    words = re.split(r"\n   0: |\n    at |\nPrisma CLI Version|\nValidation Error Count", message)[
        0
    ]
    words = _TITLE.sub("", words).strip().rstrip(".")
    if re.search(r"^ *-->", words, re.M):
        return f"\n{words}\n"
    migration = re.search(r'migration_name="([^"]+)"', result.output)
    return (f"{migration[1]}: " if migration else "") + " ".join(words.split())


@dataclass(frozen=True)
class Client:
    """The Prisma client that ``prisma generate`` writes, if the schema has a generator for one."""

    prisma: Prisma

    @property
    def is_wanted(self) -> bool:
        return bool(self._outputs())

    @property
    def is_current(self) -> bool:
        stamp = self._stamp
        return (
            stamp.exists()
            and stamp.read_text() == self._digest()
            and all(path.exists() for path in self._outputs())
        )

    def generate(self) -> None:
        """Generates the client unless it is current.

        Raises:
            Problem: Prisma cannot generate it.
        """
        if self.is_current:
            return
        self._stamp.unlink(missing_ok=True)
        result = self.prisma.run("generate")
        if result.status:
            raise self.prisma.failure("generate", result)
        self._stamp.parent.mkdir(parents=True, exist_ok=True)
        self._stamp.write_text(self._digest())

    @property
    def _stamp(self) -> Path:
        return self.prisma.project.cache / "client"

    def _outputs(self) -> list[Path]:
        """The output folders of the schema's generators."""
        project = self.prisma.project
        default = project.node_modules / ".prisma" / "client"
        found = client_folders(map(read, project.schema_files()))
        return [folder or default for folder in found]

    def _digest(self) -> str:
        cli = self.prisma.project.node_modules / "prisma" / "package.json"
        text = self.prisma.project.schema_text() + (cli.read_text("utf-8") if cli.exists() else "")
        # Others write the client, too, perhaps from another schema.
        files = sorted(file for folder in self._outputs() for file in folder.rglob("*"))
        written = [f"{file.name} {file.stat().st_mtime_ns}" for file in files]
        return hashlib.sha256("\n".join([text, *written]).encode()).hexdigest()


class Engine:
    """Prisma's schema engine: its WebAssembly build, or the native one where there is no build.

    The CLI gives the native one the URL as an argument, which other users can see in the process
    list, and a failure of it can leave SQLite without a table that it was about to replace.
    """

    def __init__(self, prisma: Prisma) -> None:
        self._prisma = prisma
        self._project = prisma.project
        self._named = prisma.variables.get(_ENGINE_VARIABLE, "")
        self._provider = prisma.project.provider
        self._wasm = prisma.substitute

    @property
    def is_chosen(self) -> bool:
        """Whether an engine is available, or was chosen earlier; makes no network request."""
        return bool(self._named) or self._has_native or self._wasm.is_current

    @property
    def _has_native(self) -> bool:
        return not self._can_be_wasm and any(
            (self._project.node_modules / "@prisma/engines").glob("schema-engine-*")
        )

    @property
    def _can_be_wasm(self) -> bool:
        return self._provider.wasm and self._wasm.folder.exists()

    def prepare(self) -> None:
        """Installs the WebAssembly engine early if it is known to be needed.

        It needs none of the project's npm packages, so it can be installed at the same time.

        Raises:
            Problem: the variable names no file, or the packages cannot be installed.
        """
        if self._named and not (self._project.root / self._named).is_file():
            raise Problem(f"{_ENGINE_VARIABLE} names {self._named}, which is not a file.")
        if self._can_be_wasm and not self._named:
            self._wasm.install()

    def choose(self) -> str:
        """Chooses an engine and installs it if needed; returns which, in words.

        Raises:
            Problem: there is no engine for this provider.
        """
        if self._named:
            return f"its schema engine is named by {_ENGINE_VARIABLE}"
        if self._has_native:
            return "native schema engine"
        if self._can_be_wasm:
            self._wasm.install()
            return "WebAssembly schema engine"
        # The CLI itself downloads the native engine on demand.
        if self._prisma.run("version").status == 0 and self._has_native:
            return "native schema engine"
        raise Problem(
            f"Prisma's schema engine cannot be downloaded, and {self._provider.name} needs it. "
            "Name a proxy (HTTPS_PROXY), a mirror (PRISMA_ENGINES_MIRROR) or a copy of the "
            f"engine ({_ENGINE_VARIABLE}), and run setup again."
        )
