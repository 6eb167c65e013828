"""Writes appointments as a calendar file (RFC 5545)."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from icalendar import Calendar, Parameters, vCalAddress, vText
from icalendar.parser import Contentline

from dibs.letters.time_zone_entry import time_zone_entry

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dibs.letters.letter import Appointment, Business

#: Zones that need no rules in the file.
UTC_NAMES = ("UTC", "Etc/UTC")
END = b"END:VCALENDAR\r\n"
#: Lines with fewer bytes need not be folded.
SHORT = 75


def calendar_file(
    business: Business,
    appointments: Sequence[Appointment],
    method: str | None,
    host: str,
    *,
    for_staff: bool = False,
) -> bytes:
    """Return the appointments as a calendar file. Without a `method` it is PUBLISH: a file to keep.
    With `host`, the ids of the entries differ from those of any other Dibs. Only files for staff
    name the customers in the titles of the entries."""
    calendar = Calendar()
    calendar.add("prodid", "-//Dibs//Dibs//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method or "PUBLISH")
    if for_staff:
        calendar.add("x-wr-calname", business.name)
    zone = business.time_zone
    with_zone = [each for each in appointments if not _must_be_utc(each, zone)]
    if with_zone:
        years = [each.starts_at.year for each in with_zone]
        calendar.add_component(time_zone_entry(zone, min(years) - 1, max(years) + 1))
    invites = method in ("REQUEST", "CANCEL") and not for_staff
    frame: bytes = calendar.to_ical()
    events = [
        _event_of(
            business,
            each,
            host,
            _attendee(each) if invites and each.customer_email else b"",
            for_staff=for_staff,
        )
        for each in appointments
    ]
    return b"".join([frame.removesuffix(END), *events, END])


def _event_of(
    business: Business, appointment: Appointment, host: str, attendee: bytes, *, for_staff: bool
) -> bytes:
    """Return the entry of an appointment, in the order in which icalendar writes its fields. To
    write it with icalendar's objects would take seven times as long, and a feed has thousands of
    entries."""
    zone = business.time_zone
    if for_staff:
        who = appointment.customer_name
        summary = f"{appointment.service}: {who}" if who else appointment.service
    else:
        summary = f"{appointment.service}, {business.name}"
    is_cancelled = appointment.status == "cancelled"
    lines = [
        b"BEGIN:VEVENT",
        _line("SUMMARY", summary),
        _time("DTSTART", appointment.starts_at, appointment, zone),
        _time("DTEND", appointment.ends_at, appointment, zone),
        _time("DTSTAMP", appointment.changed_at, appointment, "UTC"),
        _line("UID", f"{appointment.reference}@{host}"),
        b"SEQUENCE:%d" % appointment.sequence,
        attendee,
        _line("DESCRIPTION", f"{appointment.resource}\n{appointment.reference}"),
        _line("LOCATION", appointment.place) if appointment.place else b"",
        _organizer(business.email, business.name) if business.email else b"",
        b"STATUS:%s" % appointment.status.upper().encode(),
        b"TRANSP:TRANSPARENT" if is_cancelled else b"TRANSP:OPAQUE",
        b"END:VEVENT",
    ]
    return b"\r\n".join(filter(None, lines)) + b"\r\n"


def _attendee(appointment: Appointment) -> bytes:
    """Return the line that names the customer, who has accepted by booking."""
    said = {"PARTSTAT": "ACCEPTED", "ROLE": "REQ-PARTICIPANT", "RSVP": "FALSE"}
    named = {"CN": appointment.customer_name}
    return _person("ATTENDEE", appointment.customer_email, named | said)


@lru_cache(maxsize=16)
def _organizer(email: str, name: str) -> bytes:
    return _person("ORGANIZER", email, {"CN": name})


def _person(field: str, email: str, said: dict[str, str]) -> bytes:
    line: bytes = Contentline.from_parts(
        field, Parameters(said), vCalAddress(f"mailto:{email}")
    ).to_ical()
    return line


def _line(field: str, text: str) -> bytes:
    """Return a text as a line, folded if it is long."""
    value = vText(text)
    line = field.encode() + b":" + value.to_ical()
    if len(line) < SHORT:
        return line
    folded: bytes = Contentline.from_parts(field, Parameters(), value).to_ical()
    return folded


def _time(field: str, instant: datetime, appointment: Appointment, zone: str) -> bytes:
    if zone in UTC_NAMES or _must_be_utc(appointment, zone):
        return f"{field}:{instant.astimezone(UTC):%Y%m%dT%H%M%SZ}".encode()
    local = instant.astimezone(ZoneInfo(zone))
    return f"{field};TZID={zone}:{local:%Y%m%dT%H%M%S}".encode()


def _must_be_utc(appointment: Appointment, zone: str) -> bool:
    """Tell whether the times must be written in UTC, because a wall time can't tell the start or
    the end. Where the clock is turned back, a wall time in a calendar file means the first of two
    instants, and the appointment may be at the second."""
    info = ZoneInfo(zone)
    return zone in UTC_NAMES or any(
        each.astimezone(info).fold for each in (appointment.starts_at, appointment.ends_at)
    )
