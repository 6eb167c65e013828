"""Which rules of the business a time breaks that somebody of the business books.

The back office may break each of them by naming it. That two bookings overlap is no rule of the
business: the ledger never lets it happen. The start grid is only for visitors.
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


#: With this begins the visitor of a hold that the office acquires for a write. It lives for
#: moments, and nobody is choosing then.
OFFICE_VISITOR = "office-"


@dataclass(frozen=True)
class WantedTime:
    """A time for a service. `duration` None: the service's own."""

    service_id: int
    resource_id: int
    starts_at: datetime
    duration: timedelta | None = None


def refuse_part_minute(starts_at: datetime) -> None:
    """Nobody sees seconds, and a booking at 10:00:30 would make 10:30 busy. Raises Invalid."""
    if starts_at.second or starts_at.microsecond:
        raise Invalid(FieldError("starts_at", "malformed"), detail="Times are on whole minutes.")


def make_offer(catalog: Catalog, wanted: WantedTime) -> Offer:
    """The offer of exactly this time, whatever the rules say.

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
    """The rules that the offer breaks, without holds. `keeps_start`: a booking that begins then
    already only gets another end."""
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
    """Whether holds of visitors exclude the offer, of which so many seats are not booked."""
    held = {
        hold.claim: hold
        for board in boards
        for hold in (board.holds.holds if board.holds else ())
        if hold.slot.guarded.overlaps(offer.slot.guarded)
    }
    of_class = [hold for hold in held.values() if hold.slot == offer.slot]
    return len(held) > len(of_class) or len(of_class) >= max(seats, 1)


def find_unnamed_rules(broken: Collection[Rule], named: Collection[str]) -> tuple[Rule, ...]:
    """The rules that are broken without having been named."""
    return tuple(rule for rule in broken if rule not in named)
