"""Calendar files: one booking for its customer, and many for those who work at the business."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from dibs.availability.wall import day_of, local_day
from dibs.bounded_cache import BoundedCache
from dibs.desk.feeds import hash_of
from dibs.errors import NotFound
from dibs.ledger import calendar_entries, feeds
from dibs.ledger.bookings import GIVEN_UP
from dibs.letters.calendar_file import calendar_file
from dibs.letters.letter import Appointment, Business

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from dibs.desk.changing import ChangeDesk
    from dibs.desk.context import DeskContext
    from dibs.ledger.bookings import Booking
    from dibs.ledger.calendar_entries import CalendarEntry
    from dibs.ledger.catalog import Catalog
    from dibs.letters.letter import EntryStatus

#: How far back a feed goes.
PAST_DAYS = timedelta(days=30)
#: How many bytes of written feeds are kept in memory.
MAX_BYTES_KEPT = 20_000_000


@dataclass(frozen=True)
class FeedFile:
    """A feed as it is now. `etag` changes whenever the file changes, and `write` makes the file."""

    etag: str
    write: Callable[[], bytes]


class CalendarDesk:
    def __init__(self, context: DeskContext, changing: ChangeDesk) -> None:
        self._context = context
        self._changing = changing
        self._written: BoundedCache[str, bytes] = BoundedCache(MAX_BYTES_KEPT)

    async def file_of_booking(self, reference: str, token: str, url: str) -> bytes:
        """Return the calendar file of a booking, by its manage token. `url` is the address of this
        Dibs.

        Raises NotFound, Unavailable.
        """
        booking = await self._changing.read(reference, token)
        database = self._context.ledger.database
        entry = await database.read(calendar_entries.entry_of, booking.id)
        catalog = await self._context.ledger.catalog()
        if booking.customer and booking.customer.language:
            catalog = catalog.translate_into(booking.customer.language)
        shown = [_appointment_of(entry, catalog)]
        return calendar_file(_business_of(catalog), shown, None, _host_of(url))

    async def read_feed(self, token: str, url: str) -> FeedFile:
        """Return the feed with this token: the bookings of its resource, or of all resources, from
        30 days ago on.

        Raises NotFound, Unavailable.
        """
        ledger = self._context.ledger
        feed = await ledger.database.read(feeds.find_feed, hash_of(token))
        if feed is None:
            raise NotFound
        catalog = await ledger.catalog()
        zone = ZoneInfo(catalog.business.time_zone)
        since, _ = local_day(day_of(self._context.clock.now() - PAST_DAYS, zone), zone)
        entries = await ledger.database.read(
            calendar_entries.entries_since, since, feed.resource_id
        )
        # In a thread, so that it delays no other requests: there may be thousands of bookings.
        return await asyncio.to_thread(_feed_of, entries, catalog, _host_of(url))

    async def write_feed(self, file: FeedFile) -> bytes:
        """Return the bytes of a feed, and keep them for the next reader."""
        written = self._written.get(file.etag)
        if written is None:
            written = await asyncio.to_thread(file.write)
            self._written.put(file.etag, written, len(written))
        return written


def _feed_of(entries: Sequence[CalendarEntry], catalog: Catalog, host: str) -> FeedFile:
    business = _business_of(catalog)
    shown = [_appointment_of(entry, catalog) for entry in entries]
    etag = hashlib.sha256(repr((business, shown, host)).encode()).hexdigest()

    def write() -> bytes:
        return calendar_file(business, shown, None, host, for_staff=True)

    return FeedFile(etag, write)


def _host_of(url: str) -> str:
    return urlsplit(url).hostname or "localhost"


def _business_of(catalog: Catalog) -> Business:
    business = catalog.business
    return Business(business.name, business.email, business.time_zone)


def _appointment_of(entry: CalendarEntry, catalog: Catalog) -> Appointment:
    booking = entry.booking
    service = catalog.known_service(booking.service_id)
    customer = booking.customer
    return Appointment(
        reference=booking.reference,
        service=catalog.service_name(booking.service_id),
        resource=catalog.resource_name(booking.resource_id),
        place=catalog.place_of(service) if service else None,
        starts_at=booking.starts_at,
        ends_at=booking.ends_at,
        customer_name=customer.name if customer else "",
        customer_email=customer.email if customer else "",
        customer_phone=customer.phone if customer else None,
        status=_entry_status(booking),
        sequence=entry.sequence,
        changed_at=entry.changed_at,
    )


def _entry_status(booking: Booking) -> EntryStatus:
    if booking.status in GIVEN_UP:
        return "cancelled"
    return "tentative" if booking.status == "requested" else "confirmed"
