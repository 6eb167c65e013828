"""Fetches the files of calendars from other servers.

Each address is checked when Dibs connects to it, also each address to which a redirect leads: the
host is resolved once, its IP addresses are checked, and Dibs connects to one of exactly these. So
the check can't be avoided by a name that resolves to another address a moment later.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from dibs import __version__
from dibs.busy_times.addresses import may_connect, parse_address
from dibs.busy_times.answers import MAX_FILE, read_answer
from dibs.busy_times.faults import CalendarFault

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from dibs.busy_times.addresses import CalendarAddress
    from dibs.busy_times.answers import Answer

MAX_REDIRECTS = 3
#: Most IP addresses of one host that are tried.
MAX_TRIES = 3
CONNECT_TIMEOUT = 10.0
#: Seconds for everything, redirects included.
FETCH_TIMEOUT = 60.0
REDIRECTS = (301, 302, 303, 307, 308)
NOT_MODIFIED = 304
OK = 200


@dataclass(frozen=True)
class VersionHeaders:
    """The headers by which a server tells whether a file has changed since the last answer. A mark
    that the server did not send is empty."""

    etag: str = ""
    last_modified: str = ""


@dataclass(frozen=True)
class FetchedFile:
    body: bytes
    marks: VersionHeaders


class Fetcher:
    """Fetches calendar files. `named` has the hosts that may be in private networks (see
    `may_connect`), and `timeout` is in seconds."""

    def __init__(self, named: Collection[str] = (), timeout: float = FETCH_TIMEOUT) -> None:
        self._named = frozenset(named)
        self._timeout = timeout

    async def fetch(self, address: CalendarAddress, known: VersionHeaders) -> FetchedFile | None:
        """Fetch the file. Returns None if it has not changed since it had the marks `known`. Raises
        CalendarFault."""
        try:
            async with asyncio.timeout(self._timeout):
                return await self._fetch(address, known)
        except TimeoutError:
            raise CalendarFault("too_slow") from None

    async def _fetch(self, address: CalendarAddress, known: VersionHeaders) -> FetchedFile | None:
        for _ in range(MAX_REDIRECTS + 1):
            answer = await self._ask(address, known)
            if answer.status == OK:
                marks = VersionHeaders(answer.header("etag"), answer.header("last-modified"))
                return FetchedFile(answer.body, marks)
            if answer.status == NOT_MODIFIED and known != VersionHeaders():
                return None
            if answer.status not in REDIRECTS:
                raise CalendarFault("refused", str(answer.status))
            address = _resolve_redirect(address, answer.header("location"))
        raise CalendarFault("redirected")

    async def _ask(self, address: CalendarAddress, known: VersionHeaders) -> Answer:
        reader, writer = await self._connect(address)
        try:
            writer.write(_request(address, known))
            await writer.drain()
            return await read_answer(reader)
        except (OSError, EOFError):
            raise CalendarFault("unreachable") from None
        finally:
            # To close TLS properly would mean to wait for the other side.
            writer.transport.abort()

    async def _connect(
        self, address: CalendarAddress
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        ips = await _resolve(address)
        if not all(may_connect(ip, address, self._named) for ip in ips):
            raise CalendarFault("forbidden")
        is_safe = address.scheme == "https"
        for ip in ips[:MAX_TRIES]:
            try:
                async with asyncio.timeout(CONNECT_TIMEOUT):
                    return await asyncio.open_connection(
                        ip,
                        address.port,
                        ssl=_tls() if is_safe else None,
                        server_hostname=address.host if is_safe else None,
                        limit=MAX_FILE,
                    )
            except OSError:
                continue
        raise CalendarFault("unreachable")


async def _resolve(address: CalendarAddress) -> Sequence[str]:
    """Return the IP addresses of the host, each once, in the order of the operating system. Raises
    CalendarFault."""
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise CalendarFault("unreachable") from None
    ips = list(dict.fromkeys(str(target[0]) for *_, target in found))
    if not ips:
        raise CalendarFault("unreachable")
    return ips


@lru_cache(maxsize=1)
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()


def _request(address: CalendarAddress, known: VersionHeaders) -> bytes:
    lines = [
        f"GET {address.target} HTTP/1.1",
        f"Host: {address.authority}",
        f"User-Agent: Dibs/{__version__}",
        "Accept: text/calendar, */*;q=0.5",
        "Accept-Encoding: identity",
        "Connection: close",
    ]
    if known.etag:
        lines.append(f"If-None-Match: {known.etag}")
    if known.last_modified:
        lines.append(f"If-Modified-Since: {known.last_modified}")
    return "\r\n".join((*lines, "", "")).encode("latin-1")


def _resolve_redirect(address: CalendarAddress, location: str) -> CalendarAddress:
    try:
        wanted = parse_address(urljoin(address.text, location))
    except ValueError:
        raise CalendarFault("redirected") from None
    # Without encryption anybody on the way could read the address, which is a secret.
    if not location or (address.scheme, wanted.scheme) == ("https", "http"):
        raise CalendarFault("redirected")
    return wanted
