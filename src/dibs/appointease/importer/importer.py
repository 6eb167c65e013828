"""Writes the plugin's data into the ledger: everything in one transaction, or nothing.

What was imported before stays as it is, so the import can be repeated. These become conflicts: an
appointment whose time is booked by somebody else, one that was changed in the plugin after it was
imported, and every row that can't be understood.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from dibs.appointease.importer.changes import find_changes, is_settled
from dibs.appointease.importer.merging import merge
from dibs.appointease.importer.plugin_data import Fault
from dibs.appointease.importer.report import Report
from dibs.appointease.importer.rows import interpret_rows
from dibs.availability.boards import boards_of
from dibs.availability.intervals import Interval
from dibs.availability.slots import ServiceSlot
from dibs.availability.wall import to_instant
from dibs.claim_id import new_claim_id
from dibs.desk.tokens import new_reference, new_token
from dibs.errors import SlotPending, SlotTaken
from dibs.ledger import catalog_rows, imported, imported_bookings, seats
from dibs.ledger.bookings import Booking
from dibs.ledger.database import retry_on_conflict
from dibs.ledger.imported import NewConflict
from dibs.ledger.imported_bookings import ImportedBooking, ImportedEvent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dibs.appointease.importer.merging import MergedCatalog
    from dibs.appointease.importer.mysql import Source
    from dibs.appointease.importer.plugin_data import Appointment, Plugin
    from dibs.availability.boards import BoardKey
    from dibs.ledger.database import Database, Transaction
    from dibs.ledger.imported import EarlierImports, Origin

IMPORT_TIMEOUT = 3600.0


class _DryRun(Exception):
    """Raised at the end of a dry run, so that the transaction is rolled back."""

    def __init__(self, report: Report) -> None:
        self.report = report


async def import_plugin_data(
    database: Database, source: Source, zone: str | None = None, *, dry_run: bool = False
) -> Report:
    """Import everything, or find out what would be imported. Raises CannotStart,
    LedgerUnavailable."""
    plugin = interpret_rows(source, zone)
    try:
        return await _import_plugin_data(database, source.name, plugin, dry_run=dry_run)
    except _DryRun as over:
        return over.report


@retry_on_conflict
async def _import_plugin_data(
    database: Database, called: str, plugin: Plugin, *, dry_run: bool
) -> Report:
    return await database.write_within(
        IMPORT_TIMEOUT, lambda tx: _write_plugin_data(tx, called, plugin, dry_run=dry_run)
    )


def _write_plugin_data(tx: Transaction, called: str, plugin: Plugin, *, dry_run: bool) -> Report:
    tx.lock_catalog(with_boards=True)
    meanings = {each.origin: each.meaning.text for each in plugin.appointments}
    name = imported.name_of(tx.connection, called, meanings)
    present = catalog_rows.read(tx.connection)
    known = imported.find_known(tx.connection, name)
    merged = merge(
        plugin,
        present,
        known,
        imported_bookings.service_ids(tx),
        imported_bookings.resource_ids(tx),
    )
    catalog_rows.replace(tx, merged.catalog)
    new = [
        each for each in plugin.appointments if each.origin not in known.ids.keys() | known.settled
    ]
    writer = _BookingWriter(tx, name, plugin, merged, _numbers(tx, new, dry_run=dry_run))
    writer.write(new)
    changes = find_changes(plugin, known, imported_bookings.cancelled_numbers(tx, name))
    imported.accept(tx, name, {**changes.agreed, **changes.unseen})
    unread = [_add_imported_booking(each, known) for each in plugin.faults]
    faults = [
        fault
        for fault in (*unread, *writer.faults, *changes.faults)
        if not is_settled(fault, known)
    ]
    imported.remember(tx, name, {**merged.made, **writer.made}, meanings)
    imported.keep_conflicts(tx, name, [_new_conflict(each) for each in faults])
    notes = list(plugin.notes)
    if name != called:
        notes.append(f"“{called}” was brought in before as “{name}”")
    if unseen := len(changes.unseen):
        notes.append(
            f"{unseen} appointments were not looked at for changes in the plugin before today"
        )
    report = Report(plugin.business.time_zone, faults=faults, notes=notes)
    report.changed = sum(each.meaning is not None and each.origin in known.ids for each in faults)
    report.made.update(kind for kind, _ in (*merged.made, *writer.made))
    report.earlier.update(kind for kind, _ in known.ids)
    report.statuses.update(writer.statuses)
    if dry_run:
        raise _DryRun(report)
    return report


def _add_imported_booking(fault: Fault, known: EarlierImports) -> Fault:
    """Return the fault with the number of the booking that its row was imported as, if there is
    one."""
    came = fault.meaning is not None and fault.origin in known.ids
    return replace(fault, in_the_way=known.ids[fault.origin]) if came else fault


def _new_conflict(fault: Fault) -> NewConflict:
    meaning = fault.meaning.text if fault.meaning else None
    return NewConflict(fault.origin, fault.reason, fault.row, fault.in_the_way, meaning)


def _numbers(
    tx: Transaction, appointments: Sequence[Appointment], *, dry_run: bool
) -> dict[str, int]:
    """Return the number of each new booking by its source id. It is the plugin's number if that
    number is free, so that references in old mails still work."""
    taken = imported_bookings.numbers_in_use(tx, {each.number for each in appointments})
    highest = imported_bookings.highest_number(tx)
    numbers = {each.source_id: each.number for each in appointments if each.number not in taken}
    following = max([highest, *(each.number for each in appointments)])
    for each in appointments:
        if each.source_id not in numbers:
            following += 1
            numbers[each.source_id] = following
    if numbers and not dry_run:
        imported_bookings.reserve_numbers(tx, following)
    return numbers


@dataclass
class _BookingWriter:
    """Writes the bookings of one run. If two appointments have the same time, the one that was
    booked first gets it, and the other one becomes a conflict."""

    tx: Transaction
    source: str
    plugin: Plugin
    merged: MergedCatalog
    numbers: dict[str, int]
    made: dict[Origin, int | None] = field(default_factory=dict)
    statuses: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    _events: list[ImportedEvent] = field(default_factory=list)

    def write(self, appointments: Sequence[Appointment]) -> None:
        drafts = [(each, self._draft(each)) for each in appointments]
        live = [(each, draft) for each, draft in drafts if draft.status == "confirmed"]
        over = [(each, draft) for each, draft in drafts if draft.status != "confirmed"]
        slots = {draft.id: self._slot(each, draft) for each, draft in live}
        self.tx.lock_boards([board for slot, _ in slots.values() for board in self._boards(slot)])
        for each, draft in sorted(live, key=lambda one: _booking_order(one[0])):
            slot, capacity = slots[draft.id]
            try:
                seat = seats.find_seat(self.tx, slot, capacity)
            except (SlotTaken, SlotPending, seats.OverdueInTheWay):
                self.faults.append(self._conflict(each, slot))
                continue
            draft = replace(draft, ends_at=seat.slot.ends_at)
            made = ImportedBooking(draft, self._creation_time(each, draft), seat)
            imported_bookings.write_bookings(self.tx, [made])
            self._note(each, draft)
        imported_bookings.write_bookings(
            self.tx,
            [ImportedBooking(draft, self._creation_time(each, draft)) for each, draft in over],
        )
        for each, draft in over:
            self._note(each, draft)
        imported_bookings.write_events(self.tx, self._events)

    def _draft(self, each: Appointment) -> Booking:
        service = self.plugin.services[each.service]
        starts_at = self._instant(each.starts)
        ends_at = starts_at + timedelta(minutes=service.duration)
        over = each.status == "confirmed" and ends_at <= self.tx.now
        return Booking(
            id=self.numbers[each.source_id],
            reference=new_reference(),
            status="completed" if over else each.status,
            token=new_token(),
            claim=new_claim_id(),
            visitor=None,
            deadline=None,
            service_id=self.merged.services[each.service],
            resource_id=self.merged.staff[each.staff],
            starts_at=starts_at,
            ends_at=ends_at,
            price=each.price if each.price is not None else service.price,
            customer=each.customer,
        )

    def _slot(self, each: Appointment, draft: Booking) -> tuple[ServiceSlot, int]:
        """Return the slot of an appointment, and the capacity of its service."""
        service = self.merged.catalog.services.get(draft.service_id)
        service = service or self.plugin.services[each.service]
        guarded = Interval(
            draft.starts_at - timedelta(minutes=service.buffer_before),
            draft.ends_at + timedelta(minutes=service.buffer_after),
        )
        slot = ServiceSlot(
            draft.starts_at, draft.ends_at, guarded, draft.service_id, draft.resource_id
        )
        return slot, service.capacity

    def _boards(self, slot: ServiceSlot) -> tuple[BoardKey, ...]:
        zone = self.merged.catalog.zone_of(slot.resource_id)
        return boards_of(slot.resource_id, slot.guarded, zone)

    def _conflict(self, each: Appointment, slot: ServiceSlot) -> Fault:
        in_the_way = imported_bookings.first_in_the_way(self.tx, slot)
        what = f"booking {in_the_way}" if in_the_way else "a busy time of another calendar"
        reason = f"{each.starts:%Y-%m-%d %H:%M} is taken by {what}"
        return Fault(*each.origin, reason, each.row, in_the_way, each.meaning)

    def _instant(self, wall: datetime) -> datetime:
        return to_instant(wall, ZoneInfo(self.plugin.business.time_zone))

    def _creation_time(self, each: Appointment, draft: Booking) -> datetime:
        if each.created is None:
            return min(draft.starts_at, self.tx.now)
        return self._instant(each.created)

    def _note(self, each: Appointment, draft: Booking) -> None:
        """Note a written booking for the report, for later runs, and for the audit log."""
        self.made[each.origin] = draft.id
        self.statuses.append(draft.status)
        origin = {"source": self.source, "id": each.source_id}
        if each.row.get("notes"):
            origin["notes"] = each.row["notes"] or ""
        self._events.append(ImportedEvent(draft.id, self.tx.now, "booking.imported", origin))
        if each.moved is not None and each.first_start is not None:
            details = {
                "from": self._instant(each.first_start).isoformat(),
                "to": draft.starts_at.isoformat(),
            }
            moved_at = self._instant(each.moved)
            self._events.append(ImportedEvent(draft.id, moved_at, "booking.rescheduled", details))


def _booking_order(each: Appointment) -> tuple[bool, datetime, int]:
    """Return a key that sorts by the time of booking. Appointments without that time come last."""
    return each.created is None, each.created or each.starts, each.number
