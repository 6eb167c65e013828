"""A service's day: its slots with their states, from the boards that the slots touch."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING

from dibs.errors import NotFound
from dibs.live.board import STRENGTH, RenderedView, is_same, parse_revision, render
from dibs.live.plan import DayPlan, plan_day

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date, datetime

    from dibs.ledger.catalog import Catalog, Service
    from dibs.ledger.ledger import Ledger
    from dibs.live.board import Board, Degraded, Revision, SeenSlot
    from dibs.live.hub import Hub

#: Proxies allow 4 kB for all headers of an answer, so the ETag of a longer revision is its digest.
MAX_ETAG = 200

#: How many views are kept in memory at most.
MAX_VIEWS = 2_000

#: The name of a view: service, day, and the resource if only one is asked for.
DayName = tuple[int, "date", int | None]


@dataclass(frozen=True)
class DayView:
    """A service's day at one revision. A new view is made when one of its boards has a new state,
    so each revision is rendered once."""

    plan: DayPlan
    #: The boards of the plan, in its order.
    boards: tuple[Board, ...]

    @property
    def service(self) -> Service:
        return self.plan.service

    @cached_property
    def revision_text(self) -> str:
        """The revisions of all boards, as clients get them."""
        return "-".join(board.revision_text for board in self.boards)

    @cached_property
    def etag(self) -> str:
        """The revision, or a digest of it if it is too long for a header."""
        text = self.revision_text
        return text if len(text) <= MAX_ETAG else sha256(text.encode()).hexdigest()

    @cached_property
    def degraded(self) -> tuple[Degraded, ...]:
        return tuple(sorted({flag for board in self.boards for flag in board.degraded}))

    @cached_property
    def seen(self) -> tuple[tuple[int, SeenSlot], ...]:
        """The resource and the state of each slot; nothing if a board is unknown."""
        return tuple((board.key.resource_id, seen) for board, seen in self._list_slots())

    def list_for_visitor(
        self, visitor: str | None, moving: int | None
    ) -> list[tuple[int, SeenSlot]]:
        """Return `seen` without the holds and checkouts of the visitor, and without the booking
        `moving`. Most visitors have no claims here, and for them nothing is computed anew."""
        return [
            (
                board.key.resource_id,
                seen
                if seen.state == "free" or (moving is None and visitor not in board.claimants)
                else board.state_of(seen.slot, self.service, visitor, moving),
            )
            for board, seen in self._list_slots()
        ]

    def _list_slots(self) -> Iterator[tuple[Board, SeenSlot]]:
        """Yield each slot with the board that gives its state. The board is joined with its
        neighbours."""
        plan, span = self.plan, self.plan.span
        if span is None or "unknown" in self.degraded:
            return
        begins = set(plan.begins)
        for board in self.boards:
            if board.key in begins:
                joined = board.join_neighbours(self._neighbours(board))
                for seen in joined.slots(plan.service):
                    if span.start <= seen.slot.starts_at < span.end:
                        yield joined, seen

    def _neighbours(self, board: Board) -> list[Board]:
        """Return the other boards of the same resource, which the board's slots may touch."""
        return [
            other
            for other in self.boards
            if other.key.resource_id == board.key.resource_id and other is not board
        ]

    @cached_property
    def slots(self) -> list[dict[str, object]]:
        """One entry per start, with the best state over the resources, and the resources that are
        in that state."""
        starts: dict[datetime, list[tuple[int, SeenSlot]]] = {}
        for resource_id, seen in self.seen:
            starts.setdefault(seen.slot.starts_at, []).append((resource_id, seen))
        capacity = self.service.capacity
        return [_entry(starts[start], capacity) for start in sorted(starts)]

    @cached_property
    def rendered(self) -> RenderedView:
        return render(
            {
                "service_id": self.service.id,
                "day": self.plan.day,
                "time_zone": self.plan.zone.key,
                "revision": self.revision_text,
                "degraded": self.degraded,
            },
            {"slots": self.slots},
        )


def _entry(candidates: Sequence[tuple[int, SeenSlot]], capacity: int) -> dict[str, object]:
    best = min((seen.state for _, seen in candidates), key=STRENGTH.__getitem__)
    slot = candidates[0][1].slot
    return {
        "starts_at": slot.starts_at,
        "ends_at": slot.ends_at,
        "state": best,
        "resource_ids": [resource_id for resource_id, seen in candidates if seen.state == best],
        "seats_left": sum(
            capacity - len(seen.claims) for _, seen in candidates if seen.state == "free"
        ),
        "claims": [claim for _, seen in candidates for claim in seen.claims],
        "claims_by_resource": {
            str(resource_id): seen.claims for resource_id, seen in candidates if seen.claims
        },
    }


