"""Deviations from the official generator, where Prisma refuses its output."""

from __future__ import annotations

from typing import NamedTuple

#: MySQL and SQLite have no lists: better-auth keeps them as text there, but its generator still
#: gives the text the default of a list, which Prisma refuses. better-auth fills in the default
#: itself, so the column needs none.
LIST_DEFAULT = "@default([])"


class InvalidUpstream(NamedTuple):
    """A feature whose official schema Prisma refuses on a provider.

    If no schema can hold what better-auth writes, ``refuses`` in ``providers.jinja`` has the
    plugin, too.
    """

    provider: str
    feature: str
    error: str


INVALID_UPSTREAM = [
    InvalidUpstream("mysql", "oauth-provider", "The default value of a non-list field"),
    InvalidUpstream("sqlite", "oauth-provider", "The default value of a non-list field"),
    InvalidUpstream("sqlserver", "oauth-provider", "does not support lists of primitive types"),
    InvalidUpstream("sqlserver", "scim", "through multiple paths"),
]


def prisma_can_read(type_: str, attributes: str) -> tuple[str, str]:
    """A field's type and attributes, without what Prisma refuses."""
    if not type_.endswith("[]"):
        attributes = attributes.replace(LIST_DEFAULT, "").strip()
    return type_, attributes
