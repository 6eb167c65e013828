"""What is free over many days: the month view. It isn't live; it is answered conditionally."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import orjson
from fastapi import APIRouter, Query, Request, Response
from fastapi import Path as InPath

from dibs.errors import FieldError, Invalid
from dibs.time_slices import TimeSlices
from dibs.web.asgi import header, matches, quoted
from dibs.web.field_types import AddressId, Day
from dibs.web.problems import DOCUMENTED
from dibs.web.schemas import rfc3339

if TYPE_CHECKING:
    from datetime import date

    from dibs.desk import Desk
    from dibs.desk.first_free import FirstFree
    from dibs.desk.month import Availability, DayAvailability

MAX_DAYS = 62
#: So many free days at most are answered at once.
MAX_FREE_DAYS = 31
#: How the OpenAPI document tells of these answers.
_CONDITIONAL: dict[int | str, dict[str, Any]] = {
    200: {"headers": {"ETag": {"schema": {"type": "string"}}}},
    304: {"description": "It is what `If-None-Match` names."},
}


class Rendered(NamedTuple):
    """The bytes of an answer, and their name."""

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


def _render_first_free(found: FirstFree, *, with_slots: bool) -> Rendered:
    days = b"null"
    if found.days is not None:
        parts = (_render_day(*each, with_slots=with_slots) for each in found.days.items())
        days = b"{%b}" % b",".join(parts)
    head = orjson.dumps(
        {"time_zone": found.time_zone, "searched": {"from": found.first, "to": found.last}}
    )
    return _named(b'%b,"days":%b}' % (head[:-1], days))


def _named(body: bytes) -> Rendered:
    return Rendered(body, quoted(sha256(body).hexdigest()))


def _answer(request: Request, rendered: Rendered) -> Response:
    headers = {"Cache-Control": "no-cache", "ETag": rendered.etag.decode()}
    if matches(header(request.scope, b"if-none-match"), (rendered.etag,)):
        return Response(status_code=304, headers=headers)
    return Response(rendered.body, media_type="application/json", headers=headers)


async def _render(found: Availability, *, with_slots: bool) -> Rendered:
    """Rendered once for all who get this answer, in slices, because it may be long."""
    kept: Rendered | None = found.derived.get(with_slots)
    if kept is None:
        slices = TimeSlices()
        parts: list[bytes] = []
        for day, free in found.days.items():
            parts.append(_render_day(day, free, with_slots=with_slots))
            await slices.pause_if_due()
        zone = orjson.dumps(found.time_zone)
        body = b'{"time_zone":%b,"days":{%b}}' % (zone, b",".join(parts))
        kept = found.derived[with_slots] = _named(body)
    return kept


def _render_day(day: date, free: DayAvailability, *, with_slots: bool) -> bytes:
    shown: dict[str, Any] = {"free": None if free.slots is None else len(free.slots)}
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
