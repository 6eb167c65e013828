"""The calendar of the office: as it is now, and as a stream."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from dibs.errors import NotFound
from dibs.web.field_types import AddressId, Day
from dibs.web.office.booking_answers import CalendarOut
from dibs.web.office.calendar_stream import CalendarStream, FollowedBoards
from dibs.web.office.calendar_views import show_calendar
from dibs.web.problems import DOCUMENTED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dibs.desk import Desk
    from dibs.desk.office.permissions import Principal
    from dibs.web.office.guard import Guard
    from dibs.web.stream import Streams

MAX_DAYS = 7
MAX_RESOURCES = 200

First = Annotated[Day, Query(alias="from")]
Days = Annotated[int, Query(ge=1, le=MAX_DAYS)]
Resources = Annotated[list[AddressId] | None, Query(alias="resource", max_length=MAX_RESOURCES)]


def routes(desk: Desk, guard: Guard, streams: Streams) -> APIRouter:
    api = APIRouter(prefix="/api/v1/admin/calendar", tags=["office"], responses=DOCUMENTED)

    async def watch(
        request: Request, first: Day, days: int, resources: Sequence[int] | None
    ) -> FollowedBoards:
        principal = await guard.require(request, "calendar:read")
        wanted = own_resources(principal, resources or ())
        keys = await desk.office.calendar.plan(first, days, wanted)
        return FollowedBoards(first, days, tuple(wanted), tuple(keys), principal)

    @api.get("")
    async def read_calendar(
        request: Request, first: First, days: Days = 1, resource: Resources = None
    ) -> CalendarOut:
        """Return the columns of some days: one for each resource and day, with its bookings,
        checkouts, holds, closures and busy times."""
        asked = await watch(request, first, days, resource)
        columns = await desk.office.calendar.read(asked.keys)
        return show_calendar(
            await desk.office.calendar.names(),
            columns,
            first,
            days,
            desk.context.clock.now(),
            names_customers=asked.names_customers,
        )

    @api.get("/stream", response_class=Response)
    async def follow_calendar(
        request: Request, first: First, days: Days = 1, resource: Resources = None
    ) -> Response:
        """Stream the calendar as server-sent events: first `calendar` with all columns, then a
        `column` whenever one has changed, and `news` about new bookings of any day."""
        asked = await watch(request, first, days, resource)
        return CalendarStream(desk, guard, streams, request, asked)

    return api


def own_resources(principal: Principal, wanted: Sequence[int]) -> list[int]:
    """Return the resources to show; an empty list means all. Raises NotFound if a wanted resource
    isn't the principal's own."""
    own = principal.resource_id
    if own is None:
        return list(dict.fromkeys(wanted))
    if any(each != own for each in wanted):
        raise NotFound
    return [own]
