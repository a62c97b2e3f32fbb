"""What ``auth.ts`` decides, as the auth server tells it."""

from __future__ import annotations

import hmac
from typing import Literal

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel


class _Answer(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, frozen=True)


class Cookie(_Answer):
    """The session cookie."""

    name: str
    domain: str | None
    path: str
    same_site: Literal["lax", "none", "strict"]
    secure: bool
    #: Of the cookie that says: end the session with the browser, and never renew it.
    dont_remember_name: str
    #: Of the cookie that caches the session; None without ``session.cookieCache``.
    cache_name: str | None


class SessionRules(_Answer):
    """How long a session lives; times are in seconds."""

    expires_in: int
    update_age: int
    disable_refresh: bool
    #: Whether only ``POST /get-session`` renews a session.
    defer_refresh: bool
    #: Whether the database tells which sessions hold; if not, ask the auth server.
    stored_in_database: bool


class Field(_Answer):
    """A field of a table."""

    column: str
    #: ``string``, ``number``, ``boolean``, ``date``, ``json``, ``string[]``, ``number[]``, or the
    #: values of an enum.
    type: str | list[str]
    required: bool
    #: Whether better-auth tells it to the user.
    returned: bool


class Table(_Answer):
    """A table of better-auth, by the names of the Prisma schema."""

    name: str
    fields: dict[str, Field]


class Tables(_Answer):
    user: Table
    session: Table


class Configuration(_Answer):
    """The answer of ``/internal/configuration``."""

    version: str
    #: ``secret_check`` of the secret that signs.
    secret_check: str
    #: Origins and patterns that ``auth.ts`` trusts, but for those that a function decides.
    trusted_origins: frozenset[str]
    cookie: Cookie
    session: SessionRules
    plugins: frozenset[str]
    tables: Tables


def secret_check(secret: str) -> str:
    """What tells two secrets apart without telling either."""
    digest = hmac.digest(secret.encode(), b"secret-check", "sha256")
    return digest.hex()[:16]
