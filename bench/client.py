"""A client that sends requests one after the other on one connection, and measures how long each
takes."""

from __future__ import annotations

import sys
import time
from http.client import HTTPConnection
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable

#: Seconds between two polls of the client whose waiting time is measured. This is less often than
#: all viewers of a busy server poll together.
POLL_EVERY = 0.002


class Client:
    """A client with one connection, which stays open."""

    def __init__(self, url: str) -> None:
        address = urlsplit(url)
        self._connection = HTTPConnection(address.hostname or "", address.port, timeout=30)
        self._connection.connect()

    def get(self, path: str, status: int = 200, **headers: str) -> tuple[float, str | None]:
        """Return how many seconds the answer took, and its ETag."""
        began = time.perf_counter()
        self._connection.request("GET", path, headers=headers)
        answer = self._connection.getresponse()
        answer.read()
        took = time.perf_counter() - began
        if answer.status != status:
            sys.exit(f"bench: {path} was answered with {answer.status}")
        return took, answer.getheader("ETag")


def poll_while(client: Client, path: str, is_going_on: Callable[[], bool]) -> list[float]:
    """Poll for as long as `is_going_on` says so. Returns the seconds that each poll took."""
    found: list[float] = []
    while is_going_on():
        found.append(client.get(path)[0])
        time.sleep(POLL_EVERY)
    return found
