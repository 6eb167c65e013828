"""Makes load: wrk sends prepared requests as fast as they are answered."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bench.cores import LOAD, core_command

if TYPE_CHECKING:
    from collections.abc import Iterable

SCRIPT = Path(__file__).with_name("load.lua")


@dataclass(frozen=True)
class Load:
    """What one run of wrk has measured. `bytes` are those of the answers with their headers.
    `cpu_seconds` is the CPU time of wrk itself."""

    requests: int
    failed: int
    seconds: float
    bytes: int
    p50_ms: float
    p99_ms: float
    cpu_seconds: float


def get_wrk() -> None:
    """Install wrk from Debian's packages if it is missing and this process runs as root."""
    if shutil.which("wrk"):
        return
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        sys.exit("bench: needs wrk (on Debian: apt-get install wrk)")
    print("bench: installing wrk ...", file=sys.stderr)
    apt = ["apt-get", "-o", "DPkg::Lock::Timeout=300", "-q"]
    for command in (["update"], ["install", "-y", "--no-install-recommends", "wrk"]):
        if subprocess.run([*apt, *command], stdout=subprocess.DEVNULL, check=False).returncode:
            sys.exit("bench: could not install wrk")


def write_requests(file: Path, requests: Iterable[bytes]) -> Path:
    file.write_bytes(b"".join(request + b"\0" for request in requests))
    return file


def send(url: str, requests: Path, *, connections: int, seconds: int) -> Load:
    """Send the requests of a file in turn, from its beginning. Each connection has one request at a
    time."""
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", f"-s{SCRIPT}", url]
    before = _cpu_of_children()
    done = subprocess.run(
        [*core_command(LOAD), *command, "--", str(requests)],
        capture_output=True,
        text=True,
        check=True,
    )
    cpu = _cpu_of_children() - before
    line = next(line for line in done.stdout.splitlines() if line.startswith("measured "))
    count, failed, microseconds, size, p50, p99 = map(int, line.split()[1:])
    return Load(count, failed, microseconds / 1e6, size, p50 / 1000, p99 / 1000, cpu)


def _cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
