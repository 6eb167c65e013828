"""`bench month`: how long a month of twenty people takes, computed and from the cache, and how long
a poll takes while others open months.

Each round has a new server, which has computed nothing yet. Times are those of a client on an open
connection, from the request to the last byte.
"""

from __future__ import annotations

import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median, quantiles
from typing import TYPE_CHECKING, Any

from bench import studio
from bench.client import Client, poll_while
from bench.results import machine, results, save, table
from bench.servers import dibs

if TYPE_CHECKING:
    from collections.abc import Sequence

STAFF = 20
#: The booking page asks for the whole weeks of a month.
DAYS = 42
ROUNDS = 5
REPEATS = 100
OPENERS = 12
#: Seconds of polling before the months are opened.
QUIET = 1.0
#: In milliseconds, on two cores.
AIMS = {"first": 20, "after a change": None, "kept": 1, "304": 1, "poll alone": None}
AIM_OF_POLL = 30


@dataclass
class Times:
    """The milliseconds of each answer, by the name of what was asked."""

    found: dict[str, list[float]] = field(default_factory=dict)

    def add(self, name: str, seconds: Sequence[float]) -> None:
        self.found.setdefault(name, []).extend(1000 * each for each in seconds)

    def rows(self) -> list[dict[str, Any]]:
        return [
            {
                "ms": name,
                "requests": len(times),
                "p50": round(median(times), 2),
                "p99": round(quantiles(times, n=100, method="inclusive")[-1], 2),
                "slowest": round(max(times), 2),
                "aim": aim_of(name),
            }
            for name, times in self.found.items()
        ]


def aim_of(name: str) -> str:
    if name.startswith("poll beside"):
        return f"p99 ≤ {AIM_OF_POLL}"
    aim = AIMS[name]
    return "none" if aim is None else f"p50 ≤ {aim}"


def run(short: bool = False) -> None:
    rounds = 2 if short else ROUNDS
    times = Times()
    with tempfile.TemporaryDirectory(dir=results(), prefix="month-") as name:
        for number in range(rounds):
            print(f"bench: round {number + 1} of {rounds} ...", file=sys.stderr)
            data = Path(name) / f"data-{number}"
            every = studio.boards(STAFF * DAYS, STAFF)
            studio.make(data, every, STAFF)
            with dibs(data) as server, server.awake():
                _ask_for_one_month(server.url, data, times)
            with dibs(data) as server, server.awake():
                _poll_beside_openers(server.url, every[0], times)
    found = times.rows()
    setting = {"staff": STAFF, "days": DAYS, "rounds": rounds, "openers": OPENERS}
    save("month", {"machine": machine(), "setting": setting, "cases": found})
    print(table(found))


def month_path(first: date) -> str:
    last = first + timedelta(days=DAYS - 1)
    return f"/api/v1/services/1/availability?from={first}&to={last}"


def _ask_for_one_month(url: str, data: Path, times: Times) -> None:
    client = Client(url)
    client.get("/api/v1/services")
    path = month_path(datetime.now(UTC).date())
    times.add("first", [client.get(path)[0]])
    for board in studio.boards(10, STAFF):
        studio.count_change(data, board)
        times.add("after a change", [client.get(path)[0]])
    _, etag = client.get(path)
    times.add("kept", [client.get(path)[0] for _ in range(REPEATS)])
    known = {"If-None-Match": str(etag)}
    times.add("304", [client.get(path, 304, **known)[0] for _ in range(REPEATS)])


def _poll_beside_openers(url: str, board: studio.Board, times: Times) -> None:
    """Measure polls alone, and while months are opened. Each opener asks for another month, so that
    no computed month can be shared."""
    client = Client(url)
    path = f"/api/v1/boards/{board.resource}/{board.day}"
    ends = time.perf_counter() + QUIET
    times.add("poll alone", poll_while(client, path, lambda: time.perf_counter() < ends))
    today = datetime.now(UTC).date()
    openers = [
        threading.Thread(target=Client(url).get, args=(month_path(today + timedelta(days=n)),))
        for n in range(OPENERS)
    ]
    for each in openers:
        each.start()
    beside = poll_while(client, path, lambda: any(each.is_alive() for each in openers))
    times.add(f"poll beside {OPENERS} who open months", beside)
