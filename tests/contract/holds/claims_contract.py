"""What every book of claims promises: a test for each sentence of `dibs.holds.claims`.

A backend inherits the class and gives it the fixture `it`.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from dibs.availability.slots import ServiceSlot
from dibs.holds.claims import (
    ClaimLimits,
    ClaimTerms,
    EnteredClaim,
    KeptTooLong,
    Kind,
    Requester,
    TooMany,
)
from dibs.holds.store import Hold, HoldRequest, Refusal
from tests.contract.holds.store_under_test import BOARD, LIFETIMES, StoreUnderTest, seconds, slot

KEEP, REST = LIFETIMES.max_claim, LIFETIMES.cooldown
HOME = Requester("192.0.2.1")
MINUTE = timedelta(minutes=1)


def place(
    start: str = "10:00", end: str = "11:00", *, resource: int = 1, service: int = 1
) -> ServiceSlot:
    return slot(start, end, service=service, resource=resource)


@pytest.mark.anyio
class ClaimBookContract:
    @pytest.fixture
    def it(self) -> StoreUnderTest:
        raise NotImplementedError("a backend gives its store")

    async def enter(
        self,
        it: StoreUnderTest,
        where: ServiceSlot | None = None,
        visitor: str = "ann",
        kind: Kind = "hold",
        *,
        requester: Requester = HOME,
        ttl: timedelta = MINUTE,
        limits: ClaimLimits = ClaimLimits(),  # noqa: B008
    ) -> EnteredClaim | KeptTooLong | TooMany:
        return await it.store.claims.enter(visitor, requester, where or place(), kind, ttl, limits)

    async def keep(self, it: StoreUnderTest, *places: ServiceSlot) -> timedelta:
        """Claim these slots in turn, each before the previous claim ends. Returns for how long this
        was allowed."""
        began = it.clock.now()
        for number in range(10_000):
            kind: Kind = "checkout" if number % 2 else "hold"
            answer = await self.enter(it, places[number % len(places)], kind=kind)
            if isinstance(answer, KeptTooLong):
                return it.clock.now() - began
            assert isinstance(answer, EnteredClaim)
            it.clock.advance(min(59.0, answer.left.total_seconds()))
        raise AssertionError("it is kept for ever")

    # --- how long a time is kept

    async def test_no_order_of_holds_and_checkouts_keeps_a_time_longer(
        self, it: StoreUnderTest
    ) -> None:
        assert await self.keep(it, place()) == KEEP

    async def test_moving_back_and_forth_keeps_what_both_times_share_no_longer(
        self, it: StoreUnderTest
    ) -> None:
        assert await self.keep(it, place(), place("10:15", "11:15")) == KEEP

    async def test_another_service_over_the_time_keeps_it_no_longer(
        self, it: StoreUnderTest
    ) -> None:
        assert await self.keep(it, place(), place("10:30", "10:45", service=2)) == KEEP

    async def test_leaving_and_claiming_again_keeps_it_no_longer(self, it: StoreUnderTest) -> None:
        began = it.clock.now()
        while isinstance(await self.enter(it), EnteredClaim):
            it.clock.advance(20)
            await it.store.claims.leave("ann", 1)
            it.clock.advance(20)
        assert KEEP <= it.clock.now() - began < KEEP + MINUTE

    async def test_what_is_left_is_told(self, it: StoreUnderTest) -> None:
        answer = await self.enter(it)
        assert isinstance(answer, EnteredClaim)
        assert (answer.now, answer.left) == (it.clock.now(), KEEP)
        it.clock.advance(30)
        answer = await self.enter(it)
        assert isinstance(answer, EnteredClaim)
        assert answer.left == KEEP - seconds(30)

    async def test_once_it_has_rested_it_can_be_had_again(self, it: StoreUnderTest) -> None:
        await self.keep(it, place())
        refused = await self.enter(it)
        assert refused == KeptTooLong(REST)
        it.clock.advance(REST.total_seconds())
        answer = await self.enter(it)
        assert isinstance(answer, EnteredClaim)
        assert answer.left == KEEP

    async def test_others_and_other_times_are_not_concerned(self, it: StoreUnderTest) -> None:
        await self.keep(it, place())
        assert isinstance(await self.enter(it, visitor="bob"), EnteredClaim)
        assert isinstance(await self.enter(it, place("11:00", "12:00")), EnteredClaim)
        assert isinstance(await self.enter(it, place(resource=2)), EnteredClaim)

    async def test_walking_through_a_day_is_no_keeping(self, it: StoreUnderTest) -> None:
        for hour in range(8, 18):
            for half in ("00", "30"):
                until = f"{hour + 1:02}:{half}"
                answer = await self.enter(it, place(f"{hour:02}:{half}", until))
                assert isinstance(answer, EnteredClaim)
                it.clock.advance(180)

    # --- a hold that is a claim

    async def claim(
        self,
        it: StoreUnderTest,
        visitor: str = "ann",
        where: ServiceSlot | None = None,
        *,
        requester: Requester = HOME,
        ttl: timedelta = MINUTE,
        limits: ClaimLimits = ClaimLimits(),  # noqa: B008
    ) -> Hold | Refusal | KeptTooLong | TooMany:
        terms = ClaimTerms(requester, limits)
        request = HoldRequest([BOARD], where or place(), visitor, ttl, {BOARD: 0}, claim=terms)
        return await it.store.hold(request)

    async def test_a_hold_is_entered_in_the_same_step(self, it: StoreUnderTest) -> None:
        hold = await self.claim(it)
        assert isinstance(hold, Hold)
        assert hold.entered == EnteredClaim(it.clock.now(), KEEP, True, None)
        (entry,) = await it.store.claims.entries()
        assert (entry.visitor, entry.kind, entry.guarded) == ("ann", "hold", place().guarded)
        assert (entry.until, entry.address) == (hold.expires_at, "192.0.2.1")
        again = await self.claim(it, where=place("15:00", "16:00"))
        assert isinstance(again, Hold)
        assert again.entered is not None
        assert again.entered.former == entry

    async def test_a_hold_is_as_a_claim_that_is_entered_by_itself(self, it: StoreUnderTest) -> None:
        await self.claim(it)
        it.clock.advance(10)
        answer = await self.enter(it, kind="checkout")
        assert isinstance(answer, EnteredClaim)
        assert (answer.left, answer.is_new) == (KEEP - seconds(10), False)

    @pytest.mark.parametrize("limits", [ClaimLimits(address=1), ClaimLimits(visitor=1)])
    async def test_one_hold_too_many_is_refused_and_changes_nothing(
        self, it: StoreUnderTest, limits: ClaimLimits
    ) -> None:
        nameless = Requester("192.0.2.1", is_anonymous=True)
        first = await self.claim(it, requester=nameless, limits=limits)
        assert isinstance(first, Hold)
        before = await it.store.claims.entries()
        later = place("15:00", "16:00")
        refused = await self.claim(it, "bob", later, requester=nameless, limits=limits)
        assert isinstance(refused, TooMany)
        limit = "max_claims_per_ip" if limits.address else "max_claims_per_visitor"
        assert (refused.limit, refused.most, refused.wait) == (limit, 1, MINUTE)
        assert await it.on_board() == {"ann": place()}
        assert await it.store.claims.entries() == before
        assert (await it.part()).version == first.snapshots[0].version
        it.clock.advance(60)
        granted = await self.claim(it, "bob", later, requester=nameless, limits=limits)
        assert isinstance(granted, Hold)

    async def test_a_hold_of_a_time_kept_too_long_is_refused_and_changes_nothing(
        self, it: StoreUnderTest
    ) -> None:
        await self.keep(it, place())
        other = place("15:00", "16:00", service=2)
        kept = await self.claim(it, where=other)
        assert isinstance(kept, Hold)
        assert await self.claim(it) == KeptTooLong(REST)
        assert await it.on_board() == {"ann": other}

    async def test_a_hold_lasts_no_longer_than_its_time_can_be_kept(
        self, it: StoreUnderTest
    ) -> None:
        began = it.clock.now()
        while it.clock.now() - began < KEEP - MINUTE:
            await self.enter(it)
            it.clock.advance(30)
        it.clock.advance(30)
        hold = await self.claim(it, ttl=2 * MINUTE)
        assert isinstance(hold, Hold)
        assert hold.expires_at == began + KEEP

    async def test_a_hold_that_is_refused_leaves_the_book_as_it_was(
        self, it: StoreUnderTest
    ) -> None:
        assert isinstance(await self.claim(it, "bob"), Hold)
        assert isinstance(await self.claim(it, "ann", place("15:00", "16:00")), Hold)
        before = await it.store.claims.entries()
        it.clock.advance(1)
        limits = ClaimLimits(address=2)
        assert await self.claim(it, "ann", limits=limits) is Refusal.HELD
        assert await self.claim(it, "cem", limits=ClaimLimits()) is Refusal.HELD
        assert sorted(await it.store.claims.entries(), key=str) == sorted(before, key=str)
        answer = await self.enter(it, visitor="cem")
        assert isinstance(answer, EnteredClaim)
        assert answer.left == KEEP

    # --- how many there are at once

    async def test_of_many_at_once_as_many_are_entered_as_there_may_be(
        self, it: StoreUnderTest
    ) -> None:
        answers = await asyncio.gather(
            *(
                self.enter(it, visitor=f"visitor {n}", limits=ClaimLimits(address=5))
                for n in range(20)
            )
        )
        assert sum(isinstance(answer, EnteredClaim) for answer in answers) == 5
        assert TooMany("max_claims_per_ip", 5, MINUTE) in answers
        assert len(await it.store.claims.entries()) == 5

    async def test_one_visitor_is_counted_whatever_the_address(self, it: StoreUnderTest) -> None:
        for service in (1, 2, 3):
            answer = await self.enter(
                it,
                place(service=service),
                requester=Requester(f"192.0.2.{service}"),
                limits=ClaimLimits(visitor=2),
            )
        assert answer == TooMany("max_claims_per_visitor", 2, MINUTE)

    async def test_the_nameless_of_an_address_are_one_visitor(self, it: StoreUnderTest) -> None:
        nameless = Requester("192.0.2.1", is_anonymous=True)
        for visitor in ("made up 1", "made up 2", "made up 3"):
            answer = await self.enter(
                it, visitor=visitor, requester=nameless, limits=ClaimLimits(address=60, visitor=2)
            )
        assert answer == TooMany("max_claims_per_visitor", 2, MINUTE)
        assert isinstance(
            await self.enter(it, limits=ClaimLimits(address=60, visitor=2)), EnteredClaim
        )

    async def test_a_claim_that_goes_on_needs_no_other_place(self, it: StoreUnderTest) -> None:
        limits = ClaimLimits(address=1, visitor=1)
        assert isinstance(await self.enter(it, limits=limits), EnteredClaim)
        answer = await self.enter(it, place("15:00", "16:00"), kind="checkout", limits=limits)
        assert isinstance(answer, EnteredClaim)
        assert not answer.is_new
        assert answer.former is not None
        assert answer.former.kind == "hold"

    async def test_what_ends_and_what_is_left_makes_room(self, it: StoreUnderTest) -> None:
        limits = ClaimLimits(address=1)
        assert isinstance(await self.enter(it, limits=limits), EnteredClaim)
        assert isinstance(await self.enter(it, visitor="bob", limits=limits), TooMany)
        await it.store.claims.leave("ann", 1)
        assert isinstance(await self.enter(it, visitor="bob", limits=limits), EnteredClaim)
        it.clock.advance(60)
        assert isinstance(await self.enter(it, visitor="cem", limits=limits), EnteredClaim)

    async def test_a_refusal_writes_nothing(self, it: StoreUnderTest) -> None:
        limits = ClaimLimits(address=1)
        await self.enter(it, limits=limits)
        before = await it.store.claims.entries()
        await self.enter(it, visitor="bob", limits=limits)
        assert await it.store.claims.entries() == before
        assert isinstance(
            await self.enter(it, visitor="bob", requester=Requester("192.0.2.9")), EnteredClaim
        )

    async def test_entering_costs_no_more_among_many_of_one_address(
        self, it: StoreUnderTest
    ) -> None:
        alone = await it.work(lambda: self.enter(it, visitor="ann"))
        for number in range(200):
            await self.enter(it, visitor=f"visitor {number}")
        among_many = await it.work(lambda: self.enter(it, visitor="bob"))
        assert among_many <= 2 * alone

    async def test_an_entry_tells_who_what_and_from_where(self, it: StoreUnderTest) -> None:
        await self.enter(it)
        (entry,) = await it.store.claims.entries()
        slot = place()
        assert (entry.visitor, entry.kind, entry.service_id) == ("ann", "hold", slot.service_id)
        assert (entry.resource_id, entry.guarded) == (slot.resource_id, slot.guarded)
        assert (entry.until, entry.address) == (it.clock.now() + MINUTE, "192.0.2.1")
        it.clock.advance(60)
        assert await it.store.claims.entries() == []
