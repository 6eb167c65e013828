"""`bench deadlines`: how late viewers see that a hold or a checkout has run out.

The server says when a claim ends. A follower of the board notes when its stream shows the time as
free again. The difference is the delay; the aim is 100 ms (p99).
"""

from __future__ import annotations

import sys
import tempfile
from datetime import date
from pathlib import Path
from statistics import median, quantiles
from typing import TYPE_CHECKING, Any

from bench.nodes import Mode, boards, running_embedded, two_nodes
from bench.results import machine, results, save, table
from tests.support.answers import deadline
from tests.support.days import at
from tests.support.follower import Follower
from tests.support.waiting import until

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from tests.support.visitor import Visitor

ROUNDS = 20
#: Seconds that a claim lives.
LIFE = 1
#: The aim for the 99th percentile, in milliseconds.
AIM = 100


def run() -> None:
    rows: list[dict[str, Any]] = []
    for make in (running_embedded, two_nodes):
        with (
            tempfile.TemporaryDirectory(dir=results(), prefix="deadlines-") as folder,
            make(Path(folder), hold_lifetime=LIFE, checkout_lifetime=LIFE) as mode,
        ):
            for kind, claim in (("hold", take_hold), ("checkout", take_checkout)):
                print(f"bench: {mode.name}, {kind} ...", file=sys.stderr)
                rows.append({"mode": mode.name, "claim": kind} | measure(mode, claim))
    save("deadlines", machine() | {"aim_ms": AIM, "rows": rows})
    print(table(rows))


def take_hold(visitor: Visitor, start: datetime) -> dict[str, Any]:
    return check_answer(visitor.hold(start).json())


def take_checkout(visitor: Visitor, start: datetime) -> dict[str, Any]:
    return check_answer(visitor.check_out(start).json())


def check_answer(answer: dict[str, Any]) -> dict[str, Any]:
    if "expires_at" not in answer:
        sys.exit(f"bench: refused: {answer}")
    return answer


def measure(mode: Mode, claim: Callable[[Visitor, datetime], dict[str, Any]]) -> dict[str, Any]:
    """Return percentiles of the delay, in milliseconds, with which the far node shows the end of a
    claim."""
    board = boards(1)[0]
    start = at("10:00", date.fromisoformat(board.rpartition("/")[2]))
    follower = Follower(mode.far.url, board + "/stream")
    late: list[float] = []
    try:
        until(lambda: follower.events, "the first event comes")
        for _ in range(ROUNDS):
            taken = claim(mode.near.visitor(), start)
            until(lambda: follower.shown_states() != {}, "the claim is shown")
            late.append(follower.late(deadline(taken)) * 1e3)
    finally:
        follower.close()
    return {
        "p50_ms": round(median(late), 1),
        "p99_ms": round(quantiles(late, n=100, method="inclusive")[98], 1),
        "max_ms": round(max(late), 1),
    }
