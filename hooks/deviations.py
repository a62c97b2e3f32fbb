"""Where the official generator writes what Prisma refuses, and what is written instead."""

from __future__ import annotations

#: MySQL and SQLite have no lists: better-auth keeps them as text there, but its generator still
#: gives the text the default of a list, which Prisma refuses. better-auth fills in the default
#: itself, so the column needs none.
LIST_DEFAULT = "@default([])"


def prisma_can_read(provider: str, type_: str, attributes: str) -> tuple[str, str]:
    """A field's type and attributes, without what Prisma refuses on the provider."""
    if not type_.endswith("[]"):
        attributes = attributes.replace(LIST_DEFAULT, "").strip()
    return type_, attributes
