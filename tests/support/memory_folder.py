"""Keeps the temporary files of tests in memory if there is room. So no test waits for a disk."""

from __future__ import annotations

import multiprocessing.util
import os
import re
import shutil
import tempfile
from pathlib import Path

MEMORY = Path("/dev/shm")
GIGABYTE = 2**30
#: Bytes that all tests together may need at once, and as much again for the servers that they
#: start.
ROOM = 4 * GIGABYTE


def keep_files_in_memory() -> None:
    """Keep temporary files in memory, for this process and those that it starts. Do nothing if
    TMPDIR names a folder already."""
    if "TMPDIR" in os.environ or not has_room():
        return
    remove_leftovers()
    folder = MEMORY / f"dibs-tests-{os.getpid()}"
    folder.mkdir(exist_ok=True)
    # This is the mode of /tmp, because servers that run as other users have files here, too.
    folder.chmod(0o1777)
    os.environ["TMPDIR"] = tempfile.tempdir = str(folder)
    # This runs after multiprocessing has removed its own folder inside (at priority -100).
    multiprocessing.util.Finalize(None, shutil.rmtree, (folder, True), exitpriority=-200)


def has_room() -> bool:
    if not os.access(MEMORY, os.W_OK):
        return False
    disk = os.statvfs(MEMORY)
    found = re.search(r"MemAvailable: +(\d+) kB", Path("/proc/meminfo").read_text())
    available = int(found[1]) * 1024 if found else 0
    return disk.f_bavail * disk.f_frsize > ROOM and available > 2 * ROOM


def remove_leftovers() -> None:
    """Remove the folders of tests that were killed. Nothing else would free their memory."""
    for folder in MEMORY.glob("dibs-tests-*"):
        if not Path("/proc", folder.name.rpartition("-")[2]).exists():
            shutil.rmtree(folder, ignore_errors=True)
