"""Closures as the office makes them: times when a resource, or the whole business, is not open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from dibs.availability.intervals import Interval
from dibs.errors import FieldError, Invalid, NotFound, OverrideNeeded
from dibs.ledger import bookings, office_calendar
from dibs.ledger.database import retry_on_conflict
from dibs.ledger.journal import record_change

if TYPE_CHECKING:
    from collections.abc import Collection

    from dibs.desk.context import DeskContext
    from dibs.ledger.database import Transaction
    from dibs.ledger.journal import Author
    from dibs.ledger.office_calendar import ListedClosure

MAX_CLOSURE = timedelta(days=3 * 366)


@dataclass(frozen=True)
class WantedClosure:
    """A closure that is to be made. Without a resource it is one of the whole business."""

    resource_id: int | None
    starts_at: datetime
    ends_at: datetime
    reason: str = ""


class Closures:
    def __init__(self, context: DeskContext) -> None:
        self._context = context

    async def close(
        self, author: Author, wanted: WantedClosure, overrides: Collection[str] = ()
    ) -> ListedClosure:
        """Close that time. Bookings in it stay, and the caller has to agree to that (`bookings` in
        `overrides`).

        Raises Invalid, NotFound (no such resource), OverrideNeeded, Unavailable.
        """
        if not wanted.starts_at < wanted.ends_at <= wanted.starts_at + MAX_CLOSURE:
            raise Invalid(FieldError("ends_at", "out_of_range"))
        closure = await self._close(author, wanted, overrides)
        await self._show(wanted.resource_id)
        return closure

    async def open_again(
        self,
        author: Author,
        closure_id: int,
        own: int | None = None,
        *,
        with_business: bool = True,
    ) -> None:
        """Remove a closure. With `own`, only a closure of that resource can be removed. Without
        `with_business`, no closure of the whole business can be. Raises NotFound, Unavailable."""
        closure = await self._context.ledger.database.write(
            self._open_again, author, closure_id, own, with_business
        )
        await self._show(closure.resource_id)

    async def _show(self, resource_id: int | None) -> None:
        """Show the change on our own boards; other processes find it within a second."""
        hub = self._context.hub
        await hub.refresh_all(
            board.key
            for board in hub.published_boards()
            if resource_id in (None, board.key.resource_id)
        )

    @retry_on_conflict
    async def _close(
        self, author: Author, wanted: WantedClosure, overrides: Collection[str]
    ) -> ListedClosure:
        def run(tx: Transaction) -> ListedClosure:
            tx.lock_catalog()
            catalog = self._context.ledger.catalog_in(tx.connection)
            if wanted.resource_id is None:
                zone = ZoneInfo(catalog.business.time_zone)
            elif wanted.resource_id in catalog.resources:
                zone = catalog.zone_of(wanted.resource_id)
            else:
                raise NotFound("There is no such resource.")
            concerned = self._find_concerned(tx, wanted)
            if concerned and "bookings" not in overrides:
                raise OverrideNeeded(["bookings"], concerned)
            starts, ends = (
                instant.astimezone(zone).replace(tzinfo=None, second=0, microsecond=0)
                for instant in (wanted.starts_at, wanted.ends_at)
            )
            if starts >= ends:
                raise Invalid(FieldError("ends_at", "out_of_range"))
            closure = office_calendar.insert_closure(
                tx, wanted.resource_id, starts, ends, wanted.reason
            )
            record_change(tx, author, "closure.added", _details_of(closure))
            return closure

        return await self._context.ledger.database.write(run)

    def _find_concerned(self, tx: Transaction, wanted: WantedClosure) -> list[str]:
        """Return the references of the live bookings within the time, by start. Checkouts are among
        them, because their visitors can still confirm them."""
        time = Interval(wanted.starts_at, wanted.ends_at)
        return [
            booking.reference
            for booking in bookings.find_upcoming(tx.connection, time.start)
            if wanted.resource_id in (None, booking.resource_id)
            and Interval(booking.starts_at, booking.ends_at).overlaps(time)
        ]

    def _open_again(
        self,
        tx: Transaction,
        author: Author,
        closure_id: int,
        own: int | None,
        with_business: bool,
    ) -> ListedClosure:
        tx.lock_catalog()
        closure = office_calendar.delete_closure(tx, closure_id, own)
        if closure is None or (closure.resource_id is None and not with_business):
            raise NotFound("There is no such closure.")
        record_change(tx, author, "closure.removed", _details_of(closure))
        return closure


def _details_of(closure: ListedClosure) -> dict[str, object]:
    """Return the details of a closure for the audit. Without a resource, it is one of the whole
    business."""
    details: dict[str, object] = {
        "starts": closure.starts.isoformat(timespec="minutes"),
        "ends": closure.ends.isoformat(timespec="minutes"),
    }
    if closure.resource_id is not None:
        details["resource"] = closure.resource_id
    if closure.reason:
        details["reason"] = closure.reason
    return details
