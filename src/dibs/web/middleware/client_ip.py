"""Where a request comes from, and how. What it says of itself counts only from proxies we trust."""

from __future__ import annotations

import re
from ipaddress import IPv6Address, ip_address
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from ipaddress import IPv4Address, IPv4Network, IPv6Network

    from starlette.types import Scope

    Network = IPv4Network | IPv6Network

FORWARDED_FOR = b"x-forwarded-for"
FORWARDED_PROTO = b"x-forwarded-proto"
#: As some proxies write addresses: "9.9.9.8:1234", "[::1]:1234" and "[::1]".
WITH_PORT = re.compile(r"([\d.]+):\d+|\[([\da-fA-F:.]+)\](?::\d+)?", re.ASCII)
#: Whoever has one IPv6 address has as many as they like: a customer's network is one caller.
ONE_CUSTOMER = 64


def address_of(scope: Scope, proxies: Sequence[Network]) -> str:
    """The nearest address that is no trusted proxy, as limits know it."""
    nearest = nearest_address(scope, proxies)
    if nearest is None:
        return scope["client"][0] if scope.get("client") else ""
    return _caller(nearest)


def nearest_address(scope: Scope, proxies: Sequence[Network]) -> IPv4Address | IPv6Address | None:
    """The nearest address that is no trusted proxy, walking back from our own connection; None if
    that has no address."""
    peer = scope["client"][0] if scope.get("client") else ""
    forwarded = b",".join(value for name, value in scope["headers"] if name == FORWARDED_FOR)
    said = [each.strip() for each in forwarded.decode("latin-1").split(",") if each.strip()]
    nearest = _parsed(peer)
    while said and nearest is not None and any(nearest in proxy for proxy in proxies):
        further = _parsed(said.pop())
        if further is None:
            break
        nearest = further
    return nearest


def address_of_peer(peer: str, proxies: Sequence[Network]) -> str | None:
    """The address of the other end of a connection; None if it is a trusted proxy's."""
    address = _parsed(peer)
    if address is None:
        return peer
    return None if any(address in proxy for proxy in proxies) else _caller(address)


def came_by_https(scope: Scope, proxies: Sequence[IPv4Network | IPv6Network]) -> bool:
    """Whether its sender used https, be it with us or with a trusted proxy."""
    if scope.get("scheme") == "https":
        return True
    said = next((value for name, value in scope["headers"] if name == FORWARDED_PROTO), b"")
    if said.partition(b",")[0].strip().lower() != b"https":
        return False
    peer = _parsed(scope["client"][0]) if scope.get("client") else None
    return peer is not None and any(peer in proxy for proxy in proxies)


def _parsed(text: str) -> IPv4Address | IPv6Address | None:
    with_port = WITH_PORT.fullmatch(text)
    try:
        address = ip_address((with_port[1] or with_port[2]) if with_port else text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _caller(address: IPv4Address | IPv6Address) -> str:
    if address.version == 4:
        return str(address)
    return str(ip_address(int(address) >> ONE_CUSTOMER << ONE_CUSTOMER))
