"""`bench propagation`: from a change to each of 1,000 viewers, by heartbeat, by polling, by push.

A slot is held and released in turn. The viewers are connections of another process on the same
machine, so both processes read the same clock. With two nodes, the change is made at one node, and
the viewers are at the other. Polls are conditional, so they cost less than those of AppointEase.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path
from statistics import quantiles
from typing import TYPE_CHECKING, Any, NamedTuple

from bench.crowd import crowd
from bench.nodes import Chooser, Node, boards, running_embedded, two_nodes
from bench.plot import curves
from bench.results import machine, results, save, table

if TYPE_CHECKING:
    from bench.crowd import Crowd
    from bench.nodes import Change, Mode

VIEWERS = 1_000
BOARDS = 20
#: How many of the viewers look at the board that changes.
LOOKING = (VIEWERS // BOARDS, VIEWERS)


class Manner(NamedTuple):
    """A manner in which viewers learn of changes. `changes` are made, `apart` seconds from each
    other. Without an `interval`, the viewers follow streams (push)."""

    name: str
    interval: float | None
    spread: float
    changes: int
    apart: float


MANNERS = (
    Manner("push", None, 0, 24, 0.2),
    Manner("polling, 1 s", 1, 0.1, 4, 1.3),
    Manner("heartbeat, 5 s", 5, 0, 1, 5.5),
)


def run() -> None:
    cases: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory(dir=results(), prefix="propagation-") as folder:
        for kind in (running_embedded, two_nodes):
            with kind(Path(folder)) as mode:
                node = Node(mode.far)
                for looking in LOOKING:
                    cases += [measure(mode, node, looking, manner) for manner in MANNERS]
    report(cases)


def measure(mode: Mode, node: Node, looking: int, manner: Manner) -> dict[str, Any]:
    print(f"bench: {mode.name}, {looking} on the board, {manner.name} ...", file=sys.stderr)
    changing, *others = boards(BOARDS)
    groups = [(changing, looking)]
    if looking < VIEWERS:
        groups += [(board, VIEWERS // BOARDS) for board in others]
    with crowd() as viewers:
        for board, count in groups:
            if manner.interval is None:
                viewers.follow(node.port, board, count)
            else:
                viewers.poll(node.port, board, count, manner.interval, manner.spread)
        chooser = Chooser(mode.near, changing)
        for _ in range(2 if manner.interval is None else 0):  # buffers grow with the first
            chooser.change()
        time.sleep(0.5 if manner.interval is None else 2 * manner.interval)
        viewers.take()
        changes = []
        for _ in range(manner.changes):
            changes.append(chooser.change())
            time.sleep(manner.apart)
        found = delays(viewers, changes, looking)
        chooser.close()
    return {"mode": mode.name, "looking": looking, "manner": manner.name} | found


def delays(viewers: Crowd, changes: list[Change], looking: int) -> dict[str, Any]:
    """Return delays in milliseconds: one for each change and viewer, and for each change that of
    the last viewer."""
    noted = sorted(at for _, at in viewers.take().noted)
    asked, acknowledged, last = [], [], []
    ends = [change.asked for change in changes[1:]] + [float("inf")]
    for change, end in zip(changes, ends, strict=True):
        mine = [at for at in noted if change.asked <= at < end]
        if len(mine) != looking:
            sys.exit(f"bench: {len(mine)} of {looking} viewers had the change in time")
        asked += [(at - change.asked) * 1e3 for at in mine]
        acknowledged += [(at - change.acknowledged) * 1e3 for at in mine]
        last.append((mine[-1] - change.acknowledged) * 1e3)
    return {"since_acknowledged": acknowledged, "since_asked": asked, "last": last}


def report(cases: list[dict[str, Any]]) -> None:
    rows = [
        {
            "mode": case["mode"],
            "on the board": case["looking"],
            "manner": case["manner"],
            **_percentiles("", case["since_acknowledged"]),
            **_percentiles("asked: ", case["since_asked"]),
        }
        for case in cases
    ]
    for case in cases:
        for name in ("since_acknowledged", "since_asked", "last"):
            case[name] = [round(each, 3) for each in case[name]]
    saved = {"machine": machine(), "viewers": VIEWERS, "summary": rows, "cases": cases}
    save("propagation", saved)
    drawn = {
        case["manner"]: case["since_acknowledged"]
        for case in cases
        if case["mode"] == "two nodes" and case["looking"] == VIEWERS
    }
    title = f"From an acknowledged change to {VIEWERS:,} viewers on another node"
    curves(title, drawn, results() / "propagation.png")
    print(table(rows))


def _percentiles(prefix: str, times: list[float]) -> dict[str, str]:
    """Return percentiles as text. If a viewer had a change before it was acknowledged, the delay
    counts as 0."""
    cut = quantiles([max(each, 0) for each in times], n=100, method="inclusive")
    found = {"p50": cut[49], "p95": cut[94], "p99": cut[98], "max": max(0, *times)}
    return {f"{prefix}{name} ms": f"{each:,.1f}" for name, each in found.items()}
