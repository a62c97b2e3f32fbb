"""Speeds httpx up in the tests' own processes: its clients share one TLS context.

Each client loads all certificate authorities, which takes longer than the request of a test, and
so does `httpx.get`, by which tests wait for servers.
"""

from __future__ import annotations

import ssl
from functools import cache
from typing import Any

from httpx._transports import default

_create: Any = getattr(default, "create_ssl_context")  # noqa: B009
_shared = cache(_create)


def _create_once(verify: Any = True, cert: Any = None, trust_env: bool = True) -> ssl.SSLContext:
    is_usual = verify is True and cert is None and trust_env
    context: ssl.SSLContext = _shared() if is_usual else _create(verify, cert, trust_env)
    return context


def install() -> None:
    """Patches httpx, for the rest of this process."""
    setattr(default, "create_ssl_context", _create_once)  # noqa: B010
