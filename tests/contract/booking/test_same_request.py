"""The same request sent again, with and without a key: it books once and gets the same answer."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any

import orjson
import pytest

from dibs.app import Dibs
from dibs.desk.offers import SlotRequest
from dibs.desk.replay import fingerprint_of, keyless_request
from dibs.errors import IdempotencyMismatch
from dibs.ledger import idempotency
from dibs.ledger.bookings import Booking, Customer
from dibs.ledger.idempotency import Request
from tests.support.days import at, working_day
from tests.support.plain_sql import connect

pytestmark = [pytest.mark.anyio, pytest.mark.scenario(13)]

ANN = Customer("Ann Lee", "ann@example.com")
CONSULTATION, CLASS = 1, 4


def plain_sql(dibs: Dibs, statement: str, *values: Any) -> list[tuple[Any, ...]]:
    with connect(dibs.settings.database) as sql:
        return sql(statement, *values)


async def book(dibs: Dibs, slot_request: SlotRequest, visitor: str = "ann") -> Booking:
    """Book like a client that sends no idempotency key."""
    asked = fingerprint_of(
        slot_request.service_id, slot_request.resource_id, slot_request.starts_at, ANN
    )
    return await dibs.desk.booking.book(visitor, slot_request, ANN, keyless_request(visitor, asked))


def seats_at(dibs: Dibs, start: datetime) -> int:
    ((count,),) = plain_sql(
        dibs,
        "SELECT count(*) FROM bookings WHERE status = 'confirmed' AND starts_at = ?",
        start,
    )
    return int(count)


def tuesday_class() -> datetime:
    return at("17:00", working_day(1) - timedelta(days=1))


async def test_five_clicks_at_once_for_anyone_free_book_one_of_them(dibs: Dibs) -> None:
    slot_request = SlotRequest(CONSULTATION, at("10:00", working_day(1)))
    found = await asyncio.gather(*(book(dibs, slot_request) for _ in range(5)))
    assert len({booking.reference for booking in found}) == 1
    assert seats_at(dibs, slot_request.starts_at) == 1
    told = plain_sql(dibs, "SELECT topic FROM outbox")
    assert told == [("booking.confirmed",)]


@pytest.mark.parametrize("resource", [None, 1])
async def test_five_clicks_at_once_check_out_once(dibs: Dibs, resource: int | None) -> None:
    """Every answer is usable: none of them names a checkout that another click has ended."""
    slot_request = SlotRequest(CONSULTATION, at("10:00", working_day(1)), resource)
    check_out = dibs.desk.booking.check_out
    found = await asyncio.gather(*(check_out("ann", slot_request) for _ in range(5)))
    assert len({checkout.token for checkout in found}) == 1
    assert plain_sql(dibs, "SELECT status FROM bookings") == [("pending",)]
    assert await dibs.holds.find_holds("ann") == []
    booking = await dibs.desk.booking.confirm("ann", found[0].token, ANN)
    assert booking.status == "confirmed"


async def test_a_class_with_room_for_more_is_booked_once(dibs: Dibs) -> None:
    slot_request = SlotRequest(CLASS, tuesday_class())
    found = [await book(dibs, slot_request) for _ in range(5)]
    assert len({booking.reference for booking in found}) == 1
    assert seats_at(dibs, slot_request.starts_at) == 1
    await book(dibs, slot_request, visitor="bob")
    assert seats_at(dibs, slot_request.starts_at) == 2


async def test_after_a_minute_it_is_another_request(dibs: Dibs) -> None:
    slot_request = SlotRequest(CLASS, tuesday_class())
    first = await book(dibs, slot_request)
    now = dibs.desk.context.clock.now()
    plain_sql(dibs, "UPDATE idempotency SET created_at = ?", now - timedelta(seconds=50))
    assert (await book(dibs, slot_request)).reference == first.reference
    plain_sql(dibs, "UPDATE idempotency SET created_at = ?", now - timedelta(seconds=61))
    found = await asyncio.gather(*(book(dibs, slot_request) for _ in range(3)))
    assert {booking.reference for booking in found} != {first.reference}
    assert len({booking.reference for booking in found}) == 1
    assert seats_at(dibs, slot_request.starts_at) == 2


async def test_a_key_is_free_again_when_its_answer_is_too_old(dibs: Dibs) -> None:
    """The old answer may still be stored; the new one replaces it."""
    asked = Request("scope", "key", "asked")
    slot_request = SlotRequest(CLASS, tuesday_class())
    first = await dibs.desk.booking.book("ann", slot_request, ANN, asked)
    written = dibs.desk.context.clock.now() - idempotency.KEPT - timedelta(seconds=1)
    plain_sql(dibs, "UPDATE idempotency SET created_at = ?", written)
    other = Request("scope", "key", "asked for something else")
    found = await asyncio.gather(
        *(dibs.desk.booking.book("ann", slot_request, ANN, other) for _ in range(3))
    )
    assert {booking.reference for booking in found} != {first.reference}
    assert len({booking.reference for booking in found}) == 1
    assert plain_sql(dibs, "SELECT request FROM idempotency") == [(other.fingerprint,)]


async def test_who_cancels_can_book_the_same_again(dibs: Dibs) -> None:
    slot_request = SlotRequest(CONSULTATION, at("10:00", working_day(1)), 1)
    first = await book(dibs, slot_request)
    await dibs.desk.changing.cancel_as_owner(first.reference)
    second = await book(dibs, slot_request)
    assert (second.status, second.reference != first.reference) == ("confirmed", True)
    assert (await book(dibs, slot_request)).reference == second.reference


async def test_an_answer_is_kept_under_names_of_its_own(dibs: Dibs) -> None:
    """A newer release reads rows of an older one, and may have more fields or other names in its
    answers."""
    request = Request("scope", "key", "asked")
    slot_request = SlotRequest(CONSULTATION, at("10:00", working_day(1)), 1)
    booking = await dibs.desk.booking.book("ann", slot_request, ANN, request)
    ((body,),) = plain_sql(dibs, "SELECT body FROM idempotency")
    kept = orjson.loads(body)
    assert kept == {
        "reference": booking.reference,
        "status": "confirmed",
        "service_id": 1,
        "resource_id": 1,
        "starts_at": booking.starts_at.isoformat(),
        "ends_at": booking.ends_at.isoformat(),
        "expires_at": None,
        "answer_until": None,
    }
    more = orjson.dumps(kept | {"said_by": "another release"}).decode()
    plain_sql(dibs, "UPDATE idempotency SET body = ?", more)
    assert await dibs.desk.booking.book("ann", slot_request, ANN, request) == booking


async def test_an_answer_stays_what_it_was_when_the_booking_was_moved(dibs: Dibs) -> None:
    request = Request("scope", "key", "asked")
    slot_request = SlotRequest(CONSULTATION, at("10:00", working_day(1)), 1)
    booking = await dibs.desk.booking.book("ann", slot_request, ANN, request)
    token = dibs.desk.context.tokens.token_of(booking.reference)
    later = at("13:00", working_day(1))
    await dibs.desk.changing.reschedule(booking.reference, token, "ann", later)
    again = await dibs.desk.booking.book("ann", slot_request, ANN, request)
    assert (again.starts_at, again.ends_at) == (booking.starts_at, booking.ends_at)


async def test_a_checkout_that_was_there_is_kept_under_the_key_as_well(dibs: Dibs) -> None:
    slot_request = SlotRequest(CONSULTATION, at("10:00", working_day(1)), 1)
    other = SlotRequest(CONSULTATION, at("13:00", working_day(1)), 1)
    desk = dibs.desk.booking
    checkout = await desk.check_out("ann", slot_request)
    found = await asyncio.gather(
        *(desk.check_out("ann", slot_request, Request("ann", "key", "asked")) for _ in range(3))
    )
    assert found == [checkout] * 3
    with pytest.raises(IdempotencyMismatch):
        await desk.check_out("ann", other, Request("ann", "key", "asked for more"))
    booking = await desk.confirm("ann", checkout.token, ANN)
    again = Request("ann", "another key", "asked")
    assert await desk.confirm("ann", checkout.token, ANN, again) == booking
    with pytest.raises(IdempotencyMismatch):
        await desk.book("ann", other, ANN, Request("ann", "another key", "asked for more"))


async def test_cancelling_what_is_cancelled_is_kept_under_the_key_as_well(dibs: Dibs) -> None:
    slot_request = SlotRequest(CONSULTATION, at("10:00", working_day(1)), 1)
    booking = await dibs.desk.booking.book("ann", slot_request, ANN)
    token = dibs.desk.context.tokens.token_of(booking.reference)
    await dibs.desk.changing.cancel_as_owner(booking.reference)
    await dibs.desk.changing.cancel(booking.reference, token, Request("ann", "key", "cancel"))
    with pytest.raises(IdempotencyMismatch):
        await dibs.desk.changing.cancel(booking.reference, token, Request("ann", "key", "other"))
