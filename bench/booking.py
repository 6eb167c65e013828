"""`bench booking`: bookings over HTTP beside the same statements through the standard library.

What a booking says to the database is recorded from Dibs itself, and said again in one thread to
a database that was the same at the start, on the same file system, also with synchronous=FULL.
A report: there is no mark to reach.
"""

from __future__ import annotations

import asyncio
import json
import random
import shutil
import sqlite3
import sys
import tempfile
import time
from pathlib import Path
from statistics import median, quantiles
from typing import TYPE_CHECKING, Any

import httpx2
from sqlalchemy import Engine, event

from bench import studio
from bench.load import Load, get_wrk, send, write_requests
from bench.plot import bars
from bench.results import machine, results, save, table
from bench.servers import dibs

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

BOARDS = 5_000
CONNECTIONS = 16
ROUNDS = 5
SECONDS = 3
#: More than can be booked in a round, so that no time is asked for twice.
WISHES = 10_000
REPLAYED = 400

#: A text and its parameters.
Statement = tuple[str, Any]


def run() -> None:
    get_wrk()
    with tempfile.TemporaryDirectory(dir=results(), prefix="booking-") as name:
        folder = Path(name)
        print("bench: making the boards ...", file=sys.stderr)
        studio.make(folder / "data", studio.boards(BOARDS))
        for copy in ("recorded", "replayed"):
            shutil.copytree(folder / "data", folder / copy)
        wishes = list(_wishes())
        print("bench: recording what bookings say to the database ...", file=sys.stderr)
        said = asyncio.run(_record(folder / "recorded", wishes[: ROUNDS * REPLAYED]))
        loads, replays = _measure(folder, wishes, said)
    report(loads, replays, said[-1])


def report(loads: list[Load], replays: list[list[float]], said: list[Statement]) -> None:
    """`replays` are the seconds each booking took, by round."""
    rates = {
        "Dibs over HTTP": [load.requests / load.seconds for load in loads],
        "standard library": [len(replay) / sum(replay) for replay in replays],
    }
    percentiles = [quantiles(replay, n=100) for replay in replays]
    p50 = {
        "Dibs over HTTP": [load.p50_ms for load in loads],
        "standard library": [each[49] * 1000 for each in percentiles],
    }
    p99 = {
        "Dibs over HTTP": [load.p99_ms for load in loads],
        "standard library": [each[98] * 1000 for each in percentiles],
    }
    found = [
        {
            "case": case,
            "bookings_per_s": round(median(rates[case])),
            "p50_ms": round(median(p50[case]), 2),
            "p99_ms": round(median(p99[case]), 2),
        }
        for case in rates
    ]
    texts = [text for text, _ in said]
    setting = {"connections": CONNECTIONS, "seconds": SECONDS, "rounds": ROUNDS}
    save("booking", {"machine": machine(), "setting": setting, "cases": found, "said": texts})
    panels = {"bookings per second": rates, "p50, ms": p50, "p99, ms": p99}
    bars(f"Booking, {CONNECTIONS} connections, SQLite", panels, results() / "booking.png")
    print(table(found))
    print(f"\n{len(texts)} statements a booking")


def _measure(
    folder: Path, wishes: Sequence[dict[str, Any]], said: Sequence[list[Statement]]
) -> tuple[list[Load], list[list[float]]]:
    loads, replays = [], []
    database = sqlite3.connect(folder / "replayed" / "dibs.db", isolation_level=None)
    database.execute("PRAGMA synchronous = FULL")
    database.execute("PRAGMA foreign_keys = ON")
    with dibs(folder / "data") as server:
        for each in range(ROUNDS):
            print(f"bench: round {each + 1} of {ROUNDS} ...", file=sys.stderr)
            some = wishes[each * WISHES : (each + 1) * WISHES]
            file = write_requests(folder / "requests", [_request(wish) for wish in some])
            with server.awake():
                load = send(server.url, file, connections=CONNECTIONS, seconds=SECONDS)
            if load.failed or load.requests > len(some):
                sys.exit(f"bench: {load.failed} of {load.requests} bookings failed")
            loads.append(load)
            recorded = said[each * REPLAYED : (each + 1) * REPLAYED]
            replays.append([_replay(database, statements) for statements in recorded])
    database.close()
    return loads, replays


def _wishes() -> Iterator[dict[str, Any]]:
    """Everything that is free, in any order."""
    free = [(board, clock) for board in studio.boards(BOARDS) for clock in studio.FREE]
    for number, (board, clock) in enumerate(random.Random(1).sample(free, len(free))):
        yield {
            "service_id": 1,
            "resource_id": board.resource,
            "starts_at": f"{board.day}T{clock}:00Z",
            "customer": {"name": "Ann Lee", "email": f"ann{number}@example.com"},
        }


async def _record(data: Path, wishes: Sequence[dict[str, Any]]) -> list[list[Statement]]:
    """What each of these bookings, made one after the other, says to the database."""
    from dibs.app import asgi, build
    from dibs.settings import Settings

    said: list[Statement] = []
    event.listen(Engine, "before_cursor_execute", lambda *heard: said.append(heard[2:4]))
    event.listen(Engine, "commit", lambda _: said.append(("COMMIT", ())))
    parts = build(Settings(data=data), "no secret")
    transport = httpx2.ASGITransport(asgi(parts))
    bookings = []
    async with httpx2.AsyncClient(transport=transport, base_url="http://bench") as client:
        for wish in wishes:
            said.clear()
            answer = await client.post("/api/v1/bookings", json=wish, headers=_headers(wish))
            if answer.status_code != 201:
                sys.exit(f"bench: refused: {answer.text}")
            bookings.append(list(said))
    await parts.database.close()
    return bookings


def _replay(database: sqlite3.Connection, statements: Sequence[Statement]) -> float:
    """Seconds that these statements take."""
    began = time.perf_counter()
    for text, parameters in statements:
        database.execute(text, parameters).fetchall()
    return time.perf_counter() - began


def _headers(wish: dict[str, Any]) -> dict[str, str]:
    """A visitor of their own and a key, as the page sends them."""
    name = wish["customer"]["email"]
    return {"Authorization": f"Bearer {name:->32}".replace("@", "_"), "Idempotency-Key": name}


def _request(wish: dict[str, Any]) -> bytes:
    body = json.dumps(wish).encode()
    headers = {"Host": "bench", "Content-Type": "application/json", **_headers(wish)}
    lines = [f"{name}: {value}\r\n" for name, value in headers.items()]
    start = f"POST /api/v1/bookings HTTP/1.1\r\n{''.join(lines)}"
    return start.encode() + b"Content-Length: %d\r\n\r\n%b" % (len(body), body)
