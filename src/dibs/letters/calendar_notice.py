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
    """`calendar` is its name in the office, `person` whose busy times it has. `fault` and
    `fault_detail` say why it can't be read, as `busy_times.faults` has them. `was_read`: it was
    read at some time before."""

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
    """What templates can name."""
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
