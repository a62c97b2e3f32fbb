"""The part of ``auth.ts`` that Python needs: the response of ``/internal/configuration``."""

from __future__ import annotations

import hmac

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel


class _Answer(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, frozen=True)


class Cookie(_Answer):
    """The session cookie."""

    name: str
    #: The name of the cookie for ``rememberMe: false``: such a session is never renewed.
    dont_remember_name: str


class SessionRules(_Answer):
    """Expiry and renewal of sessions; times are in seconds."""

    expires_in: int
    update_age: int
    disable_refresh: bool
    #: Whether only ``POST /get-session`` renews a session.
    defer_refresh: bool
    #: False if sessions are valid without a row in the database, as with secondary storage.
    stored_in_database: bool


class Field(_Answer):
    """A field of a table."""

    column: str
    #: ``string``, ``number``, ``boolean``, ``date``, ``json``, ``string[]``, ``number[]``, or the
    #: values of an enum; ``transformed`` if ``transform.output`` of auth.ts makes the value.
    type: str | list[str]
    required: bool
    #: Whether better-auth's responses include it.
    returned: bool


class Table(_Answer):
    """A table of better-auth, with the names of the Prisma schema."""

    name: str
    fields: dict[str, Field]


class Tables(_Answer):
    user: Table
    session: Table


class Configuration(_Answer):
    """The response of ``/internal/configuration``."""

    #: ``secret_check`` of the secret that signs.
    secret_check: str
    #: Trusted origins and patterns; without those of a ``trustedOrigins`` function.
    trusted_origins: frozenset[str]
    cookie: Cookie
    session: SessionRules
    plugins: frozenset[str]
    tables: Tables


def secret_check(secret: str) -> str:
    """A digest by which two servers compare their secrets without revealing them."""
    digest = hmac.digest(secret.encode(), b"secret-check", "sha256")
    return digest.hex()[:16]
