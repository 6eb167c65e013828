"""`bench fanout`: one change to all streams of a process, beside a bare loop of socket writes.

Both write equally many bytes to equally many sockets, in turns, from the same core to readers on
another core. Time counts from the moment when the change is asked for, so it includes the change
itself.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from bench.cores import SERVER, core_command
from bench.crowd import crowd
from bench.nodes import Chooser, Node, boards, running_embedded
from bench.plot import bars
from bench.results import machine, results, save, table
from bench.servers import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.crowd import Crowd

STREAMS = (1_000, 5_000, 10_000)
ROUNDS = 6
#: Aims: the time until the last viewer has the change, as a ratio to the bare loop; µs of CPU per
#: event; kB per connection.
LAST, CPU, MEMORY = 1.7, 20, 12
SETTLED = 10.0


def run() -> None:
    with (
        tempfile.TemporaryDirectory(dir=results(), prefix="fanout-") as folder,
        running_embedded(Path(folder)) as mode,
        bare() as loop,
        crowd() as followers,
        crowd() as readers,
    ):
        board = boards(1)[0]
        chooser = Chooser(mode.near, board)
        node = Node(mode.far)
        followers.follow(node.port, board, 1)  # so that what only the first costs is spent
        alone = median(change_alone(node, chooser) for _ in range(6))
        empty = node.memory()
        cases, connected = [], 1
        for count in STREAMS:
            print(f"bench: {count:,} streams ...", file=sys.stderr)
            followers.follow(node.port, board, count - connected)
            readers.read(loop.port, count - loop.connected)
            connected = loop.connected = count
            cases.append(measure(node, chooser, followers, loop, readers, count))
            cases[-1]["kb_per_connection"] = (node.memory() - empty) / (count - 1) / 1000
        chooser.close()
    report(cases, alone)


def measure(
    node: Node, chooser: Chooser, followers: Crowd, loop: Bare, readers: Crowd, count: int
) -> dict[str, Any]:
    followers.take()
    times: list[float] = []
    bare_times: list[float] = []
    cpu: list[float] = []
    bare_cpu: list[float] = []
    size = 0.0
    for each in range(ROUNDS + 1):
        before = node.cpu_seconds()
        change = chooser.change()
        noted, received = wait_for_viewers(followers, count)
        used = node.cpu_seconds() - before
        size = received / count
        began, bare_used = loop.write(round(size))
        bare_noted, _ = wait_for_viewers(readers, count)
        if each == 0:
            continue  # buffers grow with the first
        times.append(max(noted) - change.asked)
        cpu.append(used / count)
        bare_times.append(max(bare_noted) - began)
        bare_cpu.append(bare_used / count)
    ratios = [mine / theirs for mine, theirs in zip(times, bare_times, strict=True)]
    return {
        "streams": count,
        "bytes": round(size),
        "last_ms": [each * 1e3 for each in times],
        "bare_last_ms": [each * 1e3 for each in bare_times],
        "ratios": ratios,
        "cpu_us": [each * 1e6 for each in cpu],
        "bare_cpu_us": [each * 1e6 for each in bare_cpu],
    }


def change_alone(node: Node, chooser: Chooser) -> float:
    """Return the CPU seconds that a change costs with one viewer."""
    before = node.cpu_seconds()
    chooser.change()
    time.sleep(0.3)
    return node.cpu_seconds() - before


def wait_for_viewers(viewers: Crowd, count: int) -> tuple[list[float], int]:
    """Wait until all viewers have the change. Returns when each of them got it, and the bytes that
    all have received."""
    noted: dict[int, float] = {}
    received = 0
    gives_up = time.monotonic() + SETTLED
    while len(noted) < count:
        time.sleep(0.3)
        told = viewers.take()
        received += told.received
        if told.closed or time.monotonic() > gives_up:
            sys.exit(f"bench: {len(noted)} of {count} have the change, {told.closed} are gone")
        noted |= dict(told.noted)
    return list(noted.values()), received


def report(cases: list[dict[str, Any]], alone: float) -> None:
    found = {
        "machine": machine(),
        "rounds": ROUNDS,
        "aims": {"last_ratio": LAST, "cpu_us": CPU, "kb_per_connection": MEMORY},
        "change_alone_cpu_ms": alone * 1e3,
        "cases": cases,
    }
    save("fanout", found)
    rows = [
        {
            "streams": f"{case['streams']:,}",
            "last ms": f"{median(case['last_ms']):.0f}",
            "bare ms": f"{median(case['bare_last_ms']):.0f}",
            "ratio": f"{median(case['ratios']):.2f}",
            "from–to": f"{min(case['ratios']):.2f}–{max(case['ratios']):.2f}",
            "CPU µs": f"{median(case['cpu_us']):.1f}",
            "bare µs": f"{median(case['bare_cpu_us']):.1f}",
            "kB": f"{case['kb_per_connection']:.1f}",
            "event bytes": case["bytes"],
        }
        for case in cases
    ]
    largest = cases[-1]
    panels = {
        "last viewer, ms": {"bare loop": largest["bare_last_ms"], "Dibs": largest["last_ms"]},
        "CPU, µs per event": {"bare loop": largest["bare_cpu_us"], "Dibs": largest["cpu_us"]},
    }
    bars(f"One change to {largest['streams']:,} streams", panels, results() / "fanout.png")
    print(table(rows))
    print(f"\na change that one viewer is told costs {alone * 1e3:.1f} ms of CPU")
    print(f"aims: ratio ≤ {LAST}, CPU ≤ {CPU} µs, memory ≤ {MEMORY} kB")


class Bare:
    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.port = int(self._answer())
        self.connected = 0

    def write(self, size: int) -> tuple[float, float]:
        """Let the loop write so many bytes to each socket. Returns when it began, and the CPU
        seconds that it took."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{size}\n")
        self._process.stdin.flush()
        told = json.loads(self._answer())
        if told["count"] != self.connected:
            sys.exit(f"bench: the bare loop has {told['count']} of {self.connected}")
        return told["began"], told["cpu"]

    def _answer(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline()


@contextmanager
def bare() -> Iterator[Bare]:
    process = subprocess.Popen(
        [*core_command(SERVER), sys.executable, "-m", "bench.bare_push"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield Bare(process)
    finally:
        assert process.stdin is not None
        process.stdin.close()
        process.wait(timeout=20)
