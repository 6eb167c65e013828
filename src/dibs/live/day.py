"""A service's day: the boards of all resources that can serve it, seen as its slots."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from dibs.availability.boards import BoardKey
from dibs.errors import NotFound
from dibs.live.board import STRENGTH, Rendered, parse_revision, render

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from dibs.ledger.catalog import Catalog, Service
    from dibs.ledger.ledger import Ledger
    from dibs.live.board import Board, Degraded, Revision, SeenSlot
    from dibs.live.hub import Hub

#: Bound of the views kept in memory.
MOST_VIEWS = 2_000


@dataclass(frozen=True)
class DayView:
    """Made anew when one of its boards is; so it too is rendered once per revision."""

    service: Service
    day: date
    zone: str
    boards: tuple[Board, ...]
    #: The version of the business by which it is known who serves.
    business_version: int = 0

    @cached_property
    def tag(self) -> str:
        return "-".join(board.tag for board in self.boards)

    @cached_property
    def degraded(self) -> tuple[Degraded, ...]:
        return tuple(sorted({flag for board in self.boards for flag in board.degraded}))

    @cached_property
    def slots(self) -> list[dict[str, object]]:
        """One entry per start: the best state over the resources, and who is in that state."""
        starts: dict[datetime, list[tuple[int, SeenSlot]]] = {}
        for board in () if "unknown" in self.degraded else self.boards:
            for seen in board.slots(self.service):
                starts.setdefault(seen.slot.starts_at, []).append((board.key.resource_id, seen))
        capacity = self.service.capacity
        return [_entry(starts[start], capacity) for start in sorted(starts)]

    @cached_property
    def rendered(self) -> Rendered:
        return render(
            {
                "service_id": self.service.id,
                "day": self.day,
                "tz": self.zone,
                "revision": self.tag,
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


def parse_tag(text: str | None, count: int) -> list[Revision | None]:
    """The revision of each of a day's boards that a client says it has seen, as far as legible."""
    parts = (text or "").split("-")
    if len(parts) != count:
        return [None] * count
    return [parse_revision(part) for part in parts]


class Days:
    """The day views somebody looks at; one is kept while its boards stay what they are."""

    def __init__(self, hub: Hub, ledger: Ledger) -> None:
        self._hub = hub
        self._ledger = ledger
        self._views: dict[tuple[int, date, int | None], DayView] = {}

    async def look(
        self, service_id: int, day: date, resource_id: int | None, seen: str | None = None
    ) -> DayView:
        """The view, its boards read anew where they must be.

        Raises NotFound (no such service, or the resource can't serve it), LedgerUnavailable.
        """
        catalog = await self._ledger.known_catalog()
        if _serving(catalog, service_id, resource_id) is None:
            catalog = await self._ledger.catalog()
        while True:
            service = _serving(catalog, service_id, resource_id)
            if service is None:
                raise NotFound
            boards = await self._boards(service, day, resource_id, seen)
            newest = _newest_catalog(boards)
            if newest is None or newest.business_version <= catalog.business_version:
                zone, version = catalog.business.zone, catalog.business_version
                return self._keep(DayView(service, day, zone, boards, version), resource_id)
            catalog = newest

    def present(self, view: DayView, resource_id: int | None) -> DayView | None:
        """The same view as it is at this moment, without a wait; None: one of its boards is not
        at hand, or others than these serve now."""
        boards = [self._hub.present(board.key) for board in view.boards]
        found = tuple(board for board in boards if board is not None)
        if len(found) < len(boards):
            return None
        service, zone, version = view.service, view.zone, view.business_version
        newest = _newest_catalog(found)
        if newest is not None and newest.business_version > version:
            known = _serving(newest, service.id, resource_id)
            if known is None or (
                resource_id is None and known.resource_ids != service.resource_ids
            ):
                return None
            service, zone, version = known, newest.business.zone, newest.business_version
        return self._keep(DayView(service, view.day, zone, found, version), resource_id)

    async def _boards(
        self, service: Service, day: date, resource_id: int | None, seen: str | None
    ) -> tuple[Board, ...]:
        ids = service.resource_ids if resource_id is None else (resource_id,)
        revisions = parse_tag(seen, len(ids))
        return tuple(
            [
                await self._hub.look(BoardKey(each, day), revision)
                for each, revision in zip(ids, revisions, strict=True)
            ]
        )

    def _keep(self, view: DayView, resource_id: int | None) -> DayView:
        key = (view.service.id, view.day, resource_id)
        kept = self._views.get(key)
        if kept is not None and kept.service == view.service and _same(kept.boards, view.boards):
            return kept
        if len(self._views) >= MOST_VIEWS:
            self._views.clear()
        self._views[key] = view
        return view


def _newest_catalog(boards: Sequence[Board]) -> Catalog | None:
    catalogs = (board.ledger.catalog for board in boards)
    return max(catalogs, key=lambda each: each.business_version, default=None)


def _serving(catalog: Catalog, service_id: int, resource_id: int | None) -> Service | None:
    """The service, if there is such a one and the resource can serve it."""
    service = catalog.services.get(service_id)
    if service is None or resource_id not in (None, *service.resource_ids):
        return None
    return service


def _same(one: Sequence[Board], other: Sequence[Board]) -> bool:
    return len(one) == len(other) and all(
        mine is theirs for mine, theirs in zip(one, other, strict=True)
    )
