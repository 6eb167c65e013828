"""When several people answer a request at once, the first one wins, and the others are told what
happened to it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable
from typing import Any

import pytest

from dibs.app import Dibs
from dibs.desk.office.changes import SeenTime
from dibs.errors import BookingChanged, BookingClosed, DibsError
from dibs.ledger.bookings import Booking
from dibs.settings import Settings
from tests.contract.booking.request_scene import (
    NOW,
    actions,
    answer,
    ask,
    asking,
    at,
    cancel,
    move,
    read_stored,
    states,
)
from tests.support.hand_clock import HandClock

pytestmark = pytest.mark.anyio

#: The events that end a request, or the booking that it became.
ENDS = ("booking.cancelled", "booking.withdrawn", "booking.declined")


@pytest.fixture
def clock() -> HandClock:
    return HandClock(NOW)


@pytest.fixture
async def dibs(settings: Settings, clock: HandClock) -> AsyncIterator[Dibs]:
    async with asking(settings, clock) as built:
        yield built


async def run_and_compare(dibs: Dibs, asked: Booking, *tries: Awaitable[Any]) -> tuple[Any, ...]:
    """Run all tries at once. Returns the booking afterwards and the result of each try, and checks
    that they agree."""
    told = await asyncio.gather(*tries, return_exceptions=True)
    for each in told:
        assert each is None or isinstance(each, Booking | DibsError), each
    became, said = await read_stored(dibs, asked), await actions(dibs, asked)
    ends = [each for each in said if each.split()[0] in ENDS]
    assert len(ends) == (became.status not in ("requested", "confirmed"))
    assert (await states(dibs) != []) == (not ends)
    return (became, *told)


@pytest.mark.parametrize("is_first", [True, False])
async def test_of_approving_and_declining_at_once_one_wins(dibs: Dibs, is_first: bool) -> None:
    asked = await ask(dibs)
    both = [answer(dibs, asked), answer(dibs, asked, "declined")]
    became, *told = await run_and_compare(dibs, asked, *(both if is_first else both[::-1]))
    (won,) = (each for each in told if isinstance(each, Booking))
    (lost,) = (each for each in told if not isinstance(each, Booking))
    assert won.status == became.status
    assert type(lost) is (BookingChanged if became.status == "confirmed" else BookingClosed)


@pytest.mark.parametrize("is_first", [True, False])
async def test_of_declining_and_withdrawing_at_once_one_wins(dibs: Dibs, is_first: bool) -> None:
    asked = await ask(dibs)
    both = [answer(dibs, asked, "declined"), cancel(dibs, asked)]
    became, *told = await run_and_compare(dibs, asked, *(both if is_first else both[::-1]))
    (won,) = (each for each in told if isinstance(each, Booking))
    (lost,) = (each for each in told if not isinstance(each, Booking))
    assert (won.status, type(lost)) == (became.status, BookingClosed)


@pytest.mark.parametrize("is_first", [True, False])
async def test_of_approving_and_withdrawing_at_once_nobody_is_told_wrong(
    dibs: Dibs, is_first: bool
) -> None:
    """A booking can be cancelled right after it was approved, but a withdrawn request can't be
    approved."""
    asked = await ask(dibs)
    both = [answer(dibs, asked), cancel(dibs, asked)]
    became, *told = await run_and_compare(dibs, asked, *(both if is_first else both[::-1]))
    approved, cancelled = told if is_first else told[::-1]
    assert became.status == cancelled.status == "cancelled"
    was_approved = any("approved" in each for each in await actions(dibs, asked))
    assert isinstance(approved, Booking if was_approved else BookingClosed)
    end = "booking.cancelled" if was_approved else "booking.withdrawn"
    assert any(each.startswith(end) for each in await actions(dibs, asked))


@pytest.mark.parametrize("is_first", [True, False])
async def test_of_approving_and_moving_at_once_nobody_approves_unseen(
    dibs: Dibs, is_first: bool
) -> None:
    asked = await ask(dibs)
    seen = SeenTime(asked.resource_id, asked.starts_at, asked.ends_at)
    both = [answer(dibs, asked, seen=seen), move(dibs, asked, "16:00")]
    became, *told = await run_and_compare(dibs, asked, *(both if is_first else both[::-1]))
    approved, moved = told if is_first else told[::-1]
    assert isinstance(moved, Booking)
    assert (became.status, became.starts_at) == ("requested", at("16:00"))
    if isinstance(approved, Booking):
        assert (approved.status, approved.starts_at) == ("confirmed", at("14:00"))
    else:
        assert isinstance(approved, BookingChanged)


@pytest.mark.parametrize("said", ["confirmed", "declined"])
async def test_of_an_answer_and_the_end_of_its_time_one_wins(
    dibs: Dibs, clock: HandClock, said: str
) -> None:
    asked = await ask(dibs)
    clock.advance(180 * 60)
    tries = (dibs.desk.sweep(), answer(dibs, asked, said), dibs.desk.sweep())
    became, _, told, _ = await run_and_compare(dibs, asked, *tries)
    assert became.status == "declined"
    if said == "confirmed":
        assert isinstance(told, BookingClosed)
    else:
        assert told.status == "declined"


@pytest.mark.parametrize("round_", range(5))
async def test_of_all_who_answer_at_once_one_is_first(
    dibs: Dibs, clock: HandClock, round_: int
) -> None:
    asked = await ask(dibs)
    tries: list[Awaitable[Any]] = [
        answer(dibs, asked, "declined"),
        cancel(dibs, asked),
        dibs.desk.changing.cancel_as_owner(asked.reference),
    ]
    if round_ % 2:
        clock.advance(180 * 60)
        tries += [dibs.desk.sweep(), dibs.desk.sweep()]
    else:
        tries.insert(0, answer(dibs, asked))
    for result in await asyncio.gather(*tries, return_exceptions=True):
        assert result is None or isinstance(result, Booking | DibsError), result
    became = await read_stored(dibs, asked)
    said = await actions(dibs, asked)
    # The request may be approved and then cancelled, like any booking; nothing happens after its
    # end.
    ends = [each for each in said if each.split()[0] in ENDS]
    assert became.status in ("confirmed", "declined", "cancelled")
    assert len(ends) == (became.status != "confirmed")
    assert len([each for each in said if "approved" in each]) <= 1
    assert (await states(dibs) != []) == (became.status == "confirmed")
