"""Addresses of calendars, and which networks they may lead into.

A user of the office types the address, and Dibs sends the request from inside the network of the
business. So the address must not lead to anything that only this network can reach, like routers,
databases or the server's own ports. The address of a calendar is a secret: whoever has it can read
the calendar.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import TYPE_CHECKING, Literal
from urllib.parse import SplitResult, quote, urlsplit

import idna

from dibs.plain_text import unprintable_in

if TYPE_CHECKING:
    from collections.abc import Collection

MAX_ADDRESS = 2_000
PORTS = {"http": 80, "https": 443}
#: A number, or numbers with dots. Operating systems take more of these for IP addresses than
#: `ip_address` does.
NUMERIC = re.compile(r"(0x[0-9a-f]*|\d+)(\.(0x[0-9a-f]*|\d+))*\.?")
#: These IPv6 addresses lead to the IPv4 address in their last four bytes.
NAT64 = ip_network("64:ff9b::/96")
#: Characters that may be in a path or a query as they are.
LITERAL = "/?%:@!$&'()*+,;=~-._"


@dataclass(frozen=True)
class CalendarAddress:
    """The address of a calendar. `host` is in lower case and ASCII; an IPv6 address has no
    brackets. `target` is the path with the query, as an HTTP request has it."""

    scheme: Literal["http", "https"]
    host: str
    port: int
    target: str

    @property
    def authority(self) -> str:
        """The host with its port, unless that is the usual one, as in a URL."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def text(self) -> str:
        """The whole address, which is a secret."""
        return f"{self.scheme}://{self.authority}{self.target}"

    @property
    def shortened(self) -> str:
        """The part of the address that may be shown."""
        return f"{self.scheme}://{self.authority}/…"


def parse_address(text: str) -> CalendarAddress:
    """Read an address as people copy it. Raises ValueError, whose text doesn't contain the
    address."""
    text = text.strip()
    if not text or len(text) > MAX_ADDRESS or " " in text or unprintable_in(text):
        raise ValueError("it is no address of a calendar")
    parts = _split(text)
    scheme = {"webcal": "https", "webcals": "https"}.get(parts.scheme, parts.scheme)
    if scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
        raise ValueError("it is no address like https://HOST/…")
    target = quote(parts.path or "/", safe=LITERAL)
    if parts.query:
        target += "?" + quote(parts.query, safe=LITERAL)
    port = PORTS[scheme] if parts.port is None else parts.port
    if port == 0:
        raise ValueError("it has no port to connect to")
    kind: Literal["http", "https"] = "https" if scheme == "https" else "http"
    return CalendarAddress(kind, _host_of(parts.hostname), port, target)


def _split(text: str) -> SplitResult:
    """Split an address into its parts. Raises ValueError, also if the port is not valid."""
    try:
        parts = urlsplit(text)
        # The port is only read when it is asked for, and that error would contain the address.
        _ = parts.port
    except ValueError:
        raise ValueError("it is no address like https://HOST/…") from None
    return parts


def _host_of(text: str) -> str:
    try:
        return str(ip_address(text))
    except ValueError:
        pass
    if NUMERIC.fullmatch(text) or "%" in text:
        raise ValueError("its host is no name and no usual IP address")
    try:
        return text.encode("ascii").decode() if text.isascii() else idna.encode(text).decode()
    except idna.IDNAError:
        raise ValueError("its host is no name") from None


def may_connect(ip: str, address: CalendarAddress, named: Collection[str]) -> bool:
    """Tell whether Dibs may connect to an IP address of the host. `named` has the hosts, with or
    without their port, that may be in any network."""
    if address.host in named or f"{address.authority}" in named:
        return True
    return is_public(ip_address(ip.partition("%")[0]))


def is_public(ip: IPv4Address | IPv6Address) -> bool:
    """Tell whether an IP address belongs to the public internet, where it is the same host for
    everybody."""
    if isinstance(ip, IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour
        if inner is None and ip in NAT64:
            inner = IPv4Address(ip.packed[-4:])
        if inner is not None:
            return is_public(inner)
        if ip.is_site_local or ip.teredo is not None:
            return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)
