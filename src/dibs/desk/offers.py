"""Finds what is on offer for a request, by the hours, the start grid and the booking window."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from dibs.availability.boards import boards_of
from dibs.availability.slots import is_in_window
from dibs.availability.wall import day_of
from dibs.errors import Alternative, NotFound, SlotClosed, SlotHeld, SlotPending, SlotTaken
from dibs.live.board import STRENGTH
from dibs.live.day import read_day
from dibs.live.plan import plan_day

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from dibs.availability.boards import BoardKey
    from dibs.availability.slots import ServiceSlot
    from dibs.errors import Conflict
    from dibs.ledger.catalog import Catalog, Service
    from dibs.live.board import Board, SlotState
    from dibs.live.hub import Hub

MAX_ALTERNATIVES = 3


class SlotRequest(NamedTuple):
    """A start of a service that a visitor asks for. Without a resource, anyone who is free may
    serve it."""

    service_id: int
    starts_at: datetime
    resource_id: int | None = None


REFUSALS: dict[str, type[Conflict]] = {
    "held": SlotHeld,
    "pending": SlotPending,
    "taken": SlotTaken,
}


@dataclass(frozen=True)
class Offer:
    """A slot that can be booked, and the boards that its time touches."""

    service: Service
    slot: ServiceSlot
    boards: tuple[BoardKey, ...]

    @property
    def resource_id(self) -> int:
        return self.slot.resource_id


@dataclass(frozen=True)
class OfferStatus:
    """The state of an offer on its boards for one visitor. `seats` is how many are not booked."""

    offer: Offer
    state: SlotState
    seats: int
    boards: tuple[Board, ...]


def find_offers(
    catalog: Catalog,
    service_id: int,
    starts_at: datetime,
    resource_id: int | None,
    now: datetime,
) -> list[Offer]:
    """Return the offers that fit the request: one for each resource, or one for the wanted
    resource.

    Raises NotFound (unknown service or resource), SlotClosed (not on offer at that time).
    """
    service = catalog.services.get(service_id)
    if service is None or (resource_id is not None and resource_id not in catalog.resources):
        raise NotFound
    wanted = service.resource_ids if resource_id is None else (resource_id,)
    rules = catalog.rules[service_id]
    serving = [each for each in wanted if each in service.resource_ids]
    zones = {catalog.hours[each].zone for each in serving}
    open_zones = {zone for zone in zones if is_in_window(starts_at, now, rules, zone)}
    offers = [
        offer
        for each in serving
        if catalog.hours[each].zone in open_zones
        and (offer := _offer(catalog, service, each, starts_at)) is not None
    ]
    if not offers:
        raise SlotClosed
    return offers


def is_on_offer(catalog: Catalog, resource_id: int, starts_at: datetime, now: datetime) -> bool:
    """Tell whether any service of the resource can be booked at that time."""
    day = day_of(starts_at, catalog.hours[resource_id].zone)
    return starts_at in starts_on_offer(catalog, resource_id, day, now)


def starts_on_offer(
    catalog: Catalog, resource_id: int, day: date, now: datetime
) -> frozenset[datetime]:
    """Return the starts on a resource's local day at which any of its services can be booked."""
    zone = catalog.hours[resource_id].zone
    return frozenset(
        slot.starts_at
        for service in catalog.services.values()
        if resource_id in service.resource_ids
        for slot in catalog.slots(resource_id, service.id, day)
        if is_in_window(slot.starts_at, now, catalog.rules[service.id], zone)
    )


def _offer(
    catalog: Catalog, service: Service, resource_id: int, starts_at: datetime
) -> Offer | None:
    slot = catalog.slot_at(resource_id, service.id, starts_at)
    if slot is None:
        return None
    zone = catalog.hours[resource_id].zone
    return Offer(service, slot, boards_of(resource_id, slot.guarded, zone))


async def get_offer_statuses(
    hub: Hub, offers: Sequence[Offer], visitor: str | None, moving: int | None = None
) -> list[OfferStatus]:
    """Return the state of each offer, without what the visitor claims, and without the booking
    `moving`, which leaves its time for one of these offers.

    The boards of all offers are read together, because "anyone free" has many offers.
    """
    keys = tuple(dict.fromkeys(key for offer in offers for key in offer.boards))
    boards = dict(zip(keys, await hub.get_all(keys), strict=True))
    return [
        _status(offer, tuple(boards[key] for key in offer.boards), visitor, moving)
        for offer in offers
    ]


def _status(
    offer: Offer, boards: tuple[Board, ...], visitor: str | None, moving: int | None
) -> OfferStatus:
    seen = (
        boards[0].join_neighbours(boards[1:]).state_of(offer.slot, offer.service, visitor, moving)
    )
    return OfferStatus(offer, seen.state, seen.seats, boards)


def rank_offers(statuses: Sequence[OfferStatus]) -> list[OfferStatus]:
    """Sort the offers: the best state comes first, and among equals the resource with the fewest
    claims on its boards."""
    return sorted(
        statuses,
        key=lambda each: (
            STRENGTH[each.state],
            len({claim.id for board in each.boards for claim in board.claims}),
            each.offer.resource_id,
        ),
    )


async def alternatives(
    hub: Hub,
    catalog: Catalog,
    wanted: SlotRequest,
    now: datetime,
    *,
    visitor: str | None = None,
    moving: int | None = None,
) -> list[Alternative]:
    """Return the free starts nearest to a refused one, by time, without the refused one.

    They are of the same service on the same day, and of the wanted resource if it offers the
    service. They are free for this visitor: neither what the visitor claims nor the booking
    `moving` is in the way.
    """
    service = catalog.services.get(wanted.service_id)
    if service is None or not service.resource_ids:
        return []
    starts_at = wanted.starts_at
    only = wanted.resource_id if wanted.resource_id in service.resource_ids else None
    zone = catalog.common_zone(service.resource_ids if only is None else (only,))
    plan = plan_day(catalog, service, day_of(starts_at, zone), only)
    view = await read_day(hub, plan)
    if any(seen.state == "free" and seen.slot.starts_at == starts_at for _, seen in view.seen):
        # It was refused, so others were first, and our boards are out of date.
        await hub.refresh_all(plan.boards)
        view = await read_day(hub, plan)
    rules = catalog.rules[wanted.service_id]
    found = {
        seen.slot.starts_at: Alternative(seen.slot.starts_at, seen.slot.ends_at, each)
        for each, seen in reversed(view.list_for_visitor(visitor, moving))
        if seen.state == "free"
        and seen.slot.starts_at != starts_at
        and is_in_window(seen.slot.starts_at, now, rules, catalog.hours[each].zone)
    }
    nearest = sorted(found.values(), key=lambda each: abs(each.starts_at - starts_at))
    return sorted(nearest[:MAX_ALTERNATIVES], key=lambda each: each.starts_at)
