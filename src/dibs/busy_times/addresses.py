"""Addresses of calendars, and which networks they may lead into.

An address is typed by somebody who may use the office, and Dibs asks it from inside the network of
the business. So it must not lead to what only that network can reach: routers, databases, the
server's own ports. The address of a calendar is a secret: whoever has it reads the calendar.
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
#: A number, or digits with dots: systems read more of these as addresses than `ip_address` does.
NUMERIC = re.compile(r"(0x[0-9a-f]*|\d+)(\.(0x[0-9a-f]*|\d+))*\.?")
#: The last four bytes of these addresses are an IPv4 address, to which they lead.
NAT64 = ip_network("64:ff9b::/96")
#: What may be in a path or a query as it is.
LITERAL = "/?%:@!$&'()*+,;=~-._"


@dataclass(frozen=True)
class CalendarAddress:
    """`host` is in lower case and ASCII, an IPv6 address without brackets. `target` is the path
    with the query, as a request has it."""

    scheme: Literal["http", "https"]
    host: str
    port: int
    target: str

    @property
    def authority(self) -> str:
        """The host as addresses and requests write it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def text(self) -> str:
        """The whole address: a secret."""
        return f"{self.scheme}://{self.authority}{self.target}"

    @property
    def shortened(self) -> str:
        """What may be shown of it."""
        return f"{self.scheme}://{self.authority}/…"


def parse_address(text: str) -> CalendarAddress:
    """Read an address as people copy it. Raises ValueError, which doesn't contain the address."""
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
    """Raises ValueError, also where a part that is read later can't be read."""
    try:
        parts = urlsplit(text)
        # It is read from the text each time, and what it raises names the text.
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
    """Whether an IP address, to which the host resolved, may be connected to. `named` are hosts,
    with their port or without, that may be anywhere."""
    if address.host in named or f"{address.authority}" in named:
        return True
    return is_public(ip_address(ip.partition("%")[0]))


def is_public(ip: IPv4Address | IPv6Address) -> bool:
    """Whether everybody on the internet reaches the same host by it."""
    if isinstance(ip, IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour
        if inner is None and ip in NAT64:
            inner = IPv4Address(ip.packed[-4:])
        if inner is not None:
            return is_public(inner)
        if ip.is_site_local or ip.teredo is not None:
            return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)
