"""A client to prepare measurements. It is quicker than a library: it sends many requests at once on
one connection."""

from __future__ import annotations

import re
import socket
import sys
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

#: A server lets at most so many requests of a connection wait (`MAX_WAITING_REQUESTS`).
AT_ONCE = 50
LENGTH = re.compile(rb"content-length: (\d+)")


class Answer(NamedTuple):
    head: bytes
    body: bytes


def send_pipelined(url: str, requests: Sequence[bytes]) -> Iterator[Answer]:
    """Send these requests, and yield the answers in order. A refusal ends the benchmark."""
    address = urlsplit(url)
    with (
        socket.create_connection((address.hostname, address.port), timeout=30) as connection,
        connection.makefile("rb") as answers,
    ):
        for first in range(0, len(requests), AT_ONCE):
            some = requests[first : first + AT_ONCE]
            connection.sendall(b"".join(some))
            for _ in some:
                head = b"".join(iter(answers.readline, b"\r\n"))
                length = LENGTH.search(head)
                if not head.startswith(b"HTTP/1.1 200") or length is None:
                    sys.exit(f"bench: refused: {head.decode()}")
                yield Answer(head, answers.read(int(length[1])))
