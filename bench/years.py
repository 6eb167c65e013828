"""`bench years`: month, poll and booking with three years of bookings, compared with a new
database.

Twenty people have had 450,000 bookings in three years. The databases differ in what is past; their
future bookings are the same, but one has a whole year booked ahead. In each round all servers are
measured one after the other, so a ratio compares measurements of the same round. Times are those of
one client on an open connection.
"""

from __future__ import annotations

import json
import sqlite3
import sys
import tempfile
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from itertools import islice, product
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

from bench import studio
from bench.booking_requests import headers_of
from bench.month import DAYS, STAFF, month_path
from bench.results import machine, results, save, table
from bench.servers import dibs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import date

BOOKINGS = 450_000
YEARS_DAYS = 3 * 365
ROUNDS = 5
POLLS = 400
CHANGES = 10
BOOKED = 100
AIM = 1.2
#: How many minutes a past booking takes. On each day they follow one another from nine o'clock.
MINUTES = 20
#: For how many days the default settings of retention keep rows of the audit, the outbox and the
#: boards.
AUDIT_DAYS, OUTBOX_DAYS, BOARD_DAYS = 730, 30, 30

Case = Literal["new", "three years", "three years, nothing removed", "a year ahead"]
CASES: tuple[Case, ...] = (
    "new",
    "three years",
    "three years, nothing removed",
    "a year ahead",
)
#: The median milliseconds of one server in one round, by what was asked.
Times = dict[str, float]


#: A past booking: number, resource, day, start and end.
Past = tuple[int, int, "date", int, int]


def run(short: bool = False) -> None:
    rounds = 2 if short else ROUNDS
    with tempfile.TemporaryDirectory(dir=results(), prefix="years-") as name:
        for case in CASES:
            print(f"bench: making the database: {case} ...", file=sys.stderr)
            make(folder_of(Path(name), case), case)
        found: list[dict[Case, Times]] = []
        for number in range(rounds):
            print(f"bench: round {number + 1} of {rounds} ...", file=sys.stderr)
            requests = list(islice(_requests(), number * BOOKED, (number + 1) * BOOKED))
            found.append({case: measure(folder_of(Path(name), case), requests) for case in CASES})
    report(found)


def folder_of(folder: Path, case: Case) -> Path:
    return folder / case.replace(", ", "-").replace(" ", "-")


def report(found: Sequence[dict[Case, Times]]) -> None:
    """Report the medians of the rounds. A ratio compares two measurements of the same round."""
    rows = []
    for name in found[0]["new"]:
        row: dict[str, Any] = {"ms": name}
        for case in CASES:
            row[case] = round(median(each[case][name] for each in found), 2)
            if case != "new":
                ratios = sorted(each[case][name] / each["new"][name] for each in found)
                row[case] = f"{row[case]} ({median(ratios):.2f}: {ratios[0]:.2f}–{ratios[-1]:.2f})"
        rows.append(row)
    setting = {"staff": STAFF, "bookings": BOOKINGS, "rounds": len(found), "aim": AIM}
    save("years", {"machine": machine(), "setting": setting, "rounds": found})
    print(table(rows))
    print(f"\nIn brackets the ratio to the new database, aim at most {AIM}.")


# --- the databases


def make(data: Path, case: Case) -> None:
    ahead = list(islice(studio.boards(STAFF * 365, STAFF), STAFF * (260 if is_far(case) else DAYS)))
    studio.make(data, ahead, STAFF)
    with closing(sqlite3.connect(data / "dibs.db")) as database, database:
        if case == "three years":
            fill_as_kept(database)
        elif case == "three years, nothing removed":
            fill_whole(database)


def is_far(case: Case) -> bool:
    return case == "a year ahead"


def past_bookings() -> Iterator[Past]:
    """Yield all past bookings, the first day first."""
    today = datetime.now(UTC).date()
    number = 1_000_000
    of_a_day = BOOKINGS / (STAFF * YEARS_DAYS)
    for back in range(YEARS_DAYS, 0, -1):
        day = today - timedelta(days=back)
        opening = studio.microseconds(day, "00:00")
        for resource in range(1, STAFF + 1):
            nth = (YEARS_DAYS - back) * STAFF + resource - 1
            for each in range(int((nth + 1) * of_a_day) - int(nth * of_a_day)):
                start = opening + (9 * 60 + each * MINUTES) * 60_000_000
                yield number, resource, day, start, start + MINUTES * 60_000_000
                number += 1


def fill_whole(database: sqlite3.Connection) -> None:
    """Insert the past bookings as if nothing had ever been completed or removed."""
    everything = list(past_bookings())
    _insert_bookings(database, "confirmed", everything)
    database.executemany(ALLOCATION, ((r, start, end, n) for n, r, _, start, end in everything))
    _insert_audit(database, "confirmed", everything)
    _insert_outbox(database, "confirmed", everything)
    _insert_boards(database, everything)


