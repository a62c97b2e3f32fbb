"""CSRF protection: compares the ``Origin`` header with better-auth's trusted origins.

The matching rules are better-auth's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from ipaddress import AddressValueError, IPv4Address
from urllib.parse import SplitResult, urlsplit

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_DEFAULT_PORTS = {"http": 80, "https": 443}
_ADDRESS_PATTERN = re.compile(r"(?=.*\d)[\d*?.]+")


def is_write(scope: Mapping[str, object]) -> bool:
    """Whether an ASGI request has an unsafe method; a WebSocket counts as unsafe."""
    return scope.get("method") not in _SAFE_METHODS


def origin_of(headers: Iterable[tuple[bytes, bytes]], scheme: str = "http") -> str | None:
    """The origin of a request, from ``Origin`` or else ``Referer``; None without exactly one.

    With ``Referrer-Policy: no-referrer`` browsers send ``Origin: null``. If ``Sec-Fetch-Site`` is
    ``same-origin``, the origin is then that of the request's ``Host``.

    Args:
        headers: the headers of an ASGI scope.
        scheme: the scheme of the base URL: behind a proxy, the scope's may differ.
    """
    found: dict[bytes, list[str]] = {}
    for name, value in headers:
        if name in (b"origin", b"referer", b"sec-fetch-site", b"host"):
            found.setdefault(name, []).append(value.decode("latin-1"))
    origins = found.get(b"origin") or found.get(b"referer") or []
    if origins == ["null"] and found.get(b"sec-fetch-site") == ["same-origin"]:
        origins = [f"{scheme}://{host}" for host in found.get(b"host", [])]
    return _origin(origins[0]) if len(origins) == 1 else None


def is_trusted(origin: str | None, trusted: Iterable[str]) -> bool:
    """Whether an origin matches one of ``trusted``.

    Args:
        origin: the result of `origin_of`.
        trusted: origins (``https://app.example.com``), patterns of origins
            (``https://*.example.com``) or of hosts (``*.example.com``). As in better-auth, ``*``
            also matches dots.
    """
    return origin is not None and any(_matches(origin, pattern) for pattern in trusted)


def _matches(origin: str, pattern: str) -> bool:
    if "*" not in pattern and "?" not in pattern:
        return origin == pattern
    scheme, _, authority = pattern.rpartition("://")
    host = origin.partition("://")[2]
    if not _compiled(pattern).fullmatch(origin if scheme else host):
        return False
    # 192.168.*.* must not match the host name 192.168.evil.example.
    if _ADDRESS_PATTERN.fullmatch(authority.partition(":")[0]):
        try:
            IPv4Address(host.partition(":")[0])
        except AddressValueError:
            return False
    return True


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """A pattern as better-auth compiles it: ``*`` and ``?`` match anything, ``\\`` escapes."""
    parts = re.findall(r"\\.|.", pattern, re.DOTALL)
    wildcards = {"*": ".*", "?": "."}
    return re.compile("".join(wildcards.get(p) or re.escape(p[-1]) for p in parts))


def _origin(url: str) -> str | None:
    """The normalized origin of a URL."""
    try:
        parts = urlsplit(url)
        return _joined(parts)
    except ValueError:
        return None


def _joined(parts: SplitResult) -> str | None:
    if not parts.scheme or not parts.hostname or parts.username is not None:
        return None
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    if parts.port is None or parts.port == _DEFAULT_PORTS.get(parts.scheme):
        return f"{parts.scheme}://{host}"
    return f"{parts.scheme}://{host}:{parts.port}"
