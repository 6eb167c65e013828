"""Reads the busy times of other calendars: each calendar every few minutes, by one of all nodes.

If a calendar can't be read, its former busy times stay. After each reading, busy times also get the
times that bookings have left.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import structlog

from dibs.availability.wall import ONE_DAY, day_of, local_day
from dibs.busy_times.addresses import parse_address
from dibs.busy_times.busy_time import ReadingRequest
from dibs.busy_times.faults import CalendarFault
from dibs.busy_times.fetching import FetchedFile, Fetcher, VersionHeaders
from dibs.busy_times.reading_process import read_in_process
from dibs.errors import HoldsUnavailable, TransactionLost, Unavailable
from dibs.ledger import calendar_subscriptions
from dibs.ledger.database import OWNERS_TRANSACTION_TIMEOUT, retry_on_conflict
from dibs.ledger.imported_busy_times import replace_busy_times
from dibs.notify.calendar_letters import put_order
from dibs.setting_types import split_list

if TYPE_CHECKING:
    from dibs.busy_times.busy_time import Reading
    from dibs.desk.context import DeskContext
    from dibs.ledger.calendar_subscriptions import Subscription
    from dibs.ledger.catalog import Catalog
    from dibs.ledger.database import Commit, Transaction

log = structlog.get_logger()

#: How many calendars one node reads at once.
AT_ONCE = 3
#: Seconds between two looks for calendars that are due.
LOOK_INTERVAL = 5.0
#: How long a calendar is claimed by its reader. Reading takes less time; if the reader dies, the
#: calendar is due again after it.
LEASE = timedelta(minutes=5)
#: A calendar that can't be read is tried less and less often; this is the longest pause.
MAX_PAUSE = timedelta(hours=6)
MAX_DOUBLINGS = 10
#: How many days ahead busy times are read at most, also if bookings can be made for any day.
MAX_DAYS = 400
#: How many days more than can be booked are read. So a file that has not changed needs to be read
#: only once a day, for the days that can be booked since.
SPARE_DAYS = 2
#: The business gets a letter about a calendar after so many failures in a row, if the first of them
#: was so long ago: most servers work again by then.
TOLD_AFTER_FAILURES = 4
TOLD_AFTER = timedelta(hours=3)


class CalendarReading:
    def __init__(self, context: DeskContext, *, sends_letters: bool = False) -> None:
        """Without `sends_letters` nobody sends letters, so no letter about a fault is ordered."""
        self._context = context
        self._sends_letters = sends_letters
        settings = context.settings
        self._interval = settings.calendar_interval
        self._fetcher = Fetcher(split_list(settings.calendar_hosts))
        self._own_host = urlsplit(settings.address).hostname or ""
        self._woken = asyncio.Event()

    async def run(self) -> None:
        places = asyncio.Semaphore(AT_ONCE)
        async with asyncio.TaskGroup() as group:
            while True:
                self._woken.clear()
                with suppress(Unavailable, TransactionLost):  # The database has logged it.
                    await self._start_due(group, places)
                with suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_INTERVAL):
                        await self._woken.wait()

    def wake(self) -> None:
        """Look for due calendars at once, because there is one."""
        self._woken.set()

    async def _start_due(self, group: asyncio.TaskGroup, places: asyncio.Semaphore) -> None:
        """Start to read the calendars that are due, as places become free. The calendar that has
        been due for longest comes first. Raises Unavailable, TransactionLost."""
        while True:
            await places.acquire()
            claimed = None
            try:
                claimed = await self._claim_due()
            finally:
                if claimed is None:
                    places.release()
            if claimed is None:
                return
            group.create_task(self._read_in_place(claimed, places))

    async def _claim_due(self) -> Subscription | None:
        """Claim a calendar that is due, or return None. Most looks find nothing due, so a query
        comes before the write."""
        database = self._context.ledger.database
        if not await database.read_one(calendar_subscriptions.has_due, self._context.clock.now()):
            return None
        return await database.write(calendar_subscriptions.claim_due, LEASE)

    async def _read_in_place(self, subscription: Subscription, places: asyncio.Semaphore) -> None:
        try:
            with suppress(Unavailable, TransactionLost):  # The database has logged it.
                await self.read(subscription)
        finally:
            places.release()

    async def read(self, subscription: Subscription) -> None:
        """Read a calendar and take over its busy times. Raises Unavailable, TransactionLost."""
        catalog = await self._context.ledger.catalog()
        if subscription.resource_id not in catalog.resources:
            return
        try:
            file = await self._fetch(subscription)
            reading = None
            if file is not None:
                wanted = self._window(catalog, subscription.resource_id)
                reading = await read_in_process(file.body, wanted)
        except CalendarFault as fault:
            if subscription.fault is None:
                log.warning(
                    "a calendar can't be read", subscription=subscription.id, reason=str(fault)
                )
            await self._take_over(subscription, fault)
        else:
            await self._take_over(subscription, None, file, reading)

    async def _fetch(self, subscription: Subscription) -> FetchedFile | None:
        expanded_at, now = subscription.expanded_at, self._context.clock.now()
        is_fresh = expanded_at is not None and now - expanded_at < ONE_DAY
        marks = (
            VersionHeaders(subscription.etag, subscription.last_modified)
            if is_fresh
            else VersionHeaders()
        )
        try:
            address = parse_address(subscription.address)
        except ValueError:
            raise CalendarFault("unreachable") from None
        return await self._fetcher.fetch(address, marks)

    def _window(self, catalog: Catalog, resource_id: int) -> ReadingRequest:
        """Return what to read: from yesterday to some days after the last day that can be
        booked."""
        zone = catalog.zone_of(resource_id)
        windows = [
            each.booking_window_days
            for each in catalog.services.values()
            if resource_id in each.resource_ids
        ]
        days = max((MAX_DAYS if each is None else each for each in windows), default=MAX_DAYS)
        today = day_of(self._context.clock.now(), zone)
        last = today + (min(days, MAX_DAYS) + SPARE_DAYS) * ONE_DAY
        start, end = local_day(today - ONE_DAY, zone)[0], local_day(last, zone)[1]
        return ReadingRequest(start, end, zone, self._own_host)

    @retry_on_conflict
    async def _take_over(
        self,
        subscription: Subscription,
        fault: CalendarFault | None,
        file: FetchedFile | None = None,
        reading: Reading | None = None,
    ) -> None:
        """Store the outcome of a reading, and the busy times if they were read."""
        ledger, number = self._context.ledger, subscription.id
        catalog = await ledger.catalog()

        def write(tx: Transaction) -> Commit:
            calendar_subscriptions.lock_subscriptions(tx, subscription.resource_id)
            if calendar_subscriptions.find_subscription(tx.connection, number) is None:
                return tx.commit  # It was removed meanwhile.
            wanted = {} if reading is None else {number: reading.times}
            replace_busy_times(ledger, tx, catalog, subscription.resource_id, wanted)
            if fault is not None:
                pause = self._pause_after(subscription.failures)
                calendar_subscriptions.note_fault(tx, number, fault.reason, fault.detail, pause)
                self._tell_of_fault(tx, catalog, number)
                return tx.commit
            calendar_subscriptions.note_success(tx, number, self._interval)
            if file is not None and reading is not None:
                marks, unread = file.marks, reading.unread
                calendar_subscriptions.note_file(
                    tx, number, marks.etag, marks.last_modified, unread
                )
            return tx.commit

        commit = await ledger.database.write_within(OWNERS_TRANSACTION_TIMEOUT, write)
        await show_commit(self._context, commit)

    def _tell_of_fault(self, tx: Transaction, catalog: Catalog, number: int) -> None:
        """Order the letter about a calendar's fault, once, when reading has failed often enough and
        for long enough."""
        found = calendar_subscriptions.find_subscription(tx.connection, number)
        if not self._sends_letters or found is None or found.told_at is not None:
            return
        has_failed_often = found.failures >= TOLD_AFTER_FAILURES
        if not has_failed_often or found.failing_since is None:
            return
        if tx.now - found.failing_since >= TOLD_AFTER and put_order(tx, catalog, found):
            calendar_subscriptions.note_told(tx, number)

    def _pause_after(self, failures: int) -> timedelta:
        doubled = self._interval * (1 << min(failures, MAX_DOUBLINGS))
        return min(doubled, max(MAX_PAUSE, self._interval))


async def show_commit(context: DeskContext, commit: Commit) -> None:
    """Show busy times that have changed: tell the hold store the new versions, from which the other
    nodes learn of the change, and refresh our own boards."""
    with suppress(HoldsUnavailable):
        for board, version in commit.versions.items():
            await context.holds.note_ledger_version(board, version)
    await context.hub.refresh_all(commit.versions)