def fill_as_kept(database: sqlite3.Connection) -> None:
    """Insert the past bookings as daily runs of retention leave them."""
    everything = list(past_bookings())
    today = datetime.now(UTC).date()

    def list_since(days: int) -> list[Past]:
        return [each for each in everything if each[2] > today - timedelta(days=days)]

    _insert_bookings(database, "completed", everything)
    for status in ("confirmed", "completed"):
        _insert_audit(database, status, list_since(AUDIT_DAYS))
        _insert_outbox(database, status, list_since(OUTBOX_DAYS))
    _insert_boards(database, list_since(BOARD_DAYS))
    database.execute("UPDATE resources SET version = version + ?", (BOOKINGS // STAFF,))


def _insert_bookings(database: sqlite3.Connection, status: str, past: Iterable[Past]) -> None:
    rows = (
        (n, *[f"past-{n}"] * 4, status, r, start, end, f"ann{n % 50_000}@example.com", start, end)
        for n, r, _, start, end in past
    )
    database.executemany(BOOKING, rows)


def _insert_audit(database: sqlite3.Connection, status: str, past: Iterable[Past]) -> None:
    database.executemany(AUDIT, ((start, f"booking.{status}", n) for n, _, _, start, _ in past))


def _insert_outbox(database: sqlite3.Connection, status: str, past: Iterable[Past]) -> None:
    database.executemany(OUTBOX, ((f"booking.{status}", n, start) for n, _, _, start, _ in past))


def _insert_boards(database: sqlite3.Connection, past: Iterable[Past]) -> None:
    days = dict.fromkeys((resource, day) for _, resource, day, _, _ in past)
    database.executemany(
        "INSERT INTO boards VALUES (?, ?, 20)", ((r, day.isoformat()) for r, day in days)
    )


BOOKING = """
  INSERT INTO bookings (id, reference, token, claim, visitor, status, service_id, resource_id,
    starts_at, ends_at, customer_name, customer_email, created_at, changed_at)
  VALUES (?, ?, ?, ?, ?, ?, 1, ?, ?, ?, 'Ann Lee', ?, ?, ?)
"""
ALLOCATION = studio.ALLOCATION
AUDIT = (
    "INSERT INTO audit (at, actor, action, booking_id, details) VALUES (?, 'visitor', ?, ?, '{}')"
)
OUTBOX = "INSERT INTO outbox (topic, booking_id, created_at, payload) VALUES (?, ?, ?, '{}')"


# --- what is measured


class Client:
    """A client with one connection, which stays open."""

    def __init__(self, url: str) -> None:
        address = urlsplit(url)
        self._connection = HTTPConnection(address.hostname or "", address.port, timeout=30)
        self._connection.connect()

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> float:
        """Send a request, and return how many milliseconds the answer took."""
        text = json.dumps(body).encode() if body is not None else None
        if text is not None:
            headers["Content-Type"] = "application/json"
        began = time.perf_counter()
        self._connection.request(method, path, text, headers)
        answer = self._connection.getresponse()
        said = answer.read()
        took = time.perf_counter() - began
        if answer.status not in (200, 201):
            sys.exit(f"bench: {path} was answered with {answer.status}: {said!r}")
        return 1000 * took


def measure(data: Path, requests: Iterable[dict[str, Any]]) -> Times:
    """Start a server with this data folder, and measure it."""
    nearest = studio.boards(CHANGES, STAFF)
    board = f"/api/v1/boards/{nearest[0].resource}/{nearest[0].day}"
    month = month_path(datetime.now(UTC).date())

    def change_and_look(client: Client) -> Iterator[float]:
        for changed in nearest:
            studio.count_change(data, changed)
            yield client.send("GET", month)

    with dibs(data) as server, server.awake():
        client = Client(server.url)
        client.send("GET", "/api/v1/services")
        found = {
            "month, first": client.send("GET", month),
            "month, after a change": median(change_and_look(client)),
            "poll": _median_of(lambda: client.send("GET", board), POLLS),
        }
        before = server.cpu_seconds()
        times = [_book(client, request) for request in requests]
        found["booking"] = median(times)
        found["booking, processor time"] = 1000 * (server.cpu_seconds() - before) / len(times)
        return found


def _median_of(ask: Callable[[], float], times: int) -> float:
    return median(ask() for _ in range(times))


def _book(client: Client, request: dict[str, Any]) -> float:
    return client.send("POST", "/api/v1/bookings", request, **headers_of(request))


def _requests() -> Iterator[dict[str, Any]]:
    """Yield requests for free times, the nearest days first."""
    free = product(studio.boards(STAFF * DAYS, STAFF), studio.FREE)
    for number, (board, clock) in enumerate(free):
        yield {
            "service_id": 1,
            "resource_id": board.resource,
            "starts_at": f"{board.day}T{clock}:00Z",
            "customer": {"name": "Ann Lee", "email": f"ann{number}@example.com"},
        }
