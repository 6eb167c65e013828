"""A crowd of viewers (`bench.viewers`) in a process of its own, on the core for the load."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from bench.cores import LOAD, core_command
from bench.servers import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator


class Told(NamedTuple):
    """What the viewers report. `noted` has the number of each viewer who got something new, and
    when, by the monotonic clock."""

    noted: list[tuple[int, float]]
    received: int
    sent: int
    requests: int
    closed: int


class Crowd:
    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def follow(self, port: int, path: str, count: int) -> None:
        """Open so many more streams. Each has had its first event when this returns."""
        self._say(do="open", manner="stream", port=port, path=path, count=count)

    def poll(self, port: int, path: str, count: int, interval: float, spread: float) -> None:
        """Add so many more viewers who poll. Each has had its first answer when this returns."""
        order = {"port": port, "path": path, "count": count}
        self._say(do="open", manner="poll", interval=interval, spread=spread, **order)

    def read(self, port: int, count: int) -> None:
        """Open so many more bare connections."""
        self._say(do="open", manner="bare", port=port, count=count)

    def take(self) -> Told:
        """Return what was noted since the last call."""
        return Told(**self._say(do="take"))

    def _say(self, **order: Any) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            sys.exit("bench: the viewers are gone")
        found: dict[str, Any] = json.loads(answer)
        return found


@contextmanager
def crowd() -> Iterator[Crowd]:
    process = subprocess.Popen(
        [*core_command(LOAD), sys.executable, "-m", "bench.viewers"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield Crowd(process)
    finally:
        assert process.stdin is not None
        process.stdin.close()
        process.wait(timeout=20)
