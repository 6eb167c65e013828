"""`bench traffic`: bytes and requests per viewer and minute, by stream and by polling.

Bytes are counted at the viewers' sockets: requests and answers with their headers (but without
those of TCP), scaled to a minute. The viewers' requests are short; those of a browser have some
hundred bytes more of headers.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.crowd import crowd
from bench.nodes import Chooser, Node, boards, running_embedded
from bench.results import machine, results, save, table

if TYPE_CHECKING:
    from bench.crowd import Crowd

VIEWERS = 200
IDLE_SECONDS, BUSY_SECONDS = 20, 8
HEARTBEAT_INTERVAL = 15
#: A stream ends, and is opened again, after 5 to 10 minutes.
OPENINGS_PER_MINUTE = 1 / 7.5
#: What AppointEase costs, with a poll each second.
PLUGIN = {"manner": "AppointEase", "state": "any", "requests": 60, "received": 35_000, "sent": None}


def run() -> None:
    rows: list[dict[str, Any]] = [PLUGIN]
    with (
        tempfile.TemporaryDirectory(dir=results(), prefix="traffic-") as folder,
        running_embedded(Path(folder), stream_heartbeat_interval=HEARTBEAT_INTERVAL) as mode,
    ):
        board = boards(1)[0]
        port = Node(mode.far).port
        chooser = Chooser(mode.near, board)
        for manner in ("stream", "polling, 1 s"):
            with crowd() as viewers:
                if manner == "stream":
                    viewers.follow(port, board, VIEWERS)
                    opening = viewers.take()
                    once = (opening.received, opening.sent, opening.requests)
                else:
                    viewers.poll(port, board, VIEWERS, 1, 0.1)
                    viewers.take()
                    once = (0, 0, 0)
                for state, seconds in (("idle", IDLE_SECONDS), ("busy", BUSY_SECONDS)):
                    rows.append(count(viewers, chooser, manner, state, seconds, once))
        chooser.close()
    report(rows)


def count(
    viewers: Crowd,
    chooser: Chooser,
    manner: str,
    state: str,
    seconds: int,
    once: tuple[int, int, int],
) -> dict[str, Any]:
    """Count requests and bytes per viewer and minute. In the state `busy` there is a change each
    second. `once` is what opening all streams costs; it is added for the share of streams that are
    opened in a minute."""
    print(f"bench: {manner}, {state}, {seconds} s ...", file=sys.stderr)
    viewers.take()
    for _ in range(seconds):
        if state == "busy":
            chooser.change()
        time.sleep(1)
    told = viewers.take()
    received, sent, requests = (
        (counted / seconds * 60 + opening * OPENINGS_PER_MINUTE) / VIEWERS
        for counted, opening in zip((told.received, told.sent, told.requests), once, strict=True)
    )
    return {
        "manner": manner,
        "state": state,
        "requests": round(requests, 2),
        "received": round(received),
        "sent": round(sent),
    }


def report(rows: list[dict[str, Any]]) -> None:
    setting = {"viewers": VIEWERS, "idle_s": IDLE_SECONDS, "busy_s": BUSY_SECONDS}
    save("traffic", {"machine": machine(), "setting": setting, "per_viewer_and_minute": rows})
    print(table(rows))
