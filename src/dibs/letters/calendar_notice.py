"""The letter to the business that a calendar with busy times can't be read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo

from dibs.letters.moment import moment

if TYPE_CHECKING:
    from dibs.letters.languages import Language
    from dibs.letters.letter import Business

#: Letters to the business and its staff that are about no appointment.
NoticeKind = Literal["calendar_unreadable"]


@dataclass(frozen=True)
class CalendarNotice:
    """The data of such a letter. `calendar` is the name of the calendar in the office, `person` the
    name of the resource that has its busy times. `fault` and `fault_detail` say why the calendar
    can't be read (see `busy_times.faults`). `was_read` says that it was read at some time before.
    """

    business: Business
    calendar: str
    person: str
    fault: str
    fault_detail: str
    since: datetime
    url: str
    language: str
    was_read: bool = True


def notice_context(notice: CalendarNotice, language: Language) -> dict[str, object]:
    """Return the values that templates can use, by name."""
    zone = ZoneInfo(notice.business.time_zone)
    return {
        "business": notice.business,
        "colour": "",
        "language": language.tag,
        "calendar": notice.calendar,
        "person": notice.person,
        "fault": notice.fault,
        "fault_detail": notice.fault_detail,
        "since": moment(notice.since, notice.since, zone, language.locale),
        "url": notice.url,
        "was_read": notice.was_read,
    }