def parse_revisions(text: str | None, count: int) -> list[Revision | None]:
    """Return the revisions of a day's boards that a client has seen, with None for each revision
    that can't be read."""
    parts = (text or "").split("-")
    if len(parts) != count:
        return [None] * count
    return [parse_revision(part) for part in parts]


class Days:
    """The day views that somebody looks at. A view is kept while its boards stay the same."""

    def __init__(self, hub: Hub, ledger: Ledger) -> None:
        self._hub = hub
        self._ledger = ledger
        self._views: dict[DayName, DayView] = {}
        self._plans: dict[DayName, DayPlan] = {}

    async def get(
        self, service_id: int, day: date, resource_id: int | None, seen: str | None = None
    ) -> DayView:
        """Return the view. Boards that are not fresh are read first.

        Raises NotFound if there is no such service or if the resource can't serve it, and
        LedgerUnavailable.
        """
        catalog = await self._ledger.known_catalog()
        if _find_service(catalog, service_id, resource_id) is None:
            catalog = await self._ledger.catalog()
        while True:
            service = _find_service(catalog, service_id, resource_id)
            if service is None:
                raise NotFound
            plan = self._plan(catalog, service, day, resource_id)
            view = await read_day(self._hub, plan, seen)
            newest = _newest_catalog(view.boards)
            if newest is None or newest.age <= catalog.age:
                return self._keep(view, resource_id)
            catalog = newest

    def get_if_fresh(
        self, service_id: int, day: date, resource_id: int | None, seen: str | None = None
    ) -> DayView | None:
        """Return the view if its plan is known and each of its boards may be served as it is,
        otherwise None."""
        name = (service_id, day, resource_id)
        plan = self._plans.get(name)
        if plan is None or plan.catalog is not self._ledger.catalog_in_memory:
            return None
        revisions = parse_revisions(seen, len(plan.boards)) if seen else None
        boards = self._hub.get_all_if_fresh(plan.boards, revisions)
        if boards is None:
            return None
        kept = self._views.get(name)
        if kept is not None and kept.plan is plan and is_same(kept.boards, boards):
            return kept
        newest = _newest_catalog(boards)
        if newest is not None and newest.age > plan.catalog.age:
            return None
        return self._keep(DayView(plan, boards), resource_id)

    def get_last(self, view: DayView, resource_id: int | None) -> DayView | None:
        """Return the same view as it is at this moment, without waiting.

        Returns None if one of its boards is not in memory, or if its service is gone or its plan
        now has other boards, because the catalog has changed.
        """
        plan = view.plan
        found = tuple(
            board for key in plan.boards if (board := self._hub.get_last(key)) is not None
        )
        if len(found) < len(plan.boards):
            return None
        newest = _newest_catalog(found)
        if newest is not None and newest.age > plan.catalog.age:
            service = _find_service(newest, plan.service.id, resource_id)
            if service is None:
                return None
            plan = self._plan(newest, service, plan.day, resource_id)
            if plan.boards != view.plan.boards:
                return None
        return self._keep(DayView(plan, found), resource_id)

    def _plan(
        self, catalog: Catalog, service: Service, day: date, resource_id: int | None
    ) -> DayPlan:
        """Return the plan of a day. It is made once per catalog."""
        name = (service.id, day, resource_id)
        plan = self._plans.get(name)
        if plan is None or plan.catalog is not catalog:
            if len(self._plans) >= MAX_VIEWS:
                self._plans.clear()
            plan = self._plans[name] = plan_day(catalog, service, day, resource_id)
        return plan

    def _keep(self, view: DayView, resource_id: int | None) -> DayView:
        key = (view.service.id, view.plan.day, resource_id)
        kept = self._views.get(key)
        if (
            kept is not None
            and kept.service == view.service
            and kept.plan.zone == view.plan.zone
            and is_same(kept.boards, view.boards)
        ):
            return kept
        if len(self._views) >= MAX_VIEWS:
            self._views.clear()
        self._views[key] = view
        return view


async def read_day(hub: Hub, plan: DayPlan, seen: str | None = None) -> DayView:
    """Return the day of a plan. Boards that are not fresh are read first.

    Raises NotFound, LedgerUnavailable.
    """
    revisions = parse_revisions(seen, len(plan.boards))
    return DayView(plan, await hub.get_all(plan.boards, revisions))


def _newest_catalog(boards: Sequence[Board]) -> Catalog | None:
    catalogs = (board.ledger.catalog for board in boards)
    return max(catalogs, key=lambda each: each.age, default=None)


def _find_service(catalog: Catalog, service_id: int, resource_id: int | None) -> Service | None:
    """Return the service if it exists and the resource can serve it, otherwise None."""
    service = catalog.services.get(service_id)
    if service is None or resource_id not in (None, *service.resource_ids):
        return None
    return service
