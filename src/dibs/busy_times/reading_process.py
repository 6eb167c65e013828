"""Reads a calendar file in a separate process, which is killed when it takes too long.

A recurrence rule of one line can mean millions of times, and no check of the line finds all such
rules. In the process of the server such a file would block all requests.
"""

from __future__ import annotations

import asyncio
import sys
from datetime import datetime
from typing import TYPE_CHECKING

import orjson

from dibs.busy_times.busy_time import BusyTime, Reading, UnreadEntry
from dibs.busy_times.faults import CalendarFault

if TYPE_CHECKING:
    from dibs.busy_times.busy_time import ReadingRequest


#: The module that the process runs.
CHILD = "dibs.busy_times.reading_child"
#: Seconds that reading a file may take, the time that the process waits for a busy machine
#: included.
MAX_SECONDS = 120.0


async def read_in_process(
    file: bytes, wanted: ReadingRequest, longest: float = MAX_SECONDS
) -> Reading:
    """Read a file like `read_busy_times`, within `longest` seconds. Raises CalendarFault."""
    request = orjson.dumps([wanted.start, wanted.end, wanted.zone.key, wanted.own_host]).decode()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", CHILD, request),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(longest):
            answer, _ = await process.communicate(file)
    except TimeoutError:
        raise CalendarFault("too_much_work") from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode != 0:
        raise CalendarFault("too_much_work")
    found = orjson.loads(answer)
    if isinstance(found, str):
        raise CalendarFault("too_many" if found == "too_many" else "no_calendar")
    times = (
        BusyTime(datetime.fromisoformat(start), datetime.fromisoformat(end), title)
        for start, end, title in found["times"]
    )
    unread = (
        UnreadEntry(title, reason, datetime.fromisoformat(start) if start else None)
        for title, reason, start in found["unread"]
    )
    return Reading(tuple(times), tuple(unread))
