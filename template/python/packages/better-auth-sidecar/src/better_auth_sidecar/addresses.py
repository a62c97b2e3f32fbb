"""The client's address, which rate limits count by and sessions record."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

from starlette.exceptions import HTTPException
from starlette.types import Receive, Scope, Send

from better_auth_sidecar.settings import UNIX

#: Where the scope keeps the peer that Uvicorn's proxy headers replaced.
_PEER = "better_auth_sidecar.peer"

_Address = IPv4Address | IPv6Address


def address_header(secret: str) -> str:
    """The request header that carries the client's address to the auth server.

    Its name is derived from the secret, so that no client can send it.
    """
    name = hmac.digest(secret.encode(), b"client-address", "sha256").hex()[:32]
    return f"x-client-address-{name}"


def keep_peers() -> None:
    """Patches Uvicorn's ``ProxyHeadersMiddleware`` to keep the peer's address in the scope.

    Uvicorn overwrites the peer with ``X-Forwarded-For`` if it trusts the peer: by default every
    client on this machine, in development and behind a local proxy. Afterwards the two cannot be
    told apart (`X-Forwarded-For: 10.0.0.1:5000` even sets a port). ``scope["client"]`` stays as
    Uvicorn sets it.
    """
    try:
        from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware
    except ModuleNotFoundError as error:
        if error.name == "uvicorn":
            return  # hypercorn and others do not overwrite the peer
        raise RuntimeError(
            "Use another version of uvicorn: this one hides the addresses of callers."
        ) from error
    rewrite = ProxyHeadersMiddleware.__call__
    if getattr(rewrite, _PEER, False):
        return

    async def __call__(self: Any, scope: Any, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            scope.setdefault(_PEER, scope.get("client"))
        await rewrite(self, scope, receive, send)  # type: ignore[arg-type]

    setattr(__call__, _PEER, True)
    ProxyHeadersMiddleware.__call__ = __call__  # type: ignore[assignment, method-assign]


class Callers:
    """Finds the client's address of a request.

    Args:
        trusted_proxies: addresses and networks whose ``X-Forwarded-For`` is trusted; ``unix:`` for
            proxies that connect by a unix socket.
    """

    def __init__(self, trusted_proxies: Sequence[str]) -> None:
        self._trusts_unix = UNIX in trusted_proxies
        self._networks = [ip_network(p, strict=False) for p in trusted_proxies if p != UNIX]

    def address(self, scope: Scope) -> str | None:
        """The client's address; None if it is unknown.

        It is the peer's address. If the peer is a trusted proxy, it is the last address in
        ``X-Forwarded-For`` that is not a trusted proxy.

        Raises:
            HTTPException: several ``X-Forwarded-For`` lines, one of them maybe a trailer.
        """
        client = scope[_PEER] if _PEER in scope else scope.get("client")
        address = _parse(client[0]) if client else None
        is_trusted = self._trusts(address) if client else self._trusts_unix
        if is_trusted:
            names = [name for name, _ in scope["headers"]]
            # Uvicorn appends the trailers of a chunked body to the headers, and proxies pass a
            # caller's trailers on: the last of several lines may be the caller's.
            if names.count(b"x-forwarded-for") > 1 and b"transfer-encoding" in names:
                raise HTTPException(400, "Send X-Forwarded-For once, or no chunked body")
            found = [v.decode("latin-1") for k, v in scope["headers"] if k == b"x-forwarded-for"]
            for hop in reversed(",".join(found).split(",")):
                forwarded = _parse(hop.strip())
                if forwarded is None:
                    break  # not written by a trusted proxy, and neither is what precedes it
                address = forwarded
                if not self._trusts(forwarded):
                    break
        return None if address is None else str(address)

    def _trusts(self, address: _Address | None) -> bool:
        return address is not None and any(address in network for network in self._networks)


@lru_cache(maxsize=4096)
def _read(text: str) -> _Address | None:
    """Parses an address with or without a port, which some proxies append."""
    host, _, port = text.rpartition(":")
    if text.startswith("[") and "]" in text:
        text = text[1 : text.index("]")]
    elif host and ":" not in host and port.isdigit():
        text = host
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return (address.version == 6 and address.ipv4_mapped) or address


def _parse(text: str) -> _Address | None:
    return _read(text) if len(text) < 64 else None  # no address is longer: keeps the cache small
