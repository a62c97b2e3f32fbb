"""The address of a client, which a client cannot forge.

Rate limits count by it and sessions record it, so a header is believed only when a proxy of ours
wrote it. That is stricter than better-auth-server itself, whose FastAPI integration takes the
first hop of any ``X-Forwarded-For``.
"""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Sequence

from better_auth.config import IPAddressOptions
from better_auth.ip import normalize_ip
from starlette.requests import HTTPConnection

_Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_THIS_MACHINE = "127.0.0.1"


def client_address(connection: HTTPConnection, options: IPAddressOptions) -> str | None:
    """The address of the client that a request comes from, normalized for rate limits.

    Without ``trusted_proxies`` it is the other end of the connection, whatever the headers say.
    With them, the header is read from its end, as far as trusted proxies wrote it.

    Returns:
        The address, or None when there is none to know or a trusted proxy sent nonsense.
    """
    hops = _hops(connection, options.ip_address_headers)
    peer = _peer(connection, hops)
    networks = [ipaddress.ip_network(proxy, strict=False) for proxy in options.trusted_proxies]
    for address in (peer, *reversed(hops)):
        if not _is_address(address):
            return None
        if not _is_trusted(address, networks):
            return normalize_ip(address, options.ipv6_subnet)
    return normalize_ip(peer, options.ipv6_subnet)


def _hops(connection: HTTPConnection, names: Sequence[str]) -> list[str]:
    """The addresses in the first of these headers that is there, the nearest one last."""
    for name in names:
        values = connection.headers.getlist(name)
        if values:
            return [_without_port(hop.strip()) for hop in ",".join(values).split(",")]
    return []


def _peer(connection: HTTPConnection, hops: list[str]) -> str:
    peer = connection.client.host if connection.client else ""
    # Uvicorn replaces the peer's address by what the header says when the peer is on this
    # machine, unless it was told which proxies to trust. Take that back: here, TRUSTED_PROXIES
    # is what decides.
    if peer in hops and "FORWARDED_ALLOW_IPS" not in os.environ:
        return _THIS_MACHINE
    return peer


def _without_port(hop: str) -> str:
    if hop.startswith("["):
        return hop[1:].partition("]")[0]
    return hop.partition(":")[0] if hop.count(":") == 1 else hop


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _is_trusted(text: str, networks: list[_Network]) -> bool:
    address = ipaddress.ip_address(text)
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    return any(address in network for network in networks)
