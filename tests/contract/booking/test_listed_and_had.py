"""A view and a write agree about every time, around midnight too.

Whatever the hours, zones, buffers and claims: a start that is listed as free can be held and
booked, any other start is refused, and every alternative that is offered instead can be held.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal, NamedTuple

import orjson
import pytest
from hypothesis import HealthCheck, Phase, given, note
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from dibs.app import Dibs
from dibs.appointease.desk import AppointEaseDesk
from dibs.appointease.grid import get_with_neighbours, grid_of
from dibs.availability.boards import BoardKey
from dibs.availability.hours import WallInterval
from dibs.availability.wall import ONE_DAY, day_of
from dibs.desk import administration
from dibs.desk.offers import SlotRequest, starts_on_offer
from dibs.errors import Alternative, Conflict
from dibs.holds.store import Hold
from dibs.ledger.bookings import Customer
from dibs.ledger.catalog import Business, Catalog, Resource, Service
from dibs.live.board import SeenSlot, SlotState
from dibs.live.day import Days, DayView

pytestmark = [pytest.mark.anyio, pytest.mark.scenario(46)]

ANN = Customer("Ann Lee", "ann@example.com")
#: An ordinary day, days on which clocks change (Berlin twice, New York, Santiago at midnight), a
#: leap day, and the ends of a month and a year.
DAYS = [
    date(2027, 6, 9),
    date(2027, 3, 28),
    date(2027, 10, 30),
    date(2027, 3, 14),
    date(2027, 9, 5),
    date(2028, 2, 29),
    date(2027, 11, 30),
    date(2027, 12, 31),
]
ZONES = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "America/Santiago",
    "Asia/Kathmandu",
    "Pacific/Kiritimati",
    "Pacific/Pago_Pago",
]
HOURS = [
    ("00:00-24:00",),
    ("00:00-02:00", "20:00-24:00"),
    ("00:00-03:30", "21:10-24:00"),
    ("09:00-12:00",),
    ("18:00-23:40",),
]
#: How many starts of a view are tried: those nearest to midnight or to a claim.
MAX_TRIED = 5

_numbers = itertools.count(1)


class Attempt(NamedTuple):
    """A claim that somebody tries before the comparison. It doesn't matter whether it succeeds."""

    kind: Literal["hold", "checkout", "booking"]
    service: int
    resource: int
    which: int


@dataclass
class Scene:
    catalog: Catalog
    day: date
    attempts: list[Attempt]


def wall(text: str) -> WallInterval:
    opens, _, closes = text.partition("-")
    return WallInterval(minutes(opens), minutes(closes))


def minutes(clock: str) -> int:
    hours, _, rest = clock.partition(":")
    return int(hours) * 60 + int(rest)


buffers = st.sampled_from([0, 0, 10, 30, 90, 1440])


@st.composite
def services(draw: st.DrawFn, number: int, among: Sequence[int]) -> Service:
    return Service(
        number,
        f"Service {number}",
        duration=draw(st.sampled_from([30, 60, 180, 1440])),
        resource_ids=tuple(sorted(draw(st.sets(st.sampled_from(among), min_size=1)))),
        buffer_before=draw(buffers),
        buffer_after=draw(buffers),
        slot_interval=draw(st.sampled_from([30, 60, 75])),
        capacity=draw(st.sampled_from([1, 1, 2])),
    )


@st.composite
def scenes(draw: st.DrawFn) -> Scene:
    """Draw a scene with two people and two services. Their ids are new each time, so that no other
    scene affects them."""
    people = [next(_numbers), next(_numbers)]
    resources = {
        each: Resource(
            each,
            f"Person {each}",
            time_zone=draw(st.none() | st.sampled_from(ZONES)),
            weekly={
                weekday: tuple(map(wall, spans))
                for weekday, spans in enumerate(
                    itertools.islice(
                        itertools.cycle(
                            draw(st.lists(st.sampled_from(HOURS), min_size=1, max_size=2))
                        ),
                        7,
                    ),
                    1,
                )
            },
        )
        for each in people
    }
    offered = [draw(services(next(_numbers), people)) for _ in range(2)]
    catalog = Catalog(
        Business("Night and Day", draw(st.sampled_from(ZONES)), "EUR", 30),
        {each.id: each for each in offered},
        resources,
    )
    attempts = [
        Attempt(
            draw(st.sampled_from(["hold", "checkout", "booking"])),
            draw(st.sampled_from([each.id for each in offered])),
            draw(st.sampled_from(people)),
            draw(st.integers(-4, 3)),
        )
        for _ in range(draw(st.integers(1, 4)))
    ]
    return Scene(catalog, draw(st.sampled_from(DAYS)), attempts)


