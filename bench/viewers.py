"""Many viewers in one process that uses little CPU. They note when something new has come, and
count bytes.

`python -m bench.viewers` reads orders as lines of JSON (see `bench.crowd`). A viewer is one
connection: it follows a stream, or polls the snapshot conditionally, or reads whatever a bare loop
writes.
"""

from __future__ import annotations

import asyncio
import functools
import json
import random
import re
import resource
import sys
from time import monotonic
from typing import Any

import uvloop

AT_ONCE = 100
LENGTH = re.compile(rb"content-length: (\d+)")
TAG = re.compile(rb'etag: ("[^"]*")')


class Seen:
    """What all viewers have noted since the last order to report it."""

    def __init__(self) -> None:
        self.noted: list[tuple[int, float]] = []
        self.received = self.sent = self.requests = self.closed = 0


seen = Seen()


class Viewer(asyncio.Protocol):
    __slots__ = ("number", "ready", "transport")

    def __init__(self, number: int) -> None:
        self.number = number
        self.ready = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def connection_lost(self, _error: Exception | None) -> None:
        seen.closed += 1

    def ask(self, request: bytes) -> None:
        self.transport.write(request)
        seen.sent += len(request)
        seen.requests += 1

    def became_ready(self) -> None:
        if not self.ready.done():
            self.ready.set_result(None)


class Bare(Viewer):
    __slots__ = ()

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self.became_ready()

    def data_received(self, data: bytes) -> None:
        seen.noted.append((self.number, monotonic()))
        seen.received += len(data)


class Follower(Viewer):
    __slots__ = ("path",)

    def __init__(self, number: int, path: str) -> None:
        super().__init__(number)
        self.path = path

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self.ask(_get(self.path + "/stream", b"Accept: text/event-stream\r\n"))

    def data_received(self, data: bytes) -> None:
        now = monotonic()
        seen.received += len(data)
        if b"event: board" in data:
            if self.ready.done():
                seen.noted.append((self.number, now))
            else:
                self.became_ready()


class Poller(Viewer):
    """Polls once at once, and then regularly from a random moment on. If the server has closed the
    connection meanwhile, it opens a new one, as browsers do."""

    __slots__ = ("again", "answer", "interval", "is_waiting", "path", "port", "spread", "tag")

    def __init__(self, number: int, port: int, path: str, interval: float, spread: float) -> None:
        super().__init__(number)
        self.port = port
        self.path = path
        self.interval = interval
        self.spread = spread
        self.tag = b""
        self.answer = b""
        self.is_waiting = False

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._ask()

    def connection_lost(self, error: Exception | None) -> None:
        super().connection_lost(error)
        if self.is_waiting:
            self._poll()

    def data_received(self, data: bytes) -> None:
        now = monotonic()
        seen.received += len(data)
        self.answer += data
        head, end, body = self.answer.partition(b"\r\n\r\n")
        length = LENGTH.search(head)
        if not end or (length and len(body) < int(length[1])):
            return
        self.answer = b""
        self.is_waiting = False
        wait = self.interval * random.uniform(1 - self.spread, 1 + self.spread)
        if head.startswith(b"HTTP/1.1 200"):
            tag = TAG.search(head)
            assert tag is not None
            self.tag = tag[1]
            if self.ready.done():
                seen.noted.append((self.number, now))
            else:
                wait = random.uniform(0, self.interval)
                self.became_ready()
        elif not head.startswith(b"HTTP/1.1 304"):
            sys.exit(f"bench: refused: {head.decode()}")
        asyncio.get_running_loop().call_later(wait, self._poll)

    def _poll(self) -> None:
        loop = asyncio.get_running_loop()
        if self.transport.is_closing():
            opening = loop.create_connection(lambda: self, "127.0.0.1", self.port)
            self.again = loop.create_task(opening)
        else:
            self._ask()

    def _ask(self) -> None:
        self.is_waiting = True
        if not self.tag:
            self.ask(_get(self.path))
        else:
            path = f"{self.path}?seen={self.tag.decode()[1:-1]}"
            self.ask(_get(path, b"If-None-Match: %b\r\n" % self.tag))


def _get(path: str, headers: bytes = b"") -> bytes:
    return b"GET %b HTTP/1.1\r\nHost: bench\r\n%b\r\n" % (path.encode(), headers)


def _viewer(number: int, order: dict[str, Any]) -> Viewer:
    match order["manner"]:
        case "stream":
            return Follower(number, order["path"])
        case "poll":
            pace = order["interval"], order["spread"]
            return Poller(number, order["port"], order["path"], *pace)
        case _:
            return Bare(number)


def _itself(viewer: Viewer) -> Viewer:
    return viewer


async def _open(first: int, order: dict[str, Any]) -> None:
    loop = asyncio.get_running_loop()
    for begun in range(0, order["count"], AT_ONCE):
        numbers = range(first + begun, first + min(begun + AT_ONCE, order["count"]))
        viewers = [_viewer(number, order) for number in numbers]
        await asyncio.gather(
            *(
                loop.create_connection(functools.partial(_itself, each), "127.0.0.1", order["port"])
                for each in viewers
            )
        )
        await asyncio.gather(*(each.ready for each in viewers))


async def main() -> None:
    global seen
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    orders = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(orders), sys.stdin
    )
    count = 0
    while line := await orders.readline():
        order = json.loads(line)
        if order["do"] == "open":
            await _open(count, order)
            count += order["count"]
            print(json.dumps({"open": count}), flush=True)
        else:
            told, seen = seen, Seen()
            print(json.dumps(vars(told)), flush=True)


if __name__ == "__main__":
    uvloop.run(main())
