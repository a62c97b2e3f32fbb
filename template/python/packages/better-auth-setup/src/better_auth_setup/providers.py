"""The providers of Prisma that better-auth can use, from ``providers.json``."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from importlib.resources import files
from typing import Literal

from better_auth_setup.problem import Problem

_DATASOURCE = re.compile(r'^\s*datasource\s+\w+\s*\{[^}]*?^\s*provider\s*=\s*"(\w+)"', re.M | re.S)


@dataclass(frozen=True)
class Columns:
    """Rules of better-auth's own generator for the types of columns."""

    #: Whether lists and Json are native.
    lists: bool
    #: The type of numeric ids.
    serial: str
    #: Whether ids can have the native type Uuid.
    uuid: bool
    #: The native type of a String without limit, where the default has one.
    text: str | None


@dataclass(frozen=True)
class Provider:
    """A provider, by Prisma's name."""

    name: str
    label: str
    schemes: list[str]
    form: Literal["server", "file", "properties"]
    port: int
    #: The protocol of its servers; None if they cannot be recognized by it.
    protocol: Literal["PostgreSQL", "MySQL"] | None
    #: Whether setup can start an embedded server.
    embedded: bool
    #: Whether Prisma's schema engine has a WebAssembly build for it.
    wasm: bool
    columns: Columns

    @property
    def is_file(self) -> bool:
        return self.form == "file"

    @property
    def placeholder(self) -> str:
        """A URL that can be parsed, of a database that does not exist."""
        forms = {
            "server": "://nobody@localhost/none",
            "file": ":./none.db",
            "properties": "://localhost;database=none",
        }
        return self.schemes[0] + forms[self.form]


def _load() -> dict[str, Provider]:
    text = files("better_auth_setup").joinpath("providers.json").read_text("utf-8")
    return {
        entry["name"]: Provider(**{**entry, "columns": Columns(**entry["columns"])})
        for entry in json.loads(text)
    }


PROVIDERS = _load()


def provider_of(schema: str) -> Provider:
    """The provider of the datasource in a schema's text.

    Raises:
        Problem: the schema has none, or one that better-auth cannot use.
    """
    found = _DATASOURCE.search(schema)
    if not found:
        raise Problem(
            "The schema has no datasource with a provider. Add one, or name the whole folder."
        )
    name = "postgresql" if found[1] == "postgres" else found[1]
    if name not in PROVIDERS:
        raise Problem(
            f"The datasource's provider is {name!r}, which is not supported. Use "
            f"{', '.join(PROVIDERS)}."
        )
    return PROVIDERS[name]
