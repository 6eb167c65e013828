"""Links that open a new entry in the calendar of Google or Outlook on the web."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

if TYPE_CHECKING:
    from dibs.letters.letter import Appointment, Business

GOOGLE = "https://calendar.google.com/calendar/render"
OUTLOOK = "https://outlook.live.com/calendar/0/deeplink/compose"


def google_url(business: Business, appointment: Appointment) -> str:
    start, end = (
        f"{each.astimezone(UTC):%Y%m%dT%H%M%SZ}"
        for each in (appointment.starts_at, appointment.ends_at)
    )
    fields = {
        "action": "TEMPLATE",
        "text": _title(business, appointment),
        "dates": f"{start}/{end}",
        "ctz": business.time_zone,
        "details": _details(appointment),
        "location": appointment.place or "",
    }
    return f"{GOOGLE}?{_query(fields)}"


def outlook_url(business: Business, appointment: Appointment) -> str:
    start, end = (
        f"{each.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
        for each in (appointment.starts_at, appointment.ends_at)
    )
    fields = {
        "path": "/calendar/action/compose",
        "rru": "addevent",
        "subject": _title(business, appointment),
        "startdt": start,
        "enddt": end,
        "body": _details(appointment),
        "location": appointment.place or "",
    }
    return f"{OUTLOOK}?{_query(fields)}"


def _query(fields: dict[str, str]) -> str:
    # Outlook shows a plus sign as it is, so spaces are written as %20.
    return urlencode({name: value for name, value in fields.items() if value}, quote_via=quote)


def _title(business: Business, appointment: Appointment) -> str:
    return f"{appointment.service}, {business.name}"


def _details(appointment: Appointment) -> str:
    return f"{appointment.resource}\n{appointment.reference}"
