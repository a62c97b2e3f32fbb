"""Imports the project's better-auth, without what only a running application needs.

Importing SQLAlchemy and a driver takes longer than all the rest of *generate*, which opens no
connection. So while the configuration is imported, ``prisma_adapter`` gives an adapter that knows
the names it was told and nothing else, and ``create_prisma_engine`` an engine that is made when
something of it is used.
"""

from __future__ import annotations

import traceback
from collections.abc import Mapping
from functools import cached_property, partial
from importlib.metadata import entry_points
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import better_auth_prisma
from better_auth import BetterAuth, MemoryAdapter
from better_auth.config import AdvancedDatabase

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine


class ConfigurationError(Exception):
    """Why there is no configuration to work with, in a sentence."""


class NamedAdapter(MemoryAdapter):
    """What ``prisma_adapter`` was told about the names in the database."""

    def __init__(
        self,
        tables: Mapping[str, str],
        columns: Mapping[str, Mapping[str, str]],
        advanced: AdvancedDatabase | None,
    ) -> None:
        super().__init__(advanced)
        self._table_names = tables
        self._column_names = columns


class _LaterEngine:
    """An engine that is made as soon as an attribute of it is asked for."""

    def __init__(self, url: str, **options: Any) -> None:
        self._make = partial(_create_prisma_engine, url, **options)

    @cached_property
    def _engine(self) -> AsyncEngine:
        return self._make()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._engine, name)


def _create_prisma_engine(url: str, **options: Any) -> AsyncEngine:
    from better_auth_prisma.database_url import create_prisma_engine

    return create_prisma_engine(url, **options)


def _prisma_adapter(
    engine: object,
    *,
    provider: str,
    tables: Mapping[str, str] | None = None,
    columns: Mapping[str, Mapping[str, str]] | None = None,
    advanced: AdvancedDatabase | None = None,
) -> NamedAdapter:
    return NamedAdapter(tables or {}, columns or {}, advanced)


def load_auth() -> BetterAuth:
    """The project's better-auth, from the entry point ``auth`` of ``better_auth_prisma``.

    An entry point, as ``pyproject.toml`` cannot be read by Python 3.10 alone.

    Raises:
        ConfigurationError: there is none, or it cannot be imported.
    """
    found = list(entry_points(group="better_auth_prisma", name="auth"))
    if not found:
        raise ConfigurationError("The project is not installed. Run: python3 scripts/setup.py")
    instead: dict[str, object] = {
        "prisma_adapter": _prisma_adapter,
        "create_prisma_engine": _LaterEngine,
        "DatabaseUrlError": ValueError,
    }
    vars(better_auth_prisma).update(instead)
    try:
        auth = found[0].load()
    except Exception as error:
        # The configuration is the user's own code: whatever is wrong there, say where it is.
        said = traceback.format_exception_only(error)[-1].strip()
        place = _place(error, found[0].module)
        raise ConfigurationError(
            f"{found[0].value} cannot be imported: {said} ({place})"
        ) from error
    finally:
        for name in instead:
            delattr(better_auth_prisma, name)
    if not isinstance(auth, BetterAuth):
        raise ConfigurationError(
            f"{found[0].value} is a {type(auth).__name__}; it must be a BetterAuth."
        )
    return auth


def _place(error: Exception, module: str) -> str:
    """The line of the project that an error comes from; else the line that raised it."""
    if isinstance(error, SyntaxError):
        return f"{error.filename}, line {error.lineno}"
    package = find_spec(module.split(".")[0])
    folders = list(package.submodule_search_locations or ()) if package else []
    frames = traceback.extract_tb(error.__traceback__)
    own = [one for one in frames if any(one.filename.startswith(folder) for folder in folders)]
    last = (own or frames)[-1]
    return f"{last.filename}, line {last.lineno}"
