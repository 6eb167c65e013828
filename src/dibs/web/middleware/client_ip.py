"""Finds out the client's IP address, and whether it used https.

Forwarded headers only count if they come from a trusted proxy.
"""

from __future__ import annotations

import re
from functools import lru_cache
from ipaddress import IPv6Address, ip_address
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from ipaddress import IPv4Address, IPv4Network, IPv6Network

    from starlette.types import Scope

    Network = IPv4Network | IPv6Network

FORWARDED_FOR = b"x-forwarded-for"
FORWARDED_PROTO = b"x-forwarded-proto"
#: Some proxies write addresses like "9.9.9.8:1234", "[::1]:1234" and "[::1]".
WITH_PORT = re.compile(r"([\d.]+):\d+|\[([\da-fA-F:.]+)\](?::\d+)?", re.ASCII)
#: Bits of an IPv6 address that name the network. A network has very many addresses, so for limits
#: all addresses of one network count as one.
IPV6_NETWORK_BITS = 64


def address_of(scope: Scope, proxies: Sequence[Network]) -> str:
    """Return the client's address, as limits count it: for IPv6 the address of its network."""
    nearest = nearest_address(scope, proxies)
    if nearest is None:
        return scope["client"][0] if scope.get("client") else ""
    return _limit_key(nearest)


def nearest_address(scope: Scope, proxies: Sequence[Network]) -> IPv4Address | IPv6Address | None:
    """Return the address nearest to Dibs that is no trusted proxy.

    Returns None if the connection has no IP address (a socket in the file system).
    """
    peer = scope["client"][0] if scope.get("client") else ""
    forwarded = b",".join(value for name, value in scope["headers"] if name == FORWARDED_FOR)
    said = [each.strip() for each in forwarded.decode("latin-1").split(",") if each.strip()]
    nearest = _parse(peer)
    while said and nearest is not None and any(nearest in proxy for proxy in proxies):
        further = _parse(said.pop())
        if further is None:
            break
        nearest = further
    return nearest


def address_of_peer(peer: str, proxies: Sequence[Network]) -> str | None:
    """Return the address of the other end of a connection, as limits count it. Returns None if it
    is a trusted proxy."""
    address = _parse(peer)
    if address is None:
        return peer
    return None if any(address in proxy for proxy in proxies) else _limit_key(address)


def came_by_https(scope: Scope, proxies: Sequence[IPv4Network | IPv6Network]) -> bool:
    """Tell whether the client used https on its connection to Dibs or to a trusted proxy."""
    if scope.get("scheme") == "https":
        return True
    said = next((value for name, value in scope["headers"] if name == FORWARDED_PROTO), b"")
    if said.partition(b",")[0].strip().lower() != b"https":
        return False
    peer = _parse(scope["client"][0]) if scope.get("client") else None
    return peer is not None and any(peer in proxy for proxy in proxies)


@lru_cache(maxsize=10_000)
def _parse(text: str) -> IPv4Address | IPv6Address | None:
    with_port = WITH_PORT.fullmatch(text)
    try:
        address = ip_address((with_port[1] or with_port[2]) if with_port else text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _limit_key(address: IPv4Address | IPv6Address) -> str:
    if address.version == 4:
        return str(address)
    return str(ip_address(int(address) >> IPV6_NETWORK_BITS << IPV6_NETWORK_BITS))
