"""The places of a project's files, and facts that its files state."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from better_auth_setup.generate.files import configured_paths, schema_files, schema_text
from better_auth_setup.problem import Problem
from better_auth_setup.providers import Provider, provider_of


@dataclass(frozen=True)
class Project:
    """A project, by its folder."""

    root: Path

    @classmethod
    def at(cls, folder: Path) -> Project:
        """The project in a folder.

        Raises:
            Problem: there is none.
        """
        if not (folder / "pyproject.toml").exists() or not (folder / "package.json").exists():
            raise Problem(f"There is no project in {folder}; run this in the project's folder.")
        return cls(folder.resolve())

    @property
    def node_modules(self) -> Path:
        return self.root / "node_modules"

    @property
    def cache(self) -> Path:
        """The folder for results of the last run; it may be deleted at any time."""
        return self.node_modules / ".cache" / "better-auth-setup"

    @cached_property
    def _manifest(self) -> dict[str, Any]:
        try:
            return tomllib.loads((self.root / "pyproject.toml").read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise Problem(f"pyproject.toml cannot be read: {error}.") from None

    @property
    def name(self) -> str:
        return str(self._manifest.get("project", {}).get("name", self.root.name))

    @property
    def pushes(self) -> bool:
        """Whether setup manages this database; ``push = "never"`` says that it does not."""
        tool = self._manifest.get("tool", {}).get("better-auth-setup", {})
        return bool(tool.get("push") != "never")

    @cached_property
    def _paths(self) -> tuple[Path, Path]:
        return configured_paths(self.root)

    @property
    def schema(self) -> str:
        """The path of the schema file or folder, relative to the project's folder.

        Raises:
            Problem: prisma.config.ts computes the path, and cannot be run.
        """
        return self._paths[0].as_posix()

    @property
    def migrations(self) -> str:
        """The path of the folder of migrations, relative to the project's folder.

        Raises:
            Problem: prisma.config.ts computes the path, and cannot be run.
        """
        return self._paths[1].as_posix()

    def schema_files(self) -> list[Path]:
        """The schema's files: that of `schema`, or all in the folder.

        Raises:
            Problem: they are not at the path in prisma.config.ts.
        """
        path = self.root / self.schema
        if not path.exists():
            raise Problem(
                f"prisma.config.ts names {self.schema}, which does not exist. If you moved it, "
                "name its new place there; else restore it from git (git log --stat -- "
                f"{self.schema} shows where it went). Setup then adds what updates brought "
                "meanwhile."
            )
        return schema_files(path)

    def schema_text(self) -> str:
        """The text of all schema files, concatenated.

        Raises:
            Problem: Prisma does not take the encoding of one of them.
        """
        return "\n".join(schema_text(path) for path in self.schema_files())

    @property
    def provider(self) -> Provider:
        """The datasource's provider.

        Raises:
            Problem: the schema has none, or one that better-auth cannot use.
        """
        return provider_of(self.schema_text())
