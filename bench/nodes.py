"""Dibs in its two modes: one process, or two nodes with Redis and PostgreSQL.

Redis and PostgreSQL are started as in the tests. The node with the viewers runs on the core for
servers.
"""

from __future__ import annotations

import http.client
import json
import os
import sys
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from bench.cores import SERVER, are_apart
from tests.support.catalog_files import DEMO, MORE, without_horizon
from tests.support.postgres import Postgres
from tests.support.redis_server import RedisServer
from tests.support.server import Server, run_dibs
from tests.support.stack import Stack

if TYPE_CHECKING:
    from collections.abc import Iterator

#: With these settings, no stream is refused or ends during a measurement, and no heartbeat falls
#: into a measurement of something else.
QUIET = {"max_streams_per_view": 0, "stream_heartbeat_interval": 300, "stream_lifetime": 3600}

#: The server keeps an unused connection open for more than this many seconds.
STILL_OPEN = 2.0


class Change(NamedTuple):
    """When a change was asked for and when it was acknowledged, by the monotonic clock."""

    asked: float
    acknowledged: float


class Node:
    def __init__(self, server: Server) -> None:
        self.port = urlsplit(server.url).port or 80
        self._process = Path("/proc") / str(server.process.pid)
        if are_apart():
            core = sorted(os.sched_getaffinity(0))[SERVER]
            for thread in (self._process / "task").iterdir():
                os.sched_setaffinity(int(thread.name), {core})

    def cpu_seconds(self) -> float:
        """Return the CPU seconds that all its threads have used so far."""
        threads = (self._process / "task").iterdir()
        return sum(int((each / "schedstat").read_text().split()[0]) for each in threads) / 1e9

    def memory(self) -> int:
        """Return the bytes of its resident memory."""
        pages = int((self._process / "statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")


class Chooser:
    """A visitor who holds a slot and releases it, again and again, through one connection."""

    def __init__(self, server: Server, board: str) -> None:
        address = urlsplit(server.url)
        self._http = http.client.HTTPConnection(address.hostname or "", address.port, timeout=10)
        self._headers = {"Authorization": f"Bearer {'chooser':->32}"}
        resource, day = board.split("/")[-2:]
        offered = self._ask("GET", f"/api/v1/services/1/days/{day}?resource={resource}")
        self._request = {
            "service_id": 1,
            "resource_id": int(resource),
            "starts_at": next(e["starts_at"] for e in offered["slots"] if e["state"] == "free"),
        }
        self._hold: str | None = None

    def change(self) -> Change:
        if monotonic() - self._used_at > STILL_OPEN:
            self._http.close()
            self._http.connect()
        asked = monotonic()
        if self._hold is None:
            answer = self._ask("POST", "/api/v1/holds", self._request)
            acknowledged = monotonic()
            self._hold = answer["hold"]["id"] if "hold" in answer else answer["id"]
        else:
            self._ask("DELETE", f"/api/v1/holds/{self._hold}")
            acknowledged = monotonic()
            self._hold = None
        return Change(asked, acknowledged)

    def close(self) -> None:
        if self._hold is not None:
            self.change()
        self._http.close()

    def _ask(self, method: str, path: str, request: dict[str, Any] | None = None) -> dict[str, Any]:
        body = None if request is None else json.dumps(request)
        kind = {} if request is None else {"Content-Type": "application/json"}
        self._http.request(method, path, body, self._headers | kind)
        response = self._http.getresponse()
        answer = response.read()
        self._used_at = monotonic()
        if response.status >= 300:
            sys.exit(f"bench: refused: {answer.decode()}")
        found: dict[str, Any] = json.loads(answer) if answer else {}
        return found


class Mode(NamedTuple):
    """Running servers. Changes are made at `near`, and the viewers are at `far`."""

    name: str
    near: Server
    far: Server


@contextmanager
def running_embedded(folder: Path, **settings: Any) -> Iterator[Mode]:
    data = folder / "embedded"
    data.mkdir()
    (file := folder / "catalog.toml").write_text(without_horizon(DEMO + MORE), encoding="utf-8")
    done = run_dibs("catalog", "apply", str(file), "--data", str(data))
    if done.returncode:
        sys.exit(f"bench: {done.stderr}")
    server = Server.start(data, command="serve", **(QUIET | settings))
    try:
        yield Mode("one process", server, server)
    finally:
        server.stop()


@contextmanager
def two_nodes(folder: Path, **settings: Any) -> Iterator[Mode]:
    with ExitStack() as stack:
        postgres = Postgres()
        stack.callback(postgres.stop)
        redis = RedisServer()
        stack.callback(redis.remove)
        nodes = Stack(folder / "nodes", postgres, redis)
        stack.callback(nodes.stop)
        near, far = (nodes.node(**(QUIET | settings)) for _ in range(2))
        yield Mode("two nodes", near, far)


def boards(count: int) -> list[str]:
    """Return the paths of boards of the first resource: working days at least a week ahead."""
    day = datetime.now(UTC).date() + timedelta(days=7)
    found: list[str] = []
    while len(found) < count:
        if 1 <= day.weekday() <= 3:
            found.append(f"/api/v1/boards/1/{day}")
        day += timedelta(days=1)
    return found
