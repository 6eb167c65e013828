"""Answers which times of an employee's day can't be booked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dibs.appointease.api.credentials import proof_of
from dibs.appointease.api.lingering import COOKIE, end_lingering, read_lingering
from dibs.appointease.api.parsing import (
    Refused,
    day_of,
    has_fields,
    known_id,
    read_json,
    slot_of,
    text_of,
    visitor_of,
)
from dibs.appointease.api.php_forms import PhpResponse
from dibs.appointease.api.routing import APPOINTEASE, BOOKING, Endpoint
from dibs.appointease.api.serializing import number_of
from dibs.availability.boards import BoardKey
from dibs.errors import NotFound
from dibs.web.field_types import DAY

if TYPE_CHECKING:
    from datetime import date

    from starlette.requests import Request
    from starlette.responses import Response

    from dibs.appointease.day import DayTimes, TimeState
    from dibs.appointease.desk import AppointEaseDesk

#: The number of times that every day has, as clients assume.
MAX_PLACES = 12
REASONS = {
    "past": "past_date",
    "too_far": "too_far_advance",
    "not_worked": "non_working_day",
    "closure": "blackout_date",
}


class Availability:
    """Answers which times of a day are booked, and whether one time is free."""

    def __init__(self, desk: AppointEaseDesk) -> None:
        self._desk = desk

    def endpoints(self) -> list[Endpoint]:
        return [
            Endpoint(BOOKING, "availability", "POST", self.availability),
            Endpoint(APPOINTEASE, "reschedule-availability", "POST", self.reschedule),
            Endpoint(APPOINTEASE, "check-slot", "POST", self.check_slot),
        ]

    async def availability(self, request: Request) -> Response:
        """Answer which times are booked or in a checkout. Selections and closed times are in the
        poll instead.

        Clients count the times in this answer. They show MAX_PLACES minus this count as the number
        of free times on the day.
        """
        body = await read_json(request)
        if not has_fields(body, "date", "employee_id"):
            raise Refused(400, "missing_params", "Date and employee ID are required")
        day, employee = _day_and_employee(body)
        excluded = text_of(body.get("exclude_appointment_id"))
        await self._end_lingering(request, BoardKey(employee, day))
        seen = await self._look(
            day, employee, visitor_of(request), await self._find_excluded_number(request, excluded)
        )
        if seen.closed is not None:
            return PhpResponse({"unavailable": "all", "reason": REASONS[seen.closed]})
        if not any(state in ("free", "held") for state in seen.times.values()):
            return PhpResponse({"unavailable": "all", "reason": "fully_booked"})
        busy = [time for time, state in seen.times.items() if state in ("taken", "pending")]
        return PhpResponse(
            {
                # At least one time is free, so the client must not show 0 free times.
                "unavailable": busy[: MAX_PLACES - 1],
                "booking_details": {
                    time: _detail(state) | {"booked_at": time}
                    for time, state in seen.times.items()
                    if state in ("taken", "pending")
                },
            }
        )

    async def reschedule(self, request: Request) -> Response:
        """Answer the same for a client that moves a booking: held times count as well, and that
        booking does not."""
        body = await read_json(request)
        excluded = text_of(body.get("exclude_appointment_id"))
        if excluded is None or not has_fields(body, "date", "employee_id"):
            raise Refused(
                400, "missing_params", "Date, employee ID, and exclude appointment ID are required"
            )
        day, employee = _day_and_employee(body)
        seen = await self._look(
            day, employee, visitor_of(request), await self._find_excluded_number(request, excluded)
        )
        if seen.closed is not None:
            return PhpResponse({"unavailable": "all", "reason": REASONS[seen.closed]})
        return PhpResponse(
            {
                "unavailable": [time for time, state in seen.times.items() if state != "free"],
                "booking_details": {
                    time: _detail(state)
                    for time, state in seen.times.items()
                    if state not in ("free", "closed")
                },
                "excluded_appointment": excluded,
            }
        )

    async def check_slot(self, request: Request) -> Response:
        body = await read_json(request)
        if not has_fields(body, "date", "time", "employee_id"):
            raise Refused(400, "missing_params", "Date, time and employee_id required")
        day, time, employee = slot_of(body)
        seen = await self._look(day, employee, visitor_of(request, body.get("client_id")))
        state = seen.times.get(time, "closed")
        return PhpResponse(
            {
                "is_booked": state == "taken",
                "available": state == "free",
                "message": f"Time slot is {'' if state == 'free' else 'not '}available",
            }
        )

    async def _end_lingering(self, request: Request, asked: BoardKey) -> None:
        """End the lingering hold if the client asks about another day or employee. Then the client
        is not in the form for that hold."""
        lingering = read_lingering(request.cookies.get(COOKIE, ""))
        visitor = visitor_of(request)
        if lingering is not None and lingering.board != asked and visitor is not None:
            await end_lingering(self._desk.holding, lingering, visitor)

    async def _find_excluded_number(self, request: Request, name: str | None) -> int | None:
        """Return the number of the appointment to ignore, or None if it is not the caller's."""
        number = number_of(name or "")
        if not number:
            return None
        try:
            await self._desk.booking.find(number, await proof_of(self._desk, request, number))
        except NotFound:
            return None
        return number

    async def _look(
        self, day: date, employee: int, visitor: str | None, excluded: int | None = None
    ) -> DayTimes:
        if employee == 0:
            raise Refused(400, "invalid_employee", "Invalid employee ID")
        try:
            return await self._desk.days.read_day(BoardKey(employee, day), visitor, excluded)
        except NotFound:
            raise Refused(400, "invalid_employee", "Invalid employee ID") from None


def _day_and_employee(body: dict[str, Any]) -> tuple[date, int]:
    if not isinstance(body["date"], str) or DAY.fullmatch(body["date"]) is None:
        raise Refused(400, "invalid_date", "Invalid date format")
    return day_of(body["date"]), known_id(body["employee_id"])


def _detail(state: TimeState) -> dict[str, Any]:
    """Return what clients may know about a claim on a time. It never says who has the time."""
    if state == "taken":
        return {
            "customer_name": "Booked",
            "customer_email": "",
            "status": "confirmed",
            "booking_id": "",
        }
    processing: dict[str, Any] = {
        "customer_name": "Processing",
        "customer_email": "",
        "status": "processing",
        "booking_id": "",
    }
    return processing | ({"is_active": True} if state == "held" else {})
