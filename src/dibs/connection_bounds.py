"""Limits of connections: how many there may be, and how long and large a request may be.

Each refusal is logged, at most once a minute for its kind.
"""

from __future__ import annotations

import resource
import time
from collections import Counter
from http import HTTPStatus
from typing import TYPE_CHECKING

import structlog

from dibs.web.errors import (
    HeadTooLarge,
    NoRequest,
    ServerFull,
    TooManyConnections,
    TooSlow,
    status_of,
)
from dibs.web.middleware.client_ip import address_of_peer
from dibs.web.middleware.security_headers import OTHERWISE, fixed_headers
from dibs.web.problems import problem

if TYPE_CHECKING:
    from dibs.errors import DibsError
    from dibs.settings import Settings

log = structlog.get_logger()

#: Most bytes of a request's line and header fields together, and of what is between the parts of a
#: body.
MAX_HEAD = 64 * 1024
MAX_HEADER_FIELDS = 100
#: Most requests of one connection that wait for the answer to an earlier request.
MAX_WAITING_REQUESTS = 50
#: Open files that are kept free of connections, for the database, Redis, mail and the like.
RESERVED_FILES = 200
#: Seconds between two lines of the log about refusals of one kind.
LOG_PAUSE = 60.0


class ConnectionBounds:
    """Counts the connections of this process, and has the answers that refuse a connection."""

    def __init__(self, settings: Settings, public_url: str) -> None:
        self.header_timeout = settings.header_timeout.total_seconds()
        self.body_timeout = settings.body_timeout.total_seconds()
        self._max_per_address = settings.max_connections_per_ip if settings.limits == "on" else 0
        self._max_open = allow_many_connections()
        self._proxies = settings.proxies
        self._open = 0
        self._addresses: Counter[str] = Counter()
        self._answers: dict[type[DibsError], bytes] = {
            kind: _answer(kind(), public_url)
            for kind in (HeadTooLarge, NoRequest, ServerFull, TooManyConnections, TooSlow)
        }
        self._unlogged: Counter[type[DibsError]] = Counter()
        self._logged_at: dict[type[DibsError], float] = {}

    def address(self, client: tuple[str, int] | None) -> str | None:
        """Return the address whose connections are counted together, or None for a trusted
        proxy."""
        return address_of_peer(client[0], self._proxies) if client else None

    def enter(self, address: str | None) -> type[DibsError] | None:
        """Count one more connection. Returns the error to refuse it with, or None if it may stay.

        `leave` must be called in both cases.
        """
        self._open += 1
        if address is not None:
            self._addresses[address] += 1
        if self._open > self._max_open:
            return ServerFull
        if address and self._max_per_address and self._addresses[address] > self._max_per_address:
            return TooManyConnections
        return None

    def leave(self, address: str | None) -> None:
        """Count one connection less."""
        self._open -= 1
        self.uncount(address)

    def uncount(self, address: str | None) -> None:
        """Stop counting a connection for its address. It stays open, and still counts for the
        limit of the process."""
        if address is not None:
            self._addresses[address] -= 1
            if not self._addresses[address]:
                del self._addresses[address]

    def refusal(self, kind: type[DibsError]) -> bytes:
        """Log a refusal, and return the answer to send before the connection is closed."""
        self._unlogged[kind] += 1
        now = time.monotonic()
        if now - self._logged_at.get(kind, -LOG_PAUSE) >= LOG_PAUSE:
            self._logged_at[kind] = now
            level = log.error if kind is ServerFull else log.warning
            level(
                "connections refused",
                code=kind.code,
                reason=kind().detail,
                count=self._unlogged.pop(kind),
                open=self._open,
                max_open=self._max_open,
            )
        return self._answers[kind]


def allow_many_connections() -> int:
    """Raise the limit of open files, because each viewer needs one. Returns how many of them may be
    connections."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if most == resource.RLIM_INFINITY:
        most, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    else:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    return most - min(RESERVED_FILES, most // 3)


def _answer(error: DibsError, public_url: str) -> bytes:
    response = problem(error)
    headers = dict(OTHERWISE) | dict(response.raw_headers) | dict(fixed_headers(public_url))
    headers[b"connection"] = b"close"
    code = status_of(type(error))
    status = f"HTTP/1.1 {code} {HTTPStatus(code).phrase}".encode()
    lines = [status, *(name + b": " + value for name, value in headers.items())]
    return b"\r\n".join([*lines, b"", bytes(response.body)])
