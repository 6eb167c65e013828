"""Looks over many days at once, for the month view and the first free days.

Only the ledger counts here. If an answer is kept, one query counts how often its catalog and boards
have changed. The answer is still true if that is as often as before, and if meanwhile no start has
come too near and no day has come into the booking window. Otherwise the resources whose boards have
changed are read again, and their free starts are computed in short slices.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, NamedTuple

from dibs.bounded_cache import BoundedCache
from dibs.desk.first_free import FirstFree, FirstFreeQuestion, find_first_free
from dibs.desk.free_days import Availability, DayAvailability, KeptBusyDays
from dibs.desk.month_plan import MonthPlan
from dibs.errors import LedgerUnavailable, NotFound, Unavailable
from dibs.shared_runs import SharedRuns
from dibs.time_slices import TimeSlices

if TYPE_CHECKING:
    from datetime import date, datetime

    from dibs.desk.context import DeskContext
    from dibs.desk.free_days import ResourceStarts
    from dibs.ledger.catalog import Catalog
    from dibs.ledger.months import BoardRange, CountedChanges

#: How many free starts all kept answers may have together: about 40 MB.
MAX_STARTS_KEPT = 100_000
#: Seconds. Clients give up after four, and must be told earlier that nothing is known.
ANSWER_TIMEOUT = 3.0
#: How often the catalog may change while a question waits for its answer.
MAX_TRIES = 5


class Question(NamedTuple):
    """What is asked: when a service is free, on one resource or on any, from one local day to
    another, both included. The days are those of the zone that the resources share, or else of the
    business."""

    service_id: int
    resource_id: int | None
    first: date
    last: date


class Answer(NamedTuple):
    """A kept availability, with the number of `changes` of its catalog and boards. While that
    number stays the same, the answer is true from `since` to before `until`."""

    boards: BoardRange
    changes: CountedChanges
    since: datetime
    until: datetime
    availability: Availability


class MonthDesk:
    def __init__(self, context: DeskContext) -> None:
        self._context = context
        self._busy_days = KeptBusyDays()
        self._answers: BoundedCache[Question, Answer] = BoundedCache(MAX_STARTS_KEPT)
        self._runs: SharedRuns[Availability] = SharedRuns()
        #: One computation at a time, because each of several would take a slice between two polls.
        self._computing = asyncio.Lock()

    async def catalog(self) -> Catalog:
        """Return the catalog. Raises NotFound while no business is set up, Unavailable."""
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
        """Return what is free from one local day to another, both included, as things stand now.

        Only the ledger counts: a booked or pending time is not free, but a hold, which ends within
        minutes, doesn't make a day full. The past, the minimum notice and the booking window are
        applied. If the ledger hasn't answered by the `deadline`, the days are unknown. That is a
        time of the event loop; without one it is `answer_deadline()`.

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
        """Find the first free days of a service (see `find_first_free`)."""
        question = FirstFreeQuestion(service_id, resource_id, first, count)
        return await find_first_free(self._context, self, question, answer_deadline())

    def _plan(self, catalog: Catalog, question: Question) -> MonthPlan:
        """Return the plan for a question. Raises NotFound if there is no such service, or if the
        resource can't serve it."""
        service_id, resource_id, first, last = question
        service = catalog.services.get(service_id)
        if service is None or resource_id not in (None, *service.resource_ids):
            raise NotFound
        ids = service.resource_ids if resource_id is None else (resource_id,)
        return MonthPlan(catalog, service, ids, first, last, self._context.clock.now())

    async def _find(self, question: Question) -> Availability:
        """Return the kept answer if it is still true, or else a new one. Raises NotFound,
        LedgerUnavailable, Unavailable."""
        kept = self._answers.get(question)
        if kept is not None and await self._is_true(kept):
            return kept.availability
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

    async def _is_true(self, kept: Answer) -> bool:
        """Tell whether a kept answer is still true. Raises LedgerUnavailable."""
        changes = await self._context.ledger.count_changes(kept.boards)
        return changes == kept.changes and kept.since <= self._context.clock.now() < kept.until

    async def _find_by(self, plan: MonthPlan, question: Question) -> Availability | None:
        """Return the availability by this plan, or None if the catalog has changed."""
        if not plan.boards.resource_ids:
            is_present = await self._context.ledger.catalog() is plan.catalog
            return _all_days(plan, DayAvailability(())) if is_present else None
        answer = await self._compute(plan)
        if answer is None:
            return None
        size = sum(len(day.starts or ()) for day in answer.availability.days.values())
        self._answers.put(question, answer, len(plan.days) + size)
        return answer.availability

    async def _compute(self, plan: MonthPlan) -> Answer | None:
        """Return the answer by this plan, or None if the catalog has changed."""
        catalog, boards = plan.catalog, plan.boards
        known = self._busy_days.get(catalog, boards)
        counts = {each: busy.count for each, busy in known.items()}
        changes = await self._context.ledger.read_changes(boards, counts, plan.time)
        if not catalog.has_versions(changes.catalog.business, changes.catalog.resources):
            return None
        async with self._computing:
            slices = TimeSlices()
            found: list[ResourceStarts] = []
            for each in boards.resource_ids:
                if each in changes.busy:
                    known[each] = self._busy_days.put(catalog, boards, each, changes)
                found.append(plan.free_starts(each, known[each]))
                await slices.pause_if_due()
            days = plan.days_with(found)
        availability = Availability(plan.zone.key, days)
        return Answer(boards, changes.counted, plan.now, plan.valid_until(days), availability)


def answer_deadline() -> float:
    """Return when a question that is asked now has to be answered, as a time of the event loop."""
    return asyncio.get_running_loop().time() + ANSWER_TIMEOUT


def _all_days(plan: MonthPlan, day: DayAvailability) -> Availability:
    return Availability(plan.zone.key, dict.fromkeys(plan.days, day))
