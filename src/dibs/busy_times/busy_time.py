"""A time at which a resource is busy elsewhere, and which of them are asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo


@dataclass(frozen=True, order=True, slots=True)
class BusyTime:
    """[starts_at, ends_at) in UTC. `title` is what the calendar calls it; empty: nothing, or it is
    private."""

    starts_at: datetime
    ends_at: datetime
    title: str = ""


@dataclass(frozen=True, slots=True)
class ReadingRequest:
    """What is read of a file: the busy times, as far as they are within [start, end).

    `zone` is that of the resource: all-day entries and times without a zone are read in it. Entries
    whose name (UID) ends with `@own_host` are our own bookings, which some calendar program has
    taken from us, and are left out.
    """

    start: datetime
    end: datetime
    zone: ZoneInfo
    own_host: str = ""
