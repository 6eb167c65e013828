"""What happens to a hold when the write that it was taken for is refused."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection

from dibs.app import Dibs
from dibs.clock import Clock
from dibs.desk.acquired_hold import AcquiredHold
from dibs.desk.booking import BookingDesk
from dibs.desk.booking_steps import SlotChange, WriteResult, change_slot
from dibs.desk.offers import SlotRequest
from dibs.errors import BookingClosed, DibsError, SlotTaken, TransactionLost
from dibs.ledger.catalog import Catalog
from dibs.ledger.database import Transaction
from tests.support.days import at, working_day

pytestmark = [pytest.mark.anyio, pytest.mark.scenario(43)]

CONSULTATION = 1


async def write_in_vain(dibs: Dibs, refusal: type[DibsError]) -> None:
    """Let Ann try to write a booking at 10:00, which the transaction refuses with this error."""

    def refuse(tx: Transaction, catalog: Catalog, acquired: AcquiredHold) -> WriteResult:
        assert acquired.hold is not None
        raise refusal

    def find_no_answer(connection: Connection, now: datetime) -> None:
        return None

    wanted = SlotRequest(CONSULTATION, at("10:00", working_day()), resource_id=1)
    with pytest.raises(refusal):
        await change_slot(dibs.desk.context, SlotChange("ann", wanted, refuse, find_no_answer))


async def holds_of_ann(dibs: Dibs) -> int:
    return len(await dibs.holds.find_holds("ann"))


async def test_a_hold_that_was_there_before_stays_while_its_time_can_be_had(dibs: Dibs) -> None:
    await dibs.desk.holding.hold("ann", CONSULTATION, at("10:00", working_day()), 1)
    await write_in_vain(dibs, BookingClosed)
    assert await holds_of_ann(dibs) == 1


async def test_a_hold_of_a_time_that_is_lost_ends(dibs: Dibs) -> None:
    await dibs.desk.holding.hold("ann", CONSULTATION, at("10:00", working_day()), 1)
    await write_in_vain(dibs, SlotTaken)
    assert await holds_of_ann(dibs) == 0


async def test_a_hold_that_was_taken_for_the_write_ends(dibs: Dibs) -> None:
    await write_in_vain(dibs, BookingClosed)
    assert await holds_of_ann(dibs) == 0


async def test_a_hold_that_was_taken_for_a_lost_transaction_ends(dibs: Dibs) -> None:
    """When the write is repeated, its answer may already be stored, or another person may be the
    better offer."""
    await write_in_vain(dibs, TransactionLost)
    assert await holds_of_ann(dibs) == 0


class SlowClock:
    """A clock on which four seconds pass between two looks at its monotonic time."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._looks = itertools.count()

    def now(self) -> datetime:
        return self._clock.now()

    def monotonic(self) -> float:
        return 4.0 * next(self._looks)


async def test_a_checkout_whose_write_waited_is_kept_no_longer_for_that(dibs: Dibs) -> None:
    context = dibs.desk.context
    long = context.settings.model_copy(update={"checkout_lifetime": timedelta(hours=1)})
    desk = BookingDesk(replace(context, settings=long, clock=SlowClock(context.clock)))
    slot_request = SlotRequest(CONSULTATION, at("10:00", working_day()), resource_id=1)
    checkout = await desk.check_out("ann", slot_request)
    assert checkout.deadline is not None
    longest = context.settings.max_claim_duration - timedelta(seconds=4)
    assert checkout.deadline <= context.clock.now() + longest
