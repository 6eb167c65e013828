"""The times at which a resource is busy by another calendar, and the request to read them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo


@dataclass(frozen=True, order=True, slots=True)
class BusyTime:
    """A busy time from `starts_at` until before `ends_at`, in UTC. `title` is its title in the
    calendar, or empty if it has none or is private."""

    starts_at: datetime
    ends_at: datetime
    title: str = ""


#: What can't be read of an entry with a fault, and which times it makes busy then.
# no_start       the start: no time
# no_end         the end: the time until the end of the day on which it begins
# no_repetition  when it is repeated: the times that are known
# no_exceptions  when it is not repeated: these times as well
# unreadable     anything: no time
UnreadReason = Literal["no_start", "no_end", "no_repetition", "no_exceptions", "unreadable"]


@dataclass(frozen=True, slots=True)
class UnreadEntry:
    """An entry that can't be read completely. `title` is like the title of a busy time. `starts_at`
    is None if the start isn't known."""

    title: str
    reason: UnreadReason
    starts_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """The result of reading a file: the busy times, sorted by start and each once, and the entries
    that can't be read completely."""

    times: tuple[BusyTime, ...]
    unread: tuple[UnreadEntry, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadingRequest:
    """A request to read the busy times of a file from `start` until before `end`.

    `zone` is the time zone of the resource. All-day entries and times without a zone are read in
    this zone. Entries whose name (UID) ends with `@own_host` are left out: they are bookings of
    this Dibs, which a calendar program has copied from a calendar feed.
    """

    start: datetime
    end: datetime
    zone: ZoneInfo
    own_host: str = ""
