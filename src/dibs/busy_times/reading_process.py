"""Reads a calendar file in a process of its own, which is killed when it takes too long.

A recurrence rule of one line can stand for millions of times, and no check of the line finds all
such rules. In our own process such a file would hold up everybody.
"""

from __future__ import annotations

import asyncio
import os
import resource
import sys
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import orjson

from dibs.busy_times.faults import CalendarFault
from dibs.busy_times.reader import (
    BusyTime,
    NoCalendar,
    ReadingRequest,
    TooManyTimes,
    read_busy_times,
)

#: Seconds that a file may take: of a processor, and on the clock of a machine with much to do.
MAX_CPU_SECONDS = 30
MAX_SECONDS = 120.0
MAX_MEMORY = 2 * 1024**3
#: Requests go first.
NICENESS = 10


async def read_in_process(
    file: bytes, wanted: ReadingRequest, longest: float = MAX_SECONDS
) -> list[BusyTime]:
    """Like `read_busy_times`. Raises CalendarFault."""
    request = orjson.dumps([wanted.start, wanted.end, wanted.zone.key, wanted.own_host]).decode()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", __name__, request),
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
    return [BusyTime(_instant(start), _instant(end), title) for start, end, title in found]


def main() -> None:
    """What the process does: the file comes in, and JSON goes out."""
    resource.setrlimit(resource.RLIMIT_CPU, (MAX_CPU_SECONDS, MAX_CPU_SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
    os.nice(NICENESS)
    start, end, zone, own_host = orjson.loads(sys.argv[1])
    wanted = ReadingRequest(_instant(start), _instant(end), ZoneInfo(zone), own_host)
    answer: object
    try:
        found = read_busy_times(sys.stdin.buffer.read(), wanted)
        answer = [[each.starts_at, each.ends_at, each.title] for each in found]
    except NoCalendar:
        answer = "no_calendar"
    except TooManyTimes:
        answer = "too_many"
    sys.stdout.buffer.write(orjson.dumps(answer))


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


if __name__ == "__main__":
    main()
