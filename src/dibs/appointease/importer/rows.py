"""Turns the plugin's rows into Dibs's own types. A row that can't be understood becomes a fault."""

from __future__ import annotations

import hashlib
from collections import Counter
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, TypeVar

import orjson

from dibs.appointease.importer import weeks
from dibs.appointease.importer.fingerprint import Fingerprint
from dibs.appointease.importer.plugin_data import Appointment, Fault, Plugin
from dibs.appointease.importer.site_settings import SiteSettings
from dibs.appointease.importer.values import (
    MAX_MINUTES,
    MAX_NAME_LENGTH,
    Unreadable,
    clean_line,
    clean_text,
    read_day,
    read_number,
    read_price,
    read_wall_time,
)
from dibs.email_address import is_address, read_address
from dibs.ledger.bookings import Customer
from dibs.ledger.catalog import Resource, Service, TimeOff
from dibs.phone_number import read_phone

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from dibs.appointease.importer.mysql import Source
    from dibs.appointease.importer.values import Row
    from dibs.appointease.importer.weeks import Week
    from dibs.ledger.bookings import Status

Value = TypeVar("Value")

MAX_DESCRIPTION_LENGTH = 2000
MAX_SEATS = 1000
MAX_DAYS = 3660
#: What each status of the plugin means in Dibs. Keys are in lower case. The plugin counts every row
#: that isn't cancelled as booked.
STATUSES: dict[str, Status] = {
    "": "confirmed",
    "confirmed": "confirmed",
    "created": "confirmed",
    "pending": "confirmed",
    "approved": "confirmed",
    "scheduled": "confirmed",
    "rescheduled": "confirmed",
    "completed": "completed",
    "done": "completed",
    "no_show": "no_show",
    "noshow": "no_show",
    "cancelled": "cancelled",
    "canceled": "cancelled",
    "rejected": "cancelled",
}


def interpret_rows(source: Source, zone: str | None = None) -> Plugin:
    """Turn the plugin's rows into its data. Raises CannotStart if the time zone is not clear."""
    return _RowReader(source, zone).plugin


