"""Runs server and load on one core each, if there are two cores and the program `taskset`."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

SERVER, LOAD = 0, 1


def are_apart() -> bool:
    return len(os.sched_getaffinity(0)) > 1 and shutil.which("taskset") is not None


def core_command(which: int) -> list[str]:
    """Return what to put before a command so that it runs on the core with this number."""
    if not are_apart():
        return []
    return ["taskset", "-c", str(sorted(os.sched_getaffinity(0))[which])]


def busy_seconds() -> float:
    """Return the CPU seconds that all programs have used so far on all cores, with the time that
    other virtual machines have taken (steal)."""
    user, nice, system, _, _, irq, softirq, steal = map(
        int, Path("/proc/stat").read_text().split(maxsplit=9)[1:9]
    )
    return (user + nice + system + irq + softirq + steal) / os.sysconf("SC_CLK_TCK")
