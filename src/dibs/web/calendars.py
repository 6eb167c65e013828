"""Calendar files: a booking for its customer, and feeds that calendar programs read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi import Path as InPath

from dibs.web.asgi import header, matches, quote_etag
from dibs.web.problems import DOCUMENTED
from dibs.web.request_headers import ManageToken

if TYPE_CHECKING:
    from dibs.desk import Desk
    from dibs.web.middleware.rate_limit import Throttle

MEDIA_TYPE = "text/calendar"
_FILE: dict[int | str, dict[str, Any]] = {
    200: {"content": {MEDIA_TYPE: {"schema": {"type": "string"}}}, "description": "The file."},
}
_FEED = _FILE | {304: {"description": "It is what `If-None-Match` names."}}


def routes(desk: Desk, public_url: str, throttle: Throttle) -> APIRouter:
    api = APIRouter(responses=DOCUMENTED, default_response_class=Response)

    async def count_reader(request: Request) -> None:
        await throttle.count_address("lookup_rate_per_ip", request)

    @api.post("/api/v1/bookings/{reference}/calendar.ics", tags=["bookings"], responses=_FILE)
    async def booking_as_calendar(reference: str, token: ManageToken) -> Response:
        file = await desk.calendars.file_of_booking(reference, token, public_url)
        named = {"Content-Disposition": 'attachment; filename="booking.ics"'}
        return Response(file, media_type=f"{MEDIA_TYPE}; charset=utf-8", headers=named)

    @api.get(
        "/feeds/{token}.ics",
        tags=["feeds"],
        responses=_FEED,
        dependencies=[Depends(count_reader)],
    )
    async def feed(request: Request, token: Annotated[str, InPath()]) -> Response:
        file = await desk.calendars.read_feed(token, public_url)
        etag = quote_etag(file.etag)
        headers = {"Cache-Control": "private, no-cache", "ETag": etag.decode()}
        if matches(header(request.scope, b"if-none-match"), (etag,)):
            return Response(status_code=304, headers=headers)
        body = await desk.calendars.write_feed(file)
        return Response(body, media_type=f"{MEDIA_TYPE}; charset=utf-8", headers=headers)

    return api
