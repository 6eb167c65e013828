"""The month view: what is free over many days. It is not live; clients ask again with the ETag of
the last answer."""

from __future__ import annotations

import re
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import orjson
from fastapi import APIRouter, Query, Request, Response
from fastapi import Path as InPath

from dibs.errors import FieldError, Invalid
from dibs.time_slices import TimeSlices
from dibs.web.asgi import header, matches, quote_etag
from dibs.web.field_types import AddressId, Day, parse_day
from dibs.web.problems import DOCUMENTED
from dibs.web.quick_route import QuickRoute
from dibs.web.schemas import rfc3339

if TYPE_CHECKING:
    from datetime import date

    from starlette.types import ASGIApp

    from dibs.desk import Desk
    from dibs.desk.first_free import FirstFree
    from dibs.desk.free_days import Availability, DayAvailability

MAX_DAYS = 62
#: The most free days that one answer has.
MAX_FREE_DAYS = 31
#: The path and the query with which the booking page asks for a month.
USUAL_PATH = re.compile(r"/api/v1/services/([1-9][0-9]{0,8})/availability")
USUAL_QUERY = re.compile(
    r"from=(?P<first>[0-9]{4}-[0-9]{2}-[0-9]{2})&to=(?P<last>[0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"(?:&resource=(?P<resource>[1-9][0-9]{0,8}))?"
)
#: The OpenAPI description of these answers.
_CONDITIONAL: dict[int | str, dict[str, Any]] = {
    200: {"headers": {"ETag": {"schema": {"type": "string"}}}},
    304: {"description": "It is what `If-None-Match` names."},
}


class RenderedAnswer(NamedTuple):
    """The bytes of an answer, and their ETag."""

    body: bytes
    etag: bytes


def routes(desk: Desk) -> APIRouter:
    api = APIRouter(prefix="/api/v1/services/{service_id}", responses=DOCUMENTED)

    @api.get("/availability", tags=["availability"], responses=_CONDITIONAL)
    async def availability(
        request: Request,
        service_id: Annotated[AddressId, InPath()],
        first: Annotated[Day, Query(alias="from")],
        last: Annotated[Day, Query(alias="to")],
        resource: Annotated[AddressId | None, Query()] = None,
        slots: Annotated[bool, Query()] = False,
    ) -> Response:
        if last < first:
            raise Invalid(FieldError("to", "before_from"))
        if last - first >= timedelta(days=MAX_DAYS):
            raise Invalid(FieldError("to", "too_far"))
        found = await desk.month.availability(service_id, first, last, resource)
        return _answer(request, await _render(found, with_slots=slots))

    @api.get("/first-free", tags=["availability"], responses=_CONDITIONAL)
    async def first_free(
        request: Request,
        service_id: Annotated[AddressId, InPath()],
        first: Annotated[Day | None, Query(alias="from")] = None,
        resource: Annotated[AddressId | None, Query()] = None,
        days: Annotated[int, Query(ge=1, le=MAX_FREE_DAYS)] = 1,
        slots: Annotated[bool, Query()] = False,
    ) -> Response:
        found = await desk.month.first_free(service_id, resource, first, days)
        return _answer(request, _render_first_free(found, with_slots=slots))

    return api


def quick_route(desk: Desk, router: ASGIApp) -> QuickRoute:
    """Return the quick route for a month. `router` has the routes above, and answers all requests
    that aren't usual."""

    async def answer_month(request: Request) -> Response | None:
        """Answer a usual request for a month, as the booking page sends it, like `availability`.
        Returns None for any other request."""
        path, query = request.scope["path"], request.scope["query_string"]
        service, asked = USUAL_PATH.fullmatch(path), USUAL_QUERY.fullmatch(query.decode("latin-1"))
        if service is None or asked is None:
            return None
        try:
            first, last = map(parse_day, asked.group("first", "last"))
        except ValueError:
            return None
        if not timedelta(0) <= last - first < timedelta(days=MAX_DAYS):
            return None
        resource = int(asked["resource"]) if asked["resource"] else None
        found = await desk.month.availability(int(service[1]), first, last, resource)
        return _answer(request, await _render(found, with_slots=False))

    return QuickRoute("GET", USUAL_PATH.pattern, answer_month, router)


def _render_first_free(found: FirstFree, *, with_slots: bool) -> RenderedAnswer:
    days = b"null"
    if found.days is not None:
        parts = (_render_day(*each, with_slots=with_slots) for each in found.days.items())
        days = b"{%b}" % b",".join(parts)
    head = orjson.dumps(
        {"time_zone": found.time_zone, "searched": {"from": found.first, "to": found.last}}
    )
    return _add_etag(b'%b,"days":%b}' % (head[:-1], days))


def _add_etag(body: bytes) -> RenderedAnswer:
    return RenderedAnswer(body, quote_etag(sha256(body).hexdigest()))


def _answer(request: Request, rendered: RenderedAnswer) -> Response:
    headers = {"Cache-Control": "no-cache", "ETag": rendered.etag.decode()}
    if matches(header(request.scope, b"if-none-match"), (rendered.etag,)):
        return Response(status_code=304, headers=headers)
    return Response(rendered.body, media_type="application/json", headers=headers)


async def _render(found: Availability, *, with_slots: bool) -> RenderedAnswer:
    """Render a month, once for all who get this answer. This is done in slices of time with pauses
    between them, because it can take long."""
    kept: RenderedAnswer | None = found.derived.get(with_slots)
    if kept is None:
        slices = TimeSlices()
        parts: list[bytes] = []
        for day, free in found.days.items():
            parts.append(_render_day(day, free, with_slots=with_slots))
            await slices.pause_if_due()
        zone = orjson.dumps(found.time_zone)
        body = b'{"time_zone":%b,"days":{%b}}' % (zone, b",".join(parts))
        kept = found.derived[with_slots] = _add_etag(body)
    return kept


def _render_day(day: date, free: DayAvailability, *, with_slots: bool) -> bytes:
    shown: dict[str, Any] = {"free": None if free.starts is None else len(free.starts)}
    if free.last_taken is not None:
        shown["full"] = True
    if with_slots:
        shown["slots"] = [
            {
                "starts_at": rfc3339(slot.starts_at),
                "ends_at": rfc3339(slot.ends_at),
                "resource_ids": resource_ids,
            }
            for slot, resource_ids in free.slots or ()
        ]
    return b'"%b":%b' % (day.isoformat().encode(), orjson.dumps(shown))
