"""A booking is one short transaction: its statements are counted."""

from __future__ import annotations

import pytest

from dibs.app import Dibs
from dibs.desk.offers import SlotRequest
from dibs.ledger.bookings import Customer
from dibs.ledger.idempotency import Request
from tests.support.days import at, working_day
from tests.support.recorded_statements import statements

pytestmark = pytest.mark.anyio

CONSULTATION = 1
#: PostgreSQL gets the last three statements as one.
MAX_STATEMENTS_SQLITE, MAX_STATEMENTS_POSTGRESQL = 10, 8
#: Statements that only begin or end a transaction are not counted.
AROUND = ("BEGIN", "SAVEPOINT", "RELEASE")


async def test_a_booking_that_nobody_watches_is_one_transaction(dibs: Dibs) -> None:
    """Nothing is read before or after the transaction."""
    await dibs.ledger.catalog()
    wanted = SlotRequest(CONSULTATION, at("10:00", working_day()), resource_id=1)
    with statements() as seen:
        await dibs.desk.booking.book(
            "ann", wanted, Customer("Ann Lee", "ann@example.com"), Request("ann", "key", "asked")
        )
    said = [each for each in seen if not each.startswith(AROUND)]
    is_sqlite = dibs.settings.is_embedded
    most = MAX_STATEMENTS_SQLITE if is_sqlite else MAX_STATEMENTS_POSTGRESQL
    assert len(said) <= most, said
