"""What every database under the ledger promises about repeated requests, about writes that are
interrupted, and about finding bookings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dibs.availability.boards import boards_of
from dibs.desk.replay import refuse_replay
from dibs.errors import IdempotencyMismatch, TransactionLost
from dibs.ledger import bookings, idempotency
from dibs.ledger.bookings import Booking
from dibs.ledger.database import Transaction
from dibs.ledger.idempotency import Request
from dibs.ledger.overdue import find_overdue
from dibs.ledger.seats import Seat
from dibs.ledger.tables import allocations, audit, outbox
from dibs.ledger.tables import boards as board_rows
from dibs.ledger.tables import bookings as booking_rows
from dibs.ledger.tables import idempotency as answers
from tests.contract.ledger.ground import ANN, Ground, book, place, write
from tests.support.open_transaction import open_transaction


class WritingContract:
    # --- the same request twice

    @pytest.mark.scenario(13)
    async def test_an_answer_is_kept_for_a_day_and_more(self, ground: Ground) -> None:
        await keep(ground, Request("scope", "key", "asked"), "the answer")
        ground.clock.advance(24 * 3600)
        await keep(ground, Request("scope", "another key", "asked"), "another answer")
        assert await find_answer(ground, Request("scope", "key", "asked")) == "the answer"

    async def test_an_old_answer_is_no_answer_while_it_is_still_stored(
        self, ground: Ground
    ) -> None:
        request = Request("scope", "key", "asked")
        await keep(ground, request, "the answer")
        ground.clock.advance(idempotency.KEPT.total_seconds())
        assert await find_answer(ground, request) == "the answer"
        ground.clock.advance(1)
        assert await find_answer(ground, request) is None
        other = Request("scope", "key", "asked for more")
        assert await find_answer(ground, other) is None, "the key can be used for something else"
        await ground.database.write(refuse_replay, other)
        await keep(ground, other, "another answer")
        assert await find_answer(ground, other) == "another answer"
        assert ground.count("idempotency") == 1

    @pytest.mark.scenario(13)
    async def test_the_same_key_with_other_data_is_refused(self, ground: Ground) -> None:
        await keep(ground, Request("scope", "key", "asked"), "the answer")
        with pytest.raises(IdempotencyMismatch):
            await find_answer(ground, Request("scope", "key", "asked for more"))

    async def test_a_key_belongs_to_who_sent_it(self, ground: Ground) -> None:
        await keep(ground, Request("ann", "key", "asked"), "the answer")
        assert await find_answer(ground, Request("bob", "key", "asked")) is None
        await keep(ground, Request("bob", "key", "asked"), "another answer")
        assert await find_answer(ground, Request("ann", "key", "asked")) == "the answer"

    # --- all or nothing

    async def test_every_change_leaves_its_audit_row_and_its_message(self, ground: Ground) -> None:
        checkout = await book(ground, place("10:00"), pending=True)
        booking = await ground.database.write(bookings.confirm, checkout, ANN, "visitor")
        ground.clock.advance(60)
        moved = await ground.database.write(bookings.move, booking, place("14:00"), "customer")
        await ground.database.write(bookings.end, moved, "cancelled", "owner")
        done = ground.plain("SELECT actor, action, booking_id FROM audit ORDER BY id")
        assert done == [
            ("visitor", "checkout.started", booking.id),
            ("visitor", "booking.confirmed", booking.id),
            ("customer", "booking.rescheduled", booking.id),
            ("owner", "booking.cancelled", booking.id),
        ]
        told = ground.plain("SELECT topic, booking_id FROM outbox ORDER BY id")
        assert told == [
            ("booking.confirmed", booking.id),
            ("booking.rescheduled", booking.id),
            ("booking.cancelled", booking.id),
        ]

    async def test_an_expired_checkout_is_recorded_but_nobody_is_told(self, ground: Ground) -> None:
        checkout = await book(ground, place("10:00"), pending=True)
        await ground.database.write(bookings.end, checkout, "expired", "clock")
        assert ground.plain("SELECT action FROM audit ORDER BY id") == [
            ("checkout.started",),
            ("checkout.expired",),
        ]
        assert ground.count("outbox") == 0

    async def test_what_is_interrupted_leaves_nothing(self, ground: Ground) -> None:
        where = place("10:00")

        zone = await zone_of(ground, 1)

        def write_and_fail(tx: Transaction) -> None:
            tx.lock_boards(boards_of(1, where.slot.guarded, zone))
            write(tx, where)
            idempotency.save_response(tx, Request("scope", "key", "asked"), 201, "the answer")
            tx.write_appended()
            for table in (allocations, audit, board_rows, booking_rows, outbox, answers):
                assert tx.connection.execute(table.select()).first() is not None
            raise RuntimeError("the power went")

        with pytest.raises(RuntimeError, match="the power went"):
            await ground.database.write(write_and_fail)
        for table in ("allocations", "audit", "boards", "bookings", "outbox", "idempotency"):
            assert ground.count(table) == 0, table

    async def test_what_is_written_is_seen_by_others_only_when_it_is_whole(
        self, ground: Ground
    ) -> None:
        async with open_transaction(ground.database) as tx:
            await tx.run(write, place("10:00"))
            assert ground.count("bookings") == ground.count("allocations") == 0
        assert ground.count("bookings") == ground.count("allocations") == 1

    # --- finding bookings

    async def test_overdue_checkouts_are_found_by_what_they_are_in_the_way_of(
        self, ground: Ground
    ) -> None:
        await book(ground, place("10:00"), pending=True)
        await book(ground, place("14:00"), name="second", pending=True)
        await book(ground, place("16:00"), name="third")

        async def overdue(wanted: Seat | None) -> list[str]:
            instant = ground.database.instant()
            slot = wanted.slot if wanted else None
            found = await ground.database.read(find_overdue, instant, slot)
            return [booking.claim for booking in found]

        ground.clock.advance(599)
        assert await overdue(None) == []
        ground.clock.advance(1)
        assert await overdue(None) == ["claim first", "claim second"]
        assert await overdue(place("14:30")) == ["claim second"]
        assert await overdue(place("10:30", resource=2)) == []
        assert await overdue(place("11:00")) == []

    async def test_of_overdue_checkouts_the_first_overdue_come_first(self, ground: Ground) -> None:
        """One transaction ends as many checkouts as it can, the oldest first."""
        for name, start in (("first", "16:00"), ("second", "10:00"), ("third", "14:00")):
            await book(ground, place(start), name=name, pending=True)
            ground.clock.advance(1)
        ground.clock.advance(600)
        database, instant = ground.database, ground.database.instant()
        found = await database.read(find_overdue, instant, most=2)
        all_day = await database.read(find_overdue, instant, place("10:00", 8 * 60).slot)
        assert [each.claim for each in found] == ["claim first", "claim second"]
        assert [each.claim for each in all_day] == ["claim first", "claim second", "claim third"]

    async def test_a_booking_is_read_as_it_was_written(self, ground: Ground) -> None:
        written = await book(ground, place("10:00"))
        found = await ground.database.read(bookings.find_by_reference, written.reference)
        by_token = await ground.database.read(bookings.find_by_token, written.token)
        assert found == written == by_token
        assert found is not None
        assert found.guarded == place("10:00").slot.guarded
        assert await ground.database.read(bookings.find_by_reference, "reference none") is None

    async def test_what_has_ended_is_not_confirmed_moved_or_ended_from_an_older_look(
        self, ground: Ground
    ) -> None:
        looked_at = await book(ground, place("10:00"), pending=True)
        await ground.database.write(bookings.end, looked_at, "cancelled", "visitor")
        changes: list[Callable[[Transaction], Booking]] = [
            lambda tx: bookings.confirm(tx, looked_at, ANN, "visitor"),
            lambda tx: bookings.move(tx, looked_at, place("14:00"), "customer"),
            lambda tx: bookings.end(tx, looked_at, "expired", "clock"),
        ]
        for late in changes:
            with pytest.raises(TransactionLost):
                await ground.database.write(late)
        assert ground.plain("SELECT status FROM bookings") == [("cancelled",)]
        assert ground.count("allocations") == 0


async def zone_of(ground: Ground, resource: int) -> Any:
    return (await ground.catalog()).hours[resource].zone


async def keep(ground: Ground, request: Request, answer: str) -> None:
    await ground.database.write(idempotency.save_response, request, 201, answer)


async def find_answer(ground: Ground, request: Request) -> str | None:
    kept = await ground.database.read(idempotency.find_replay, request, ground.clock.now())
    return kept.body if kept is not None else None
