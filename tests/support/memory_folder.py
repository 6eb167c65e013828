"""Temporary files of the tests, kept in memory where there is room: no test waits for a disk."""

from __future__ import annotations

import multiprocessing.util
import os
import re
import shutil
import tempfile
from pathlib import Path

MEMORY = Path("/dev/shm")
GIGABYTE = 2**30
#: What all tests together may need at once, with as much again for the servers that they start.
ROOM = 4 * GIGABYTE


def keep_files_in_memory() -> None:
    """For this process and those that it starts, unless TMPDIR names a folder already."""
    if "TMPDIR" in os.environ or not has_room():
        return
    remove_leftovers()
    folder = MEMORY / f"dibs-tests-{os.getpid()}"
    folder.mkdir(exist_ok=True)
    # Like /tmp: a server that runs as another user has its temporary files here, too.
    folder.chmod(0o1777)
    os.environ["TMPDIR"] = tempfile.tempdir = str(folder)
    # After multiprocessing has removed its own folder in it, which has the priority -100.
    multiprocessing.util.Finalize(None, shutil.rmtree, (folder, True), exitpriority=-200)


def has_room() -> bool:
    if not os.access(MEMORY, os.W_OK):
        return False
    disk = os.statvfs(MEMORY)
    found = re.search(r"MemAvailable: +(\d+) kB", Path("/proc/meminfo").read_text())
    available = int(found[1]) * 1024 if found else 0
    return disk.f_bavail * disk.f_frsize > ROOM and available > 2 * ROOM


def remove_leftovers() -> None:
    """Of tests that were killed: nobody else gives their memory back."""
    for folder in MEMORY.glob("dibs-tests-*"):
        if not Path("/proc", folder.name.rpartition("-")[2]).exists():
            shutil.rmtree(folder, ignore_errors=True)
