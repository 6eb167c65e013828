"""Old rows are completed or removed, never too early, and viewers don't notice."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from dibs.app import Dibs
from dibs.availability.boards import BoardKey
from dibs.desk import administration
from dibs.desk.offers import SlotRequest
from dibs.ledger import idempotency
from dibs.settings import Settings
from tests.contract.booking.retention.scene import DAY, SECOND, advance_to, book
from tests.support.days import at
from tests.support.dibs_in_process import build
from tests.support.hand_clock import HandClock
from tests.support.old_rows import (
    CONSULTATION,
    MIKE,
    SARAH,
    column,
    insert,
    insert_audit,
    insert_boards,
    insert_checkout,
    insert_message,
)
from tests.support.open_transaction import open_transaction
from tests.support.plain_sql import PlainSql

pytestmark = pytest.mark.anyio

# --- bookings


async def test_a_booking_is_completed_two_days_after_its_end(
    dibs: Dibs, clock: HandClock, sql: PlainSql
) -> None:
    booking = await book(dibs)
    later = await book(dibs, "10:30")
    advance_to(clock, booking.ends_at + timedelta(days=2))
    assert (await dibs.desk.retention.apply()).counts["bookings"] == 0
    clock.advance(1)
    assert (await dibs.desk.retention.apply()).counts["bookings"] == 1
    assert sql("SELECT reference, status FROM bookings ORDER BY id") == [
        (booking.reference, "completed"),
        (later.reference, "confirmed"),
    ]
    assert column(sql, "SELECT booking_id FROM allocations") == [later.id]
    told = f"SELECT topic FROM outbox WHERE booking_id = {booking.id} ORDER BY id"
    assert column(sql, told) == ["booking.confirmed", "booking.completed"]
    done = f"SELECT actor FROM audit WHERE booking_id = {booking.id} ORDER BY id"
    assert column(sql, done) == ["visitor", "clock"]


async def test_a_checkout_and_a_cancelled_booking_are_not_completed(
    dibs: Dibs, clock: HandClock, sql: PlainSql
) -> None:
    cancelled = await book(dibs)
    await dibs.desk.changing.cancel_as_owner(cancelled.reference)
    checkout = SlotRequest(CONSULTATION, at("11:00", DAY), SARAH)
    await dibs.desk.booking.check_out("bob", checkout)
    clock.advance(10 * 86_400)
    assert (await dibs.desk.retention.apply()).counts["bookings"] == 0
    assert column(sql, "SELECT status FROM bookings ORDER BY id") == ["cancelled", "pending"]


async def test_who_looks_at_the_day_sees_that_its_time_is_free_again(
    dibs: Dibs, clock: HandClock
) -> None:
    """The boards of this process follow the ledger for past days, too."""
    booking = await book(dibs)
    key = BoardKey(SARAH, DAY)
    before = await dibs.hub.get(key)
    assert [each.booking_id for each in before.ledger.busy] == [booking.id]
    advance_to(clock, booking.ends_at + timedelta(days=2) + SECOND)
    await dibs.desk.retention.apply()
    after = await dibs.hub.get(key)
    assert after.ledger.busy == ()
    assert after.ledger.version > before.ledger.version


async def test_an_owner_still_finds_what_was_completed(dibs: Dibs, clock: HandClock) -> None:
    booking = await book(dibs)
    advance_to(clock, booking.ends_at + timedelta(days=3))
    await dibs.desk.retention.apply()
    _, found = await administration.list_bookings(dibs.database, DAY)
    assert [(each.reference, each.status) for each in found] == [(booking.reference, "completed")]


# --- checkouts


async def test_only_old_checkouts_that_nobody_needs_are_removed(
    dibs: Dibs, sql: PlainSql, clock: HandClock
) -> None:
    limit = clock.now() - timedelta(days=dibs.settings.checkout_retention_days)
    old = limit - SECOND
    insert_checkout(sql, "expired", old)
    insert_checkout(sql, "given up", old, status="cancelled")
    insert_checkout(sql, "young", limit)
    insert_checkout(sql, "booked", old, status="cancelled", customer_email="ann@example.com")
    insert_checkout(sql, "imported", old, status="cancelled", visitor=None)
    insert_checkout(sql, "completed", old, status="completed")
    insert_checkout(sql, "no show", old, status="no_show")
    insert_checkout(sql, "in a conflict", old)
    ((blocking,),) = sql("SELECT id FROM bookings WHERE reference = 'in a conflict'")
    conflict = {"kind": "appointment", "source_id": "1", "reason": "", "row": "{}"}
    quoted = {f'"{name}"': value for name, value in conflict.items()}
    insert(sql, "import_conflicts", source="other", **quoted, in_the_way=blocking, at=old)
    insert_checkout(sql, "newest", old)
    assert (await dibs.desk.retention.apply()).counts["checkouts"] == 2
    left = column(sql, "SELECT reference FROM bookings ORDER BY id")
    kept = ["young", "booked", "imported", "completed", "no show", "in a conflict", "newest"]
    assert left == kept
    for table in ("audit", "outbox"):
        told = f"SELECT reference FROM bookings JOIN {table} ON booking_id = bookings.id"
        assert set(column(sql, told)) <= set(kept)
    of_bookings = "SELECT id FROM audit WHERE booking_id IS NOT NULL"
    assert len(column(sql, of_bookings)) == len(kept)


async def test_a_number_is_never_given_twice(dibs: Dibs, sql: PlainSql, clock: HandClock) -> None:
    insert_checkout(sql, "older", clock.now() - timedelta(days=100))
    insert_checkout(sql, "newest", clock.now() - timedelta(days=100))
    highest = max(column(sql, "SELECT id FROM bookings"))
    await dibs.desk.retention.apply()
    assert (await book(dibs)).id != highest


# --- messages, audit, answers


async def test_only_finished_messages_that_are_old_are_removed(
    dibs: Dibs, sql: PlainSql, clock: HandClock
) -> None:
    limit = clock.now() - timedelta(days=dibs.settings.outbox_retention_days)
    insert_message(sql, "old", limit - SECOND)
    insert_message(sql, "young", limit)
    insert_message(sql, "to be sent", limit - SECOND, due_at=clock.now())
    assert (await dibs.desk.retention.apply()).counts["outbox"] == 1
    assert column(sql, "SELECT topic FROM outbox ORDER BY id") == ["young", "to be sent"]


async def test_the_audit_keeps_what_is_shown_with_a_booking(
    dibs: Dibs, sql: PlainSql, clock: HandClock
) -> None:
    booking = await book(dibs)
    sql("DELETE FROM audit")
    limit = clock.now() - timedelta(days=dibs.settings.audit_retention_days)
    insert_audit(sql, booking.id, limit - SECOND, "old")
    insert_audit(sql, booking.id, limit - SECOND, "booking.rescheduled")
    insert_audit(sql, booking.id, limit, "young")
    assert (await dibs.desk.retention.apply()).counts["audit"] == 1
    assert column(sql, "SELECT action FROM audit ORDER BY id") == ["booking.rescheduled", "young"]


async def test_answers_are_removed_once_they_are_too_old(
    dibs: Dibs, sql: PlainSql, clock: HandClock
) -> None:
    asked = {"key": "key", "request": "asked", "status": 201, "body": "{}"}
    limit = clock.now() - idempotency.KEPT
    insert(sql, "idempotency", scope="old", **asked, created_at=limit - SECOND)
    insert(sql, "idempotency", scope="valid", **asked, created_at=limit)
    assert (await dibs.desk.retention.apply()).counts["answers"] == 1
    assert column(sql, "SELECT scope FROM idempotency") == ["valid"]


# --- boards


async def test_only_boards_of_days_long_past_are_removed(
    dibs: Dibs, sql: PlainSql, clock: HandClock
) -> None:
    last = clock.now().date() - timedelta(days=dibs.settings.board_retention_days)
    insert_boards(sql, last - timedelta(days=2), 4)
    assert (await dibs.desk.retention.apply()).counts["boards"] == 4
    assert sorted(set(column(sql, "SELECT day FROM boards ORDER BY day")), key=str) == [
        as_stored(dibs, last),
        as_stored(dibs, last + timedelta(days=1)),
    ]


def as_stored(dibs: Dibs, day: date) -> Any:
    return day.isoformat() if dibs.settings.is_embedded else day


async def test_yesterday_stays_in_every_time_zone(settings: Settings, sql: PlainSql) -> None:
    """In some time zones it is still the day before the UTC day, so "yesterday" there is one day
    earlier."""
    least = settings.model_copy(update={"board_retention_days": 2})
    for hour in (0, 23):
        built = build(least, HandClock(datetime(2026, 11, 25, hour, 59, tzinfo=UTC)))
        sql("DELETE FROM boards")
        insert_boards(sql, date(2026, 11, 22), 2)
        assert (await built.desk.retention.apply()).counts["boards"] == 2
        assert set(column(sql, "SELECT day FROM boards")) == {as_stored(built, date(2026, 11, 23))}
        await built.close()


async def test_no_version_ever_falls(dibs: Dibs, sql: PlainSql, clock: HandClock) -> None:
    insert_boards(sql, DAY - timedelta(days=100), 102, version=7)
    keys = [
        BoardKey(resource, DAY - timedelta(days=days))
        for resource in (SARAH, MIKE)
        for days in range(-3, 102)
    ]
    before = await dibs.ledger.poll_changes(keys, None)
    await dibs.desk.retention.apply()
    after = await dibs.ledger.poll_changes(keys, None)
    assert before.versions is not None
    assert after.versions is not None
    assert after.changes >= before.changes
    assert len(column(sql, "SELECT day FROM boards")) < 100
    assert all(after.versions[key] >= before.versions[key] for key in keys)


async def test_what_viewers_see_stays_the_same(dibs: Dibs, sql: PlainSql) -> None:
    """The boards are read again and have higher versions, but show the same."""
    booking = await book(dibs)
    insert_boards(sql, DAY - timedelta(days=100), 50)
    key = BoardKey(SARAH, DAY)
    before = await dibs.hub.get(key)
    day = await dibs.days.get(CONSULTATION, DAY, None)
    assert (await dibs.desk.retention.apply()).counts["boards"] == 100
    after = await dibs.hub.get(key)
    assert after.ledger.busy == before.ledger.busy
    assert (await dibs.days.get(CONSULTATION, DAY, None)).slots == day.slots
    fresh = await dibs.ledger.read_board(key)
    assert fresh.version > before.ledger.version
    assert fresh.busy == before.ledger.busy
    assert (await book(dibs, "10:30")).id > booking.id
    shown = await dibs.hub.get(key)
    assert [each.starts_at for each in shown.ledger.busy] == [at("10:00", DAY), at("10:30", DAY)]


async def test_boards_are_removed_when_those_who_are_writing_have_ended(
    dibs: Dibs, sql: PlainSql
) -> None:
    """A writer has read the version of its board, and after its commit names the next version."""
    insert_boards(sql, DAY - timedelta(days=100), 1)
    key = BoardKey(SARAH, DAY)
    async with open_transaction(dibs.database) as tx:
        await tx.lock_boards([key])
        promised = tx.versions[key]
        removing = asyncio.create_task(dibs.desk.retention.apply())
        done, _ = await asyncio.wait([removing], timeout=0.3)
        assert not done
    assert (await removing).counts["boards"] == 2
    assert (await dibs.ledger.read_board(key)).version > promised
