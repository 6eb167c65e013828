"""`bench letters`: bookings beside mail servers that work, hang and refuse, and beside none.

For every booking the customer gets a letter, which the mail worker of the same process writes and
sends. All servers get the same bookings. Only one server runs at a time, in turns, so a ratio
compares two measurements made one after the other. One client books, with a pause after each
booking in which the worker can work.
"""

from __future__ import annotations

import sys
import tempfile
import time
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from bench import studio
from bench.booking_requests import booking_requests, headers_of
from bench.results import machine, results, save, table
from bench.servers import dibs
from bench.years import Client
from tests.support.mail import MailSink

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bench.servers import Server

TURNS = 12
BOOKED = 40
#: Seconds after each booking.
PAUSE = 0.05
AIM = 1.1
#: What the mail server answers to a letter, by case. None means that there is no mail server.
CASES = {
    "it works": "250 OK",
    "it hangs": "hang",
    "it refuses for now": "451 later",
    "it refuses for good": "554 no",
    "there is none": None,
}
#: The median milliseconds of a booking in one turn, by case.
Times = dict[str, float]


def run(short: bool = False) -> None:
    turns = 3 if short else TURNS
    with (
        tempfile.TemporaryDirectory(dir=results(), prefix="letters-") as name,
        ExitStack() as stack,
    ):
        servers = {case: start(stack, Path(name) / str(n), case) for n, case in enumerate(CASES)}
        requests = booking_requests()
        found: list[Times] = []
        for turn in range(turns):
            print(f"bench: turn {turn + 1} of {turns} ...", file=sys.stderr)
            asked = list(islice(requests, BOOKED))
            # The order rotates, so that each server is the first as often as it is the last.
            order = list(CASES)[turn % len(CASES) :] + list(CASES)[: turn % len(CASES)]
            found.append({case: median(book(servers[case], asked)) for case in order})
    report(found)


def start(stack: ExitStack, data: Path, case: str) -> Server:
    studio.make(data, [])
    settings = {}
    answer = CASES[case]
    if answer is not None:
        sink = MailSink()
        stack.callback(sink.stop)
        sink.answer = answer
        settings = {"smtp_url": sink.url, "mail_from": "bench@dibs.example"}
    return stack.enter_context(dibs(data, **settings))


def book(server: Server, requests: Sequence[dict[str, Any]]) -> Iterator[float]:
    with server.awake():
        client = Client(server.url)
        client.send("GET", "/api/v1/services")
        for request in requests:
            yield client.send("POST", "/api/v1/bookings", request, **headers_of(request))
            time.sleep(PAUSE)


def report(found: Sequence[Times]) -> None:
    """Report the medians of the turns. A ratio compares two measurements of the same turn."""
    rows = []
    for case in CASES:
        ratios = sorted(each[case] / each["it works"] for each in found)
        rows.append(
            {
                "the mail server": case,
                "p50, ms": round(median(each[case] for each in found), 1),
                "ratio": f"{median(ratios):.2f} ({ratios[0]:.2f}–{ratios[-1]:.2f})",
            }
        )
    setting = {"turns": len(found), "booked": BOOKED, "pause_s": PAUSE, "aim": AIM}
    save("letters", {"machine": machine(), "setting": setting, "turns": list(found)})
    print(table(rows))
    print(f"\nRatios are those to a mail server that works, aim at most {AIM}.")
