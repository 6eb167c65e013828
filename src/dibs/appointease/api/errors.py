"""Refusals with the codes and texts of the plugin, which AppointEase clients can show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dibs.appointease.api.parsing import Refused
from dibs.errors import NotFound, SlotClosed, SlotTaken, TooManyRequests, Unavailable
from dibs.web.errors import status_of

if TYPE_CHECKING:
    from dibs.appointease.unavailability import Reason
    from dibs.errors import DibsError

#: Code and text for a closed time, by its reason. Other reasons have the code `slot_closed`.
CLOSED = {
    "past": ("past_date", "Cannot book appointments in the past"),
    "too_far": ("too_far_advance", "Cannot book more than {days} days in advance"),
    "not_worked": ("non_working_day", "Appointment must be on a working day"),
    "closure": ("non_working_day", "Appointment must be on a working day"),
    "outside_hours": ("outside_hours", "Appointment must be within business hours"),
}


def closed_refusal(reason: Reason, booking_window_days: int | None) -> Refused:
    """Return the refusal of a time that is not on offer."""
    if reason not in CLOSED:
        return select_refusal(SlotClosed())
    code, message = CLOSED[reason]
    return Refused(400, code, message.format(days=booking_window_days))


def select_refusal(error: DibsError) -> Refused:
    """Return the refusal of a select that raised this error."""
    match error:
        case NotFound():
            return Refused(400, "invalid_employee", "Invalid employee ID")
        case SlotTaken():
            return Refused(409, "slot_taken", "Slot already booked")
        case SlotClosed() | TooManyRequests() | Unavailable():
            return Refused(status_of(type(error)), error.code, error.detail)
    return Refused(409, "slot_locked", "Slot is already locked")
