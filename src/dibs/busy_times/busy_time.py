"""A time at which a resource is busy elsewhere, and which of them are asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo


@dataclass(frozen=True, order=True, slots=True)
class BusyTime:
    """[starts_at, ends_at) in UTC. `title` is what the calendar calls it; empty: nothing, or it is
    private."""

    starts_at: datetime
    ends_at: datetime
    title: str = ""


#: What isn't known of an entry with a fault.
# no_start       when it is: it is left out
# no_end         when it ends: it takes the rest of its day
# no_repetition  when it is repeated: it takes the times that are known
# no_exceptions  when it isn't repeated: it takes these times, too
# unreadable     anything
UnreadReason = Literal["no_start", "no_end", "no_repetition", "no_exceptions", "unreadable"]


@dataclass(frozen=True, slots=True)
class UnreadEntry:
    """An entry of which not all can be read. `title` is as that of a busy time; `starts_at` None:
    it isn't known either."""

    title: str
    reason: UnreadReason
    starts_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """What is read of a file: the busy times by start, each once, and the entries of which not all
    can be read."""

    times: tuple[BusyTime, ...]
    unread: tuple[UnreadEntry, ...] = ()


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
