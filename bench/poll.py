"""`bench poll`: the poll, compared with a bare ASGI app that answers fixed bytes.

Callers behave like browsers: each has a name and sends its cookie back. There are as many as one
core can serve if each polls once a second. A quarter of them hold a slot, but on one board no more
than it has free slots. Every board has bookings.
"""

from __future__ import annotations

import json
import random
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from bench import studio
from bench.cores import busy_seconds
from bench.load import Load, get_wrk, send, write_requests
from bench.pipe import send_pipelined
from bench.plot import bars
from bench.results import machine, results, save, table
from bench.servers import Server, bare, dibs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.studio import Board

CALLERS = 20_000
BOARDS = (1, 1_000, 10_000)
CONNECTIONS = 64
ROUNDS = 4
BARE_SECONDS = 1
#: While a caller polls, its hold is prolonged every third second: once in a measurement of SECONDS,
#: but not in a warm-up of WARM_SECONDS after a pause.
WARM_SECONDS = 1
MAX_WARM_UPS = 20
SECONDS = 3


@dataclass(frozen=True)
class Measured:
    """One burst of requests. `others` is how much CPU other programs used meanwhile, in cores."""

    load: Load
    cpu_us: float
    others: float

    @property
    def per_second(self) -> float:
        return self.load.requests / self.load.seconds


@dataclass
class Case:
    """The measurements with so many boards in use. For each round there is a round of the bare app.
    `holding` is how many slots were held at the end."""

    boards: int
    holding: int = 0
    rounds: list[Measured] = field(default_factory=list)
    bare: list[Measured] = field(default_factory=list)

    @property
    def name(self) -> str:
        return f"{self.boards:,} board{'s' * (self.boards > 1)}"

    def summary(self) -> dict[str, Any]:
        """Return medians. Each ratio compares two measurements made one after the other."""
        pairs = list(zip(self.rounds, self.bare, strict=True))
        ratios = sorted(mine.per_second / theirs.per_second for mine, theirs in pairs)
        found: dict[str, Any] = {
            "case": self.name,
            "holding": self.holding,
            "others": round(median(each.others for each in (*self.rounds, *self.bare)), 2),
            "ratio": round(median(ratios), 2),
            "ratio_from": round(ratios[0], 2),
            "ratio_to": round(ratios[-1], 2),
            "cpu_ratio": round(median(theirs.cpu_us / mine.cpu_us for mine, theirs in pairs), 2),
        }
        for prefix, rounds in (("", self.rounds), ("bare_", self.bare)):
            loads = [each.load for each in rounds]
            found |= {
                f"{prefix}requests_per_s": round(median(each.per_second for each in rounds)),
                f"{prefix}cpu_us": round(median(each.cpu_us for each in rounds), 1),
                f"{prefix}p50_ms": round(median(load.p50_ms for load in loads), 2),
                f"{prefix}p99_ms": round(median(load.p99_ms for load in loads), 2),
                f"{prefix}bytes": round(median(load.bytes / load.requests for load in loads)),
            }
        return found


def run() -> None:
    get_wrk()
    with tempfile.TemporaryDirectory(dir=results(), prefix="poll-") as folder:
        print("bench: making the boards ...", file=sys.stderr)
        studio.make(Path(folder) / "data", studio.boards(max(BOARDS)))
        cases = [measure(Path(folder), count) for count in BOARDS]
    report(cases)


def measure(folder: Path, count: int) -> Case:
    print(f"bench: {count:,} of {max(BOARDS):,} boards ...", file=sys.stderr)
    boards = studio.boards(count)
    with dibs(folder / "data") as server:
        with server.awake():
            requests, size = come_in(server.url, boards)
        file = write_requests(folder / "requests", requests)
        case = Case(count)
        with bare(size) as beside:
            for _ in range(ROUNDS):
                with beside.awake():
                    case.bare.append(burst(beside, file, BARE_SECONDS))
                with server.awake():
                    warm_up(server, file)
                    case.rounds.append(burst(server, file, SECONDS))
        with server.awake():
            case.holding = count_held(server.url, boards)
    return case


