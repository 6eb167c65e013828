"""Looking over many days at once: the month view, and the first free days.

A month is counted by the ledger alone. For every question one query counts the changes of all
boards that it is about. If the counts are those by which an answer was found before, and no slot
has come too near or a day into the booking window since, it is the answer still. Otherwise the
boards that have changed are read, and what is free on them is computed anew, in short slices.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from dibs.bounded_cache import BoundedCache
from dibs.desk.first_free import FirstFree, FirstFreeQuestion, find_first_free
from dibs.desk.free_days import BusyBoards
from dibs.desk.month_plan import MonthPlan
from dibs.errors import LedgerUnavailable, NotFound, Unavailable
from dibs.shared_runs import SharedRuns
from dibs.time_slices import TimeSlices

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping, Sequence
    from datetime import date, datetime

    from dibs.availability.slots import Slot
    from dibs.desk.context import DeskContext
    from dibs.ledger.catalog import Catalog
    from dibs.ledger.months import BoardCount, CatalogVersions

#: How many free starts the answers that are kept may have together: about 40 MB.
MAX_STARTS_KEPT = 100_000
#: Clients give up after four seconds, and would never learn that nothing is known.
ANSWER_TIMEOUT = 3.0
#: How often the catalog may change while a question waits for its answer.
MAX_TRIES = 5


@dataclass(frozen=True)
class DayAvailability:
    """The free starts of a day with who is free then; None: can't be told right now."""

    slots: Sequence[tuple[Slot, Sequence[int]]] | None


@dataclass(frozen=True)
class Availability:
    """What is free on each of these days, all of one moment."""

    time_zone: str
    days: Mapping[date, DayAvailability]
    #: What others have made of it and keep with it, each under a key of its own.
    derived: dict[Hashable, Any] = field(default_factory=dict, compare=False, repr=False)


class Question(NamedTuple):
    """What is free of a service, of one resource or of anyone, from one local day to another, both
    included: days of the zone that the resources share, else of the business's."""

    service_id: int
    resource_id: int | None
    first: date
    last: date


class Answer(NamedTuple):
    """An availability, by which catalog and which boards it was found, and when it is true as long
    as these are the same: from one instant to another."""

    catalog: Catalog
    counts: Mapping[int, BoardCount]
    since: datetime
    until: datetime | None
    availability: Availability

    def is_true(self, catalog: Catalog, counts: Mapping[int, BoardCount], now: datetime) -> bool:
        is_of_now = self.since <= now and (self.until is None or now < self.until)
        return is_of_now and self.catalog is catalog and self.counts == counts


class MonthDesk:
    def __init__(self, context: DeskContext) -> None:
        self._context = context
        self._boards = BusyBoards()
        self._answers: BoundedCache[Question, Answer] = BoundedCache(MAX_STARTS_KEPT)
        self._runs: SharedRuns[Availability] = SharedRuns()
        #: One computation at a time: with several, each would take a slice between two polls.
        self._computing = asyncio.Lock()

    async def catalog(self) -> Catalog:
        """Raises NotFound while no business is set up, Unavailable."""
        return await self._context.ledger.catalog()

    async def availability(
        self,
        service_id: int,
        first: date,
        last: date,
        resource_id: int | None = None,
        *,
        deadline: float | None = None,
    ) -> Availability:
        """What is free from one local day to another, both included, as things stand now.

        Counted by the ledger: a booked or pending time is not free; a hold, which passes within
        minutes, doesn't grey out a day. Past, minimum notice and booking window are applied.
        `deadline`: when the days are unknown if the ledger hasn't answered, by the event loop's
        time; None: `answer_deadline()`.
        Raises NotFound, and Unavailable only if not even the catalog is known.
        """
        question = Question(service_id, resource_id, first, last)
        try:
            async with asyncio.timeout_at(answer_deadline() if deadline is None else deadline):
                return await self._runs.run(question, lambda: self._find(question))
        except (LedgerUnavailable, TimeoutError):
            plan = self._plan(await self._context.ledger.known_catalog(), question)
            return _all_days(plan, DayAvailability(None))

    async def first_free(
        self, service_id: int, resource_id: int | None, first: date | None, count: int
    ) -> FirstFree:
        """See `find_first_free`."""
        question = FirstFreeQuestion(service_id, resource_id, first, count)
        return await find_first_free(self._context, self, question, answer_deadline())

    def _plan(self, catalog: Catalog, question: Question) -> MonthPlan:
        """Raises NotFound: no such service, or the resource can't serve it."""
        service_id, resource_id, first, last = question
        service = catalog.services.get(service_id)
        if service is None or resource_id not in (None, *service.resource_ids):
            raise NotFound
        ids = service.resource_ids if resource_id is None else (resource_id,)
        return MonthPlan(catalog, service, ids, first, last, self._context.clock.now())

    async def _find(self, question: Question) -> Availability:
        """Raises NotFound, LedgerUnavailable, Unavailable."""
        ledger = self._context.ledger
        catalog = await ledger.known_catalog()
        for _ in range(MAX_TRIES):
            try:
                plan = self._plan(catalog, question)
            except NotFound:
                newest = await ledger.catalog()
                if newest is catalog:
                    raise
                catalog = newest
                continue
            found = await self._find_by(plan, question)
            if found is not None:
                return found
            catalog = await ledger.catalog()
        raise Unavailable

    async def _find_by(self, plan: MonthPlan, question: Question) -> Availability | None:
        """None: the catalog has changed."""
        catalog = plan.catalog
        if not plan.boards.resource_ids:
            is_present = await self._context.ledger.catalog() is catalog
            return _all_days(plan, DayAvailability(())) if is_present else None
        versions, counts = await self._context.ledger.count_changes(plan.boards)
        if not _is_of(catalog, versions):
            return None
        kept = self._answers.get(question)
        if kept is not None and kept.is_true(catalog, counts, self._context.clock.now()):
            return kept.availability
        answer = await self._compute(plan)
        if answer is None:
            return None
        size = sum(len(day.slots or ()) for day in answer.availability.days.values())
        self._answers.put(question, answer, len(plan.days) + size)
        return answer.availability

    async def _compute(self, plan: MonthPlan) -> Answer | None:
        """None: the catalog has changed."""
        catalog = plan.catalog
        known = self._boards.get(catalog, plan.boards)
        changes = await self._context.ledger.read_changes(
            plan.boards, {key: board.version for key, board in known.items()}, plan.time_of
        )
        if not _is_of(catalog, changes.catalog):
            return None
        async with self._computing:
            slices = TimeSlices()
            resources = await self._boards.update(catalog, plan.boards, known, changes, slices)
            found, until = await plan.find_free(resources, slices)
        days = {day: DayAvailability(slots) for day, slots in found.items()}
        return Answer(catalog, changes.counts, plan.now, until, Availability(plan.zone.key, days))


def answer_deadline() -> float:
    """When who asks now has waited long enough, by the event loop's time."""
    return asyncio.get_running_loop().time() + ANSWER_TIMEOUT


def _all_days(plan: MonthPlan, day: DayAvailability) -> Availability:
    return Availability(plan.zone.key, dict.fromkeys(plan.days, day))


def _is_of(catalog: Catalog, versions: CatalogVersions) -> bool:
    return catalog.has_versions(versions.business, versions.resources)
