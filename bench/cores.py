"""Server and load on a core each, where there are two and `taskset` is there."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

SERVER, LOAD = 0, 1


def are_apart() -> bool:
    return len(os.sched_getaffinity(0)) > 1 and shutil.which("taskset") is not None


def core_command(which: int) -> list[str]:
    """What to put before a command to have it on that one of our cores."""
    if not are_apart():
        return []
    return ["taskset", "-c", str(sorted(os.sched_getaffinity(0))[which])]


def busy_seconds() -> float:
    """What all programs on all cores have used so far, time stolen from the machine included."""
    user, nice, system, _, _, irq, softirq, steal = map(
        int, Path("/proc/stat").read_text().split(maxsplit=9)[1:9]
    )
    return (user + nice + system + irq + softirq + steal) / os.sysconf("SC_CLK_TCK")