def warm_up(server: Server, requests: Path) -> None:
    """Poll until no poll is refused. The server was paused, so all boards must be compared and all
    holds prolonged first. Until then, a few polls can't be answered within a second."""
    for _ in range(MAX_WARM_UPS):
        load = send(server.url, requests, connections=CONNECTIONS, seconds=WARM_SECONDS)
        if not load.failed:
            return
    sys.exit(f"bench: {load.failed} of {load.requests} requests still fail")


def burst(server: Server, requests: Path, seconds: int) -> Measured:
    busy, before = busy_seconds(), server.cpu_seconds()
    load = send(server.url, requests, connections=CONNECTIONS, seconds=seconds)
    cpu = server.cpu_seconds() - before
    others = busy_seconds() - busy - cpu - load.cpu_seconds
    if load.failed or not load.requests:
        sys.exit(f"bench: {load.failed} of {load.requests} requests failed")
    return Measured(load, cpu / load.requests * 1e6, max(0, others) / load.seconds)


def report(cases: list[Case]) -> None:
    setting = {"connections": CONNECTIONS, "seconds": SECONDS, "rounds": ROUNDS, "callers": CALLERS}
    found = [case.summary() for case in cases]
    save("poll", {"machine": machine(), "setting": setting, "cases": found})
    everyone = {"bare": [each for case in cases for each in case.bare]} | {
        case.name: case.rounds for case in cases
    }
    panels = {
        "requests per second": {k: [each.per_second for each in v] for k, v in everyone.items()},
        "server CPU, µs per request": {k: [each.cpu_us for each in v] for k, v in everyone.items()},
        "p99, ms": {k: [each.load.p99_ms for each in v] for k, v in everyone.items()},
    }
    bars(f"The poll, {CALLERS:,} callers, one core", panels, results() / "poll.png")
    print(table(found))


def come_in(url: str, boards: Sequence[Board], callers: int = CALLERS) -> tuple[list[bytes], int]:
    """Let every caller poll once, so that all boards are watched and all holds are taken.

    Returns the requests that the callers send from then on, and the median size of an answer.
    """
    asked = [_poll(*_caller(number, boards, callers)) for number in range(callers)]
    requests = [
        asking.replace(b"\r\n\r\n", b"\r\nCookie: %b\r\n\r\n" % _cookie(answer.head))
        for asking, answer in zip(asked, send_pipelined(url, asked), strict=True)
    ]
    random.Random(1).shuffle(requests)
    sizes = [len(answer.body) for answer in send_pipelined(url, requests[:1000])]
    return requests, round(median(sizes))


def count_held(url: str, boards: Sequence[Board]) -> int:
    """Return how many slots are held, as a client sees it that holds none."""
    asked = [_poll(board, "", "onlooker") for board in boards]
    seen = (json.loads(answer.body) for answer in send_pipelined(url, asked))
    return sum(len(lists["active_selections"]) for lists in seen)


def _caller(number: int, boards: Sequence[Board], callers: int) -> tuple[Board, str, str]:
    """Return the board that a caller looks at, the time that it holds (or ""), and its name."""
    per_board = callers // len(boards)
    board, nth = divmod(number, per_board)
    slot = nth // 4
    holds = number % 4 == 0 and slot < len(studio.FREE)
    return boards[board], studio.FREE[slot] if holds else "", f"client_{number:06}_k3j9x0q2b"


def _poll(board: Board, selected: str, name: str) -> bytes:
    query = f"date={board.day}&employee_id={board.resource}&client_id={name}"
    if selected:
        query += f"&selected_time={selected}"
    path = f"/wp-json/appointease/v1/slots/poll?{query}"
    return f"GET {path} HTTP/1.1\r\nHost: bench\r\nAccept: application/json\r\n\r\n".encode()


def _cookie(head: bytes) -> bytes:
    return head.partition(b"set-cookie: ")[2].partition(b";")[0]
