"""The process that reads one calendar file: the file comes in, and JSON goes out."""

from __future__ import annotations

import os
import resource
import sys
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import orjson

from dibs.busy_times.busy_time import ReadingRequest
from dibs.busy_times.reader import NoCalendar, TooManyTimes, read_busy_times

#: Most seconds of processor time.
MAX_CPU_SECONDS = 30
MAX_MEMORY = 2 * 1024**3
#: The process has a lower priority than the server, so that it doesn't slow down requests.
NICENESS = 10


def main() -> None:
    """Read the file from standard input, and write the result as JSON to standard output."""
    resource.setrlimit(resource.RLIMIT_CPU, (MAX_CPU_SECONDS, MAX_CPU_SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
    os.nice(NICENESS)
    start, end, zone, own_host = orjson.loads(sys.argv[1])
    wanted = ReadingRequest(_instant(start), _instant(end), ZoneInfo(zone), own_host)
    answer: object
    try:
        found = read_busy_times(sys.stdin.buffer.read(), wanted)
        answer = {
            "times": [[each.starts_at, each.ends_at, each.title] for each in found.times],
            "unread": [[each.title, each.reason, each.starts_at] for each in found.unread],
        }
    except NoCalendar:
        answer = "no_calendar"
    except TooManyTimes:
        answer = "too_many"
    sys.stdout.buffer.write(orjson.dumps(answer))


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


if __name__ == "__main__":
    main()
