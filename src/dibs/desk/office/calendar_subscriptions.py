"""Calendar subscriptions as the office adds and removes them. Staff have those of their own
resource only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dibs.busy_times.addresses import parse_address
from dibs.desk.calendar_reading import show_commit
from dibs.errors import FieldError, Invalid, NotFound
from dibs.ledger import calendar_subscriptions
from dibs.ledger.database import OWNERS_TRANSACTION_TIMEOUT, retry_on_conflict
from dibs.ledger.imported_busy_times import find_conflicts, replace_busy_times
from dibs.ledger.journal import record_change

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from dibs.desk.calendar_reading import CalendarReading
    from dibs.desk.context import DeskContext
    from dibs.desk.office.permissions import Principal
    from dibs.ledger.calendar_subscriptions import Subscription
    from dibs.ledger.database import Commit, Transaction
    from dibs.ledger.imported_busy_times import BusyConflict

MAX_OF_RESOURCE = 20


class CalendarSubscriptions:
    def __init__(self, context: DeskContext, reading: CalendarReading) -> None:
        self._context = context
        self._database = context.ledger.database
        self._reading = reading

    async def list_all(self, principal: Principal) -> tuple[list[Subscription], list[BusyConflict]]:
        """Return the subscriptions that this user may see, and the bookings in the way of their
        busy times. Raises LedgerUnavailable."""
        own, now = principal.resource_id, self._context.clock.now()
        found, conflicts = await self._database.read(_read, now, own)
        return [each for each in found if _is_for(principal, each.resource_id)], conflicts

    @retry_on_conflict
    async def add(
        self, principal: Principal, resource_id: int, name: str, address: str
    ) -> Subscription:
        """Add a subscription, whose busy times are read soon. Raises NotFound (no such resource),
        Invalid, Unavailable."""
        if not _is_for(principal, resource_id):
            raise NotFound("There is no such resource.")
        try:
            parsed = parse_address(address)
        except ValueError as error:
            fault = FieldError("address", "invalid_address", said=f"This can't be read: {error}.")
            raise Invalid(fault) from None
        catalog = await self._context.ledger.catalog()

        def write(tx: Transaction) -> Subscription:
            if resource_id not in catalog.resources:
                raise NotFound("There is no such resource.")
            if (
                calendar_subscriptions.count_of_resource(tx.connection, resource_id)
                >= MAX_OF_RESOURCE
            ):
                raise Invalid(FieldError("resource_id", "too_many"))
            made = calendar_subscriptions.insert_subscription(tx, resource_id, name, parsed.text)
            record_change(tx, principal.author, "calendar.added", _details_of(made))
            return made

        made = await self._database.write(write)
        self._reading.wake()
        return made

    @retry_on_conflict
    async def rename(self, principal: Principal, number: int, name: str) -> Subscription:
        """Rename a subscription. Raises NotFound, Unavailable."""

        def write(tx: Transaction) -> Subscription:
            before = _find(tx, principal, number)
            calendar_subscriptions.rename_subscription(tx, number, name)
            details = _details_of(before) | {"name": name, "before": before.name}
            record_change(tx, principal.author, "calendar.renamed", details)
            return _find(tx, principal, number)

        return await self._database.write(write)

    @retry_on_conflict
    async def read_now(self, principal: Principal, number: int) -> None:
        """Have the calendar of a subscription read soon. Raises NotFound, Unavailable."""

        def write(tx: Transaction) -> None:
            _find(tx, principal, number)
            calendar_subscriptions.make_due(tx, number)

        await self._database.write(write)
        self._reading.wake()

    @retry_on_conflict
    async def remove(self, principal: Principal, number: int) -> None:
        """Remove a subscription, whose busy times become free at once. Raises NotFound,
        Unavailable."""
        ledger = self._context.ledger
        catalog = await ledger.catalog()

        def write(tx: Transaction) -> Commit:
            found = _find(tx, principal, number)
            replace_busy_times(ledger, tx, catalog, found.resource_id, {number: ()})
            calendar_subscriptions.delete_subscription(tx, number)
            record_change(tx, principal.author, "calendar.removed", _details_of(found))
            return tx.commit

        commit = await self._database.write_within(OWNERS_TRANSACTION_TIMEOUT, write)
        await show_commit(self._context, commit)


def _read(
    connection: Connection, now: datetime, own: int | None
) -> tuple[list[Subscription], list[BusyConflict]]:
    """Return all subscriptions, and the conflicts. With `own`, only the conflicts of this resource
    are read."""
    found = calendar_subscriptions.all_subscriptions(connection)
    return found, find_conflicts(connection, now, own)


def _find(tx: Transaction, principal: Principal, number: int) -> Subscription:
    found = calendar_subscriptions.find_subscription(tx.connection, number)
    if found is None or not _is_for(principal, found.resource_id):
        raise NotFound("There is no such calendar.")
    return found


def _is_for(principal: Principal, resource_id: int) -> bool:
    return principal.resource_id in (None, resource_id)


def _details_of(subscription: Subscription) -> dict[str, object]:
    """Return the details for the audit, without the address, which is a secret."""
    return {
        "calendar": subscription.id,
        "resource_id": subscription.resource_id,
        "name": subscription.name,
    }
