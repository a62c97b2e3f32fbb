"""Changes httpx's defaults in the tests' own processes.

- Clients share one TLS context. Each would load all certificate authorities, which takes longer
  than the request of a test, and so does `httpx.get`, by which tests wait for servers.
- An answer may take a minute instead of five seconds: a slow machine is not a failure.
"""

from __future__ import annotations

import inspect
import ssl
from functools import cache
from typing import Any

import httpx
from httpx._transports import default

_create: Any = getattr(default, "create_ssl_context")  # noqa: B009
_shared = cache(_create)


def _create_once(verify: Any = True, cert: Any = None, trust_env: bool = True) -> ssl.SSLContext:
    is_usual = verify is True and cert is None and trust_env
    context: ssl.SSLContext = _shared() if is_usual else _create(verify, cert, trust_env)
    return context


_WITH_TIMEOUT: tuple[Any, ...] = (
    httpx.Client.__init__,
    httpx.AsyncClient.__init__,
    *(getattr(httpx, name) for name in ("delete", "get", "head", "options", "patch", "post")),
    *(httpx.put, httpx.request, inspect.unwrap(httpx.stream)),
)


def install() -> None:
    """Patches httpx, for the rest of this process."""
    setattr(default, "create_ssl_context", _create_once)  # noqa: B010
    for function in _WITH_TIMEOUT:
        defaults: dict[str, Any] = function.__kwdefaults__
        assert "timeout" in defaults
        defaults["timeout"] = httpx.Timeout(60)