class Play:
    """A scene in a running Dibs, with checks of what it shows."""

    def __init__(self, dibs: Dibs, scene: Scene) -> None:
        self.desk = dibs.desk
        self.appointease = AppointEaseDesk(dibs.desk)
        self.dibs = dibs
        self.scene = scene
        self.days = Days(dibs.hub, dibs.ledger)
        self.claimed: list[datetime] = []

    async def begin(self) -> None:
        await administration.apply(self.dibs.database, self.scene.catalog)
        await self.dibs.ledger.catalog()
        for each in self.scene.attempts:
            await self._attempt(each)

    async def _attempt(self, attempt: Attempt) -> None:
        """Try to claim one of the last slots of the day, or one of the first slots of the next
        day."""
        catalog = self.scene.catalog
        if attempt.resource not in catalog.services[attempt.service].resource_ids:
            return
        day = self.scene.day if attempt.which < 0 else self.scene.day + ONE_DAY
        slots = catalog.slots(attempt.resource, attempt.service, day)
        if not -len(slots) <= attempt.which < len(slots):
            return
        start = slots[attempt.which].starts_at
        self.claimed.append(start)
        slot_request = SlotRequest(attempt.service, start, attempt.resource)
        try:
            if attempt.kind == "hold":
                await self.desk.holding.hold(visitor(), *parts_of(slot_request))
            elif attempt.kind == "checkout":
                await self.desk.booking.check_out(visitor(), slot_request)
            else:
                await self.desk.booking.book(visitor(), slot_request, ANN)
        except Conflict as refusal:
            note(f"{attempt} was refused: {refusal.code}")

    async def view(self, service: int, day: date, resource: int | None) -> DayView:
        return await self.days.get(service, day, resource)

    async def try_view(self, service: int, day: date, resource: int | None) -> None:
        """Check the starts that a view lists: exactly the free ones can be held and booked."""
        view = await self.view(service, day, resource)
        for each, seen in self._choose_telling_slots(view):
            slot_request = SlotRequest(service, seen.slot.starts_at, each)
            told = f"{view.plan.zone.key} {day}: {slot_request} is {seen.state}"
            assert day_of(slot_request.starts_at, view.plan.zone) == day, told
            assert await self.can_hold(slot_request) == (seen.state == "free"), told
            assert await self.can_book(slot_request) == (seen.state == "free"), told
        again = await self.view(service, day, resource)
        assert list_shown(again) == list_shown(view)

    def _choose_telling_slots(self, view: DayView) -> list[tuple[int, SeenSlot]]:
        def distance(instant: datetime) -> timedelta:
            zone = view.plan.zone
            local = instant.astimezone(zone).replace(tzinfo=None)
            midnight = abs(local - local.replace(hour=12, minute=0))
            claims = (abs(instant - each) for each in self.claimed)
            return min([timedelta(hours=12) - midnight, *claims])

        return sorted(view.seen, key=lambda pair: distance(pair[1].slot.starts_at))[:MAX_TRIED]

    async def can_hold(self, slot_request: SlotRequest) -> bool:
        who = visitor()
        try:
            hold = await self.desk.holding.hold(who, *parts_of(slot_request))
        except Conflict as refusal:
            await self._can_be_had(slot_request, refusal.alternatives)
            return False
        await self._release(hold)
        return True

    async def can_book(self, slot_request: SlotRequest) -> bool:
        try:
            booking = await self.desk.booking.book(visitor(), slot_request, ANN)
        except Conflict as refusal:
            await self._can_be_had(slot_request, refusal.alternatives)
            return False
        await self.desk.changing.cancel_as_owner(booking.reference)
        return True

    async def _can_be_had(
        self, slot_request: SlotRequest, alternatives: Iterable[Alternative]
    ) -> None:
        for each in alternatives:
            assert each.starts_at != slot_request.starts_at
            other = SlotRequest(slot_request.service_id, each.starts_at, each.resource_id)
            hold = await self.desk.holding.hold(visitor(), *parts_of(other))
            await self._release(hold)

    async def _release(self, hold: Hold) -> None:
        await self.dibs.holds.release(hold.boards, hold.slot, hold.visitor)
        await self.dibs.hub.refresh_all(hold.boards, ledger=False)

    async def compare_month(self, service: int, first: date, last: date) -> None:
        """Check the month against the days: it counts held starts as free, and otherwise agrees."""
        month = await self.desk.month.availability(service, first, last)
        for day, free in month.days.items():
            assert free.slots is not None
            view = await self.view(service, day, None)
            assert month.time_zone == view.plan.zone.key
            listed = {(slot.starts_at, each) for slot, able in free.slots for each in able}
            assert listed == {
                (seen.slot.starts_at, each)
                for each, seen in view.seen
                if seen.state in ("free", "held")
            }

    async def try_poll(self, key: BoardKey) -> None:
        """Check what a poll tells an AppointEase client: it can select exactly the times that
        aren't busy."""
        catalog = self.scene.catalog
        lists = orjson.loads(await self.appointease.holding.poll(key, None, None, is_never) + b"}")
        busy = {time for times in lists.values() for time in times}
        on_offer = starts_on_offer(catalog, key.resource_id, key.day, self.desk.context.clock.now())
        board = await get_with_neighbours(self.dibs.hub, key)
        grid = [time for time, slot in grid_of(board) if slot.starts_at in on_offer]
        for time in (*grid[:3], *grid[-3:]):
            who = visitor()
            try:
                hold = await self.appointease.holding.select(key, time, who)
            except Conflict:
                assert time in busy
            else:
                assert time not in busy
                await self._release(hold)


async def is_never() -> bool:
    return False


def visitor() -> str:
    return f"visitor {next(_numbers)}"


def parts_of(slot_request: SlotRequest) -> tuple[int, datetime, int | None]:
    return slot_request.service_id, slot_request.starts_at, slot_request.resource_id


def list_shown(view: DayView) -> list[tuple[int, datetime, SlotState]]:
    return [(each, seen.slot.starts_at, seen.state) for each, seen in view.seen]


@given(scene=scenes())
@hypothesis_settings(
    max_examples=25,
    phases=[Phase.generate],  # a scene is read more quickly than it is made smaller
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
async def test_what_is_listed_as_free_can_be_had_and_nothing_else(dibs: Dibs, scene: Scene) -> None:
    play = Play(dibs, scene)
    await play.begin()
    first, last = scene.day, scene.day + ONE_DAY
    for service in scene.catalog.services.values():
        await play.compare_month(service.id, first - ONE_DAY, last)
        for day in (first, last):
            for resource in (None, *service.resource_ids):
                await play.try_view(service.id, day, resource)
    for resource in scene.catalog.resources:
        for day in (first, last):
            await play.try_poll(BoardKey(resource, day))
