"""`bench booking`: bookings over HTTP, compared with the same SQL statements without Dibs.

With SQLite, the statements of a booking are recorded from Dibs itself. One thread sends them again
to a copy of the database on the same file system, also with synchronous=FULL. For PostgreSQL and
for the race for one slot, see `booking_postgres`.
"""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
import sys
import tempfile
import threading
import time
from pathlib import Path
from statistics import median, quantiles
from typing import TYPE_CHECKING, Any

import httpx2
from sqlalchemy import Engine, event

from bench import booking_postgres, studio
from bench.booking_requests import BOARDS, headers_of, request_of
from bench.booking_requests import booking_requests as all_requests
from bench.client import Client, poll_while
from bench.load import Load, get_wrk, send, write_requests
from bench.plot import bars
from bench.results import machine, results, save, table
from bench.servers import dibs

if TYPE_CHECKING:
    from collections.abc import Sequence

CONNECTIONS = 16
ROUNDS = 5
SECONDS = 3
#: More than can be booked in a round, so that no time is asked for twice.
REQUESTS = 10_000
REPLAYED = 400
#: How many bookings one client can make alone at most, and how many can be made while another
#: client polls.
ALONE, BESIDE = 2_000, 6_000

BOOKING_AT_FULL_SPEED = {"connections": CONNECTIONS, "seconds": SECONDS}

#: The text of an SQL statement, and its parameters.
Statement = tuple[str, Any]


def run(short: bool = False) -> None:
    get_wrk()
    rounds = 2 if short else ROUNDS
    measure_sqlite(rounds)
    booking_postgres.run(list(all_requests()), rounds, short=short)


def measure_sqlite(rounds: int) -> None:
    with tempfile.TemporaryDirectory(dir=results(), prefix="booking-") as name:
        folder = Path(name)
        print("bench: making the boards ...", file=sys.stderr)
        studio.make(folder / "data", studio.boards(BOARDS))
        for copy in ("recorded", "replayed", "alone"):
            shutil.copytree(folder / "data", folder / copy)
        requests = list(all_requests())
        print("bench: recording what bookings say to the database ...", file=sys.stderr)
        said = asyncio.run(_record(folder / "recorded", requests[: rounds * REPLAYED]))
        loads, replays = _measure(folder, requests, said, rounds)
        waits = _measure_alone(folder / "alone", requests[:ALONE])
        waits |= _measure_polls(folder / "data", requests[rounds * REQUESTS :][:BESIDE])
    report(loads, replays, said[-1], waits)


def report(
    loads: list[Load], replays: list[list[float]], said: list[Statement], waits: dict[str, float]
) -> None:
    """Save and print the figures. `replays` has, for each round, the seconds of each booking."""
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
    setting = {"connections": CONNECTIONS, "seconds": SECONDS, "rounds": len(loads)}
    save(
        "booking", {"machine": machine(), "setting": setting, "cases": found, "said": texts} | waits
    )
    panels = {"bookings per second": rates, "p50, ms": p50, "p99, ms": p99}
    bars(f"Booking, {CONNECTIONS} connections, SQLite", panels, results() / "booking.png")
    print(table(found))
    print(f"\n{len(texts)} statements a booking\n")
    print(table([{"milliseconds": name, "found": ms} for name, ms in waits.items()]))


def _measure(
    folder: Path,
    requests: Sequence[dict[str, Any]],
    said: Sequence[list[Statement]],
    rounds: int,
) -> tuple[list[Load], list[list[float]]]:
    loads, replays = [], []
    database = sqlite3.connect(folder / "replayed" / "dibs.db", isolation_level=None)
    database.execute("PRAGMA synchronous = FULL")
    database.execute("PRAGMA foreign_keys = ON")
    with dibs(folder / "data") as server:
        for each in range(rounds):
            print(f"bench: round {each + 1} of {rounds} ...", file=sys.stderr)
            some = requests[each * REQUESTS : (each + 1) * REQUESTS]
            file = write_requests(folder / "requests", [request_of(request) for request in some])
            with server.awake():
                load = send(server.url, file, connections=CONNECTIONS, seconds=SECONDS)
            if load.failed or load.requests > len(some):
                sys.exit(f"bench: {load.failed} of {load.requests} bookings failed")
            loads.append(load)
            recorded = said[each * REPLAYED : (each + 1) * REPLAYED]
            replays.append([_replay(database, statements) for statements in recorded])
    database.close()
    return loads, replays


def _measure_alone(data: Path, requests: Sequence[dict[str, Any]]) -> dict[str, float]:
    """Return the milliseconds of a booking while nobody else sends requests. The server is new,
    because a server that was busy before still plans the letters of thousands of bookings."""
    file = write_requests(data / "requests", map(request_of, requests))
    with dibs(data) as server, server.awake():
        alone = send(server.url, file, connections=1, seconds=SECONDS)
    return {
        "one booking alone, p50": round(alone.p50_ms, 2),
        "one booking alone, p99": round(alone.p99_ms, 2),
    }


def _measure_polls(data: Path, requests: Sequence[dict[str, Any]]) -> dict[str, float]:
    """Return the milliseconds of polls while another client books at full speed."""
    file = write_requests(data / "requests", map(request_of, requests))
    poll = f"/api/v1/boards/{requests[-1]['resource_id']}/{requests[-1]['starts_at'][:10]}"
    with dibs(data) as server, server.awake():
        booking = threading.Thread(
            target=send, args=(server.url, file), kwargs=BOOKING_AT_FULL_SPEED
        )
        booking.start()
        polls = quantiles(poll_while(Client(server.url), poll, booking.is_alive), n=100)
    return {
        "poll beside bookings, p50": round(polls[49] * 1000, 2),
        "poll beside bookings, p99": round(polls[98] * 1000, 2),
    }


async def _record(data: Path, requests: Sequence[dict[str, Any]]) -> list[list[Statement]]:
    """Make these bookings one after the other, and return the statements of each."""
    from dibs.app import build, create_app
    from dibs.settings import Settings

    said: list[Statement] = []
    event.listen(Engine, "before_cursor_execute", lambda *heard: said.append(heard[2:4]))
    event.listen(Engine, "commit", lambda _: said.append(("COMMIT", ())))
    parts = build(Settings(data=data), "no secret")
    transport = httpx2.ASGITransport(create_app(parts))
    bookings = []
    async with httpx2.AsyncClient(transport=transport, base_url="http://bench") as client:
        for request in requests:
            said.clear()
            answer = await client.post(
                "/api/v1/bookings", json=request, headers=headers_of(request)
            )
            if answer.status_code != 201:
                sys.exit(f"bench: refused: {answer.text}")
            bookings.append(list(said))
    await parts.database.close()
    return bookings


def _replay(database: sqlite3.Connection, statements: Sequence[Statement]) -> float:
    """Run these statements, and return the seconds that they take."""
    began = time.perf_counter()
    for text, parameters in statements:
        database.execute(text, parameters).fetchall()
    return time.perf_counter() - began