class _RowReader:
    def __init__(self, source: Source, zone: str | None) -> None:
        self._source = source
        self._notes = [f"table {name} was not read" for name in source.unread]
        self._settings = SiteSettings(source, zone, self._notes)
        self.plugin = Plugin(self._settings.business, notes=self._notes)
        self._read_each("services", "service", self._read_service)
        self._read_each("staff", "staff", self._read_employee)
        self._read_each("blackouts", "closure", self._read_closure)
        self._read_each("time_off", "time off", self._read_time_off)
        self._customers = {row.get("id"): row for row in source.tables.get("customers", [])}
        self._read_each("appointments", "appointment", self._read_appointment)
        self._notes += self._describe_left_out()

    def _read_each(self, table: str, kind: str, read_row: Callable[[str, Row], None]) -> None:
        """Read each row of a table. A table that has lost its primary key may have an id twice:
        then the first row counts, and the others are faults."""
        rows_of = Counter[str]()
        for row in self._source.tables.get(table, []):
            number = _read_or_none(_read_id, row.get("id"))
            key = clean_line(row.get("id")) if number is None else str(number)
            rows_of[key] += 1
            again = rows_of[key] > 1
            try:
                if again:
                    key = f"{key} ({rows_of[key]})"
                    raise Unreadable("another row has the same id")
                _read_id(row.get("id"))
                read_row(key, row)
            except Unreadable as fault:
                meaning = (
                    self._fingerprint_row(row) if kind == "appointment" and not again else None
                )
                self.plugin.faults.append(Fault(kind, key, str(fault), row, meaning=meaning))

    # --- the catalog

    def _read_service(self, key: str, row: Row) -> None:
        name = _name(row)
        horizon = row.get("advance_booking_days")
        self.plugin.services[key] = Service(
            id=int(key),
            name=name,
            duration=read_number(row.get("duration"), "duration", most=MAX_MINUTES),
            resource_ids=(),
            description=clean_text(row.get("description"))[:MAX_DESCRIPTION_LENGTH],
            booking_window_days=read_number(horizon, "advance_booking_days", least=0, most=MAX_DAYS)
            if horizon is not None
            else self._settings.read_number("advance_booking", 30, least=0, most=MAX_DAYS),
            price=read_price(row.get("price")),
            capacity=read_number(row.get("capacity") or "1", "capacity", most=MAX_SEATS),
        )

    def _read_employee(self, key: str, row: Row) -> None:
        rows = [
            each
            for each in self._source.tables.get("availability", [])
            if each.get("staff_id") == key
        ]
        name = _name(row)
        week = self._settings.week
        try:
            own = weeks.read_staff_week(row.get("working_hours"))
            week = weeks.read_availability_week(rows) or week if own is None else own
            week = weeks.remove_breaks(week, rows)
        except Unreadable as fault:
            self._notes.append(f"staff {key} {name}: {fault}; the hours are to be checked")
        if not _lie_within(week, self._settings.week):
            self._notes.append(
                f"staff {key} {name} works outside the business hours: the plugin refused those"
                " times, Dibs offers them"
            )
        self.plugin.staff[key] = Resource(id=int(key), name=name, weekly=week)

    def _read_closure(self, key: str, row: Row) -> None:
        self.plugin.closures[key] = _days_off(row)

    def _read_time_off(self, key: str, row: Row) -> None:
        staff = row.get("staff_id") or ""
        if staff not in self.plugin.staff:
            raise Unreadable(f"there is no staff {staff or 'named'}")
        self.plugin.time_off[key] = (staff, _days_off(row))

    # --- appointments

    def _read_appointment(self, key: str, row: Row) -> None:
        status = _status(row)
        if status is None:
            raise Unreadable(f"its status is {row.get('status')!r}")
        service, staff = row.get("service_id") or "", row.get("employee_id") or ""
        starts = read_wall_time(row.get("appointment_date"), "date")
        if service not in self.plugin.services:
            raise Unreadable(f"there is no service {service}" if service else "it has no service")
        if staff not in self.plugin.staff:
            raise Unreadable(f"there is no employee {staff}" if staff else "it has no employee")
        self.plugin.appointments.append(
            Appointment(
                source_id=key,
                row=row,
                service=service,
                staff=staff,
                starts=starts,
                status=status,
                customer=self._customer(row),
                price=_read_or_none(read_price, row.get("total_amount")),
                created=_read_or_none(_read_time, row.get("created_at")),
                moved=_read_or_none(_read_time, row.get("rescheduled_at")),
                first_start=_read_or_none(_read_time, row.get("original_date")),
                meaning=self._fingerprint_row(row),
            )
        )

    def _fingerprint_row(self, row: Row) -> Fingerprint:
        """Return the fingerprint of a row, also if the row can't be imported."""
        starts = _read_or_none(_read_time, row.get("appointment_date"))
        customer = self._customer(row)
        known_by = [customer.name, customer.email, customer.phone]
        return Fingerprint(
            starts=f"{starts:%Y-%m-%d %H:%M}" if starts else row.get("appointment_date") or "",
            status=_status(row) or row.get("status") or "",
            service=row.get("service_id") or "",
            staff=row.get("employee_id") or "",
            customer=hashlib.sha256(orjson.dumps(known_by)).hexdigest(),
        )

    def _customer(self, row: Row) -> Customer:
        """Return the customer of an appointment.

        Values that are empty in the appointment's row are taken from the customer's row. An address
        to which no message can be sent is imported as it is, so that old bookings stay complete.
        """
        known = self._customers.get(row.get("customer_id")) or {}
        name, email, phone = (
            clean_line(row.get(column)) or clean_line(known.get(column))
            for column in ("name", "email", "phone")
        )
        number = read_phone(phone) if phone else None
        return Customer(
            name or "(no name)",
            read_address(email) or email,
            phone or None,
            number.e164 if number else None,
        )

    def _describe_left_out(self) -> Iterator[str]:
        """Yield notes for the report about data that is not imported."""
        tables = self._source.tables
        if categories := len(tables.get("categories", [])):
            yield f"{categories} categories: they are not imported"
        booked = {each.customer.email.lower() for each in self.plugin.appointments}
        idle = [
            row
            for row in tables.get("customers", [])
            if clean_line(row.get("email")).lower() not in booked
        ]
        if idle:
            yield f"{len(idle)} customers without an appointment: Dibs knows them by bookings only"
        renamed = [
            row.get("id")
            for row in tables.get("appointments", [])
            if row.get("strong_id") and _number_in(row) != row.get("id")
        ]
        if renamed:
            yield f"references that don't name their id any more: appointments {_join(renamed)}"
        unreachable = Counter(is_address(each.customer.email) for each in self.plugin.appointments)[
            False
        ]
        if unreachable:
            yield f"{unreachable} appointments have no e-mail address that can be written to"
        if "appointease_email_settings" in self._source.options:
            yield "mail: the plugin's SMTP settings don't come along; see DIBS_SMTP_URL"


def _status(row: Row) -> Status | None:
    return STATUSES.get((row.get("status") or "").strip().lower().replace("-", "_"))


def _name(row: Row) -> str:
    name = clean_line(row.get("name"))[:MAX_NAME_LENGTH]
    if not name:
        raise Unreadable("it has no name")
    return name


def _lie_within(week: Week, wider: Week) -> bool:
    return all(
        any(
            each.opens <= hours.opens and hours.closes <= each.closes for each in wider.get(day, ())
        )
        for day, own in week.items()
        for hours in own
    )


def _days_off(row: Row) -> TimeOff:
    """Return a closure of whole days, which includes the last day. Raises Unreadable."""
    first = read_day(row.get("start_date"), "start_date")
    last = read_day(row.get("end_date") or row.get("start_date"), "end_date")
    if last < first:
        raise Unreadable("it ends before it begins")
    starts = datetime.combine(first, time.min)
    ends = datetime.combine(last + timedelta(days=1), time.min)
    return TimeOff(starts, ends, clean_line(row.get("reason"))[:MAX_NAME_LENGTH])


def _read_id(value: str | None) -> int:
    return read_number(value, "id")


def _read_time(value: str | None) -> datetime:
    return read_wall_time(value, "time")


def _read_or_none(read: Callable[[str | None], Value], value: str | None) -> Value | None:
    try:
        return read(value)
    except Unreadable:
        return None


def _number_in(row: Row) -> str:
    return (row.get("strong_id") or "").rpartition("-")[2].lstrip("0")


def _join(keys: list[str | None]) -> str:
    shown = ", ".join(str(key) for key in keys[:10])
    return shown + (f" and {len(keys) - 10} more" if len(keys) > 10 else "")
