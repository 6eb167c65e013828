"""Finds the rules of the business that a booking by the business itself breaks.

The office may override each of these rules by naming it. No rule can allow two bookings to overlap:
the ledger never accepts that. The start grid is only for visitors.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

from dibs.availability.boards import boards_of
from dibs.availability.hours import open_time
from dibs.availability.intervals import Interval, covers, union
from dibs.availability.slots import booking_window, service_slot_at
from dibs.availability.wall import days_of
from dibs.desk.offers import Offer
from dibs.errors import FieldError, Invalid, NotFound, ServiceRetired

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from dibs.ledger.catalog import Catalog
    from dibs.live.board import Board

#: hours     it is not within open time
#: past      it begins before now
#: notice    it begins sooner than the service's minimum notice lets a visitor book
#: window    it begins later than the service's booking window lets a visitor book
#: resource  the resource does not offer the service
#: hold      a visitor is choosing this time
Rule = Literal["hours", "past", "notice", "window", "resource", "hold"]


#: The visitor of a hold that the office acquires for a write begins with this. Such a hold lasts
#: for moments, and nobody is choosing the time.
OFFICE_VISITOR = "office-"


@dataclass(frozen=True)
class WantedTime:
    """A time for a service. Without a `duration` it has the service's own."""

    service_id: int
    resource_id: int
    starts_at: datetime
    duration: timedelta | None = None


def refuse_part_minute(starts_at: datetime) -> None:
    """Raise Invalid if a start is not on a whole minute. Nobody sees seconds, and a booking at
    10:00:30 would make 10:30 busy."""
    if starts_at.second or starts_at.microsecond:
        raise Invalid(FieldError("starts_at", "malformed"), detail="Times are on whole minutes.")


def make_offer(catalog: Catalog, wanted: WantedTime) -> Offer:
    """Return the offer of exactly this time, whatever the rules say.

    Raises NotFound (no such resource or service), ServiceRetired.
    """
    service = catalog.services.get(wanted.service_id)
    if wanted.resource_id not in catalog.resources:
        raise NotFound("There is no such resource.")
    if service is None:
        if wanted.service_id in catalog.retired_services:
            raise ServiceRetired
        raise NotFound("There is no such service.")
    rules = catalog.rules[service.id]
    slot = service_slot_at(wanted.starts_at, rules, service.id, wanted.resource_id)
    if wanted.duration is not None:
        longer = wanted.duration - (slot.ends_at - slot.starts_at)
        guarded = Interval(slot.guarded.start, slot.guarded.end + longer)
        slot = replace(slot, ends_at=slot.ends_at + longer, guarded=guarded)
    zone = catalog.hours[wanted.resource_id].zone
    return Offer(service, slot, boards_of(wanted.resource_id, slot.guarded, zone))


def find_broken_rules(
    catalog: Catalog, offer: Offer, now: datetime, *, keeps_start: bool = False
) -> Iterator[Rule]:
    """Give the rules that the offer breaks, except `hold`. With `keeps_start`, a booking keeps its
    start, so rules about the start are left out."""
    hours = catalog.hours[offer.resource_id]
    time = Interval(offer.slot.starts_at, offer.slot.ends_at)
    opened = union(span for day in days_of(time, hours.zone) for span in open_time(hours, day))
    if not covers(opened, time):
        yield "hours"
    if offer.resource_id not in offer.service.resource_ids:
        yield "resource"
    if keeps_start:
        return
    first, end = booking_window(now, catalog.rules[offer.service.id], hours.zone)
    if time.start < now:
        yield "past"
    elif time.start < first:
        yield "notice"
    if end is not None and time.start >= end:
        yield "window"


def is_held(boards: Sequence[Board], offer: Offer, seats: int) -> bool:
    """Tell whether holds of visitors exclude the offer. `seats` is how many of its seats are not
    booked."""
    held = {
        hold.claim: hold
        for board in boards
        for hold in (board.holds.holds if board.holds else ())
        if hold.slot.guarded.overlaps(offer.slot.guarded)
    }
    of_class = [hold for hold in held.values() if hold.slot == offer.slot]
    return len(held) > len(of_class) or len(of_class) >= max(seats, 1)


def find_unnamed_rules(broken: Collection[Rule], named: Collection[str]) -> tuple[Rule, ...]:
    """Return the broken rules that were not named."""
    return tuple(rule for rule in broken if rule not in named)
