"""What the plugin's rows mean, in Dibs's words; a row that means nothing becomes a fault."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

import orjson

from dibs.appointease.importer import weeks
from dibs.appointease.importer.fingerprint import Fingerprint
from dibs.appointease.importer.serialized import NotSerialized, unserialize
from dibs.appointease.importer.values import (
    Unreadable,
    a_day,
    a_number,
    a_price,
    a_wall_time,
    one_line,
    tidy,
)
from dibs.availability.wall import is_zone
from dibs.email_address import is_address, read_address
from dibs.errors import CannotStart
from dibs.ledger.bookings import Customer
from dibs.ledger.catalog import Business, Resource, Service, TimeOff
from dibs.phone_number import read_phone

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from decimal import Decimal

    from dibs.appointease.importer.mysql import Source
    from dibs.appointease.importer.values import Row
    from dibs.appointease.importer.weeks import Week
    from dibs.ledger.bookings import Status
    from dibs.ledger.imported import Origin

Value = TypeVar("Value")

MAX_NAME_LENGTH = 200
MAX_DESCRIPTION_LENGTH = 2000
MAX_SEATS = 1000
MAX_DAYS = 3660
A_DAY = 24 * 60
NO_CURRENCY = "EUR"
#: The plugin books every row that isn't cancelled.
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


@dataclass(frozen=True)
class Fault:
    """A row that can't come in, and why; `in_the_way` is the number of the booking that has its
    time, or that it came in as. Only appointments have a `meaning`."""

    kind: str
    source_id: str
    reason: str
    row: Row
    in_the_way: int | None = None
    meaning: Fingerprint | None = None

    @property
    def origin(self) -> Origin:
        return self.kind, self.source_id


@dataclass(frozen=True)
class Appointment:
    """Times are local to the site; `service` and `staff` are the plugin's ids."""

    source_id: str
    row: Row
    service: str
    staff: str
    starts: datetime
    status: Status
    customer: Customer
    price: Decimal | None
    created: datetime | None
    moved: datetime | None
    first_start: datetime | None
    meaning: Fingerprint

    @property
    def origin(self) -> Origin:
        return "appointment", self.source_id

    @property
    def number(self) -> int:
        """By which its customer knows it: that of `APT-2026-000007`, which is its id."""
        return int(self.source_id)


@dataclass
class Plugin:
    """All by the plugin's ids. `time_off` is of one employee, `closures` of the business."""

    business: Business
    services: dict[str, Service] = field(default_factory=dict)
    staff: dict[str, Resource] = field(default_factory=dict)
    closures: dict[str, TimeOff] = field(default_factory=dict)
    time_off: dict[str, tuple[str, TimeOff]] = field(default_factory=dict)
    appointments: list[Appointment] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def understand(source: Source, zone: str | None = None) -> Plugin:
    """Raises CannotStart if it isn't clear which times are meant."""
    return _Reading(source, zone).plugin


class _Reading:
    def __init__(self, source: Source, zone: str | None) -> None:
        self._source = source
        self._notes: list[str] = [f"table {name} was not read" for name in source.unread]
        self._options = self._read_options()
        self.plugin = Plugin(self._business(zone), notes=self._notes)
        self._week = self._business_week()
        self._each("services", "service", self._service)
        self._each("staff", "staff", self._employee)
        self._each("blackouts", "closure", self._closure)
        self._each("time_off", "time off", self._off)
        self._customers = {row.get("id"): row for row in source.tables.get("customers", [])}
        self._each("appointments", "appointment", self._appointment)
        self._notes += self._left_out()

    def _each(self, table: str, kind: str, understood: Callable[[str, Row], None]) -> None:
        """Where a table lost its primary key, the first row of an id is the one."""
        rows_of = Counter[str]()
        for row in self._source.tables.get(table, []):
            number = _if_readable(_an_id, row.get("id"))
            key = one_line(row.get("id")) if number is None else str(number)
            rows_of[key] += 1
            again = rows_of[key] > 1
            try:
                if again:
                    key = f"{key} ({rows_of[key]})"
                    raise Unreadable("another row has the same id")
                _an_id(row.get("id"))
                understood(key, row)
            except Unreadable as fault:
                meaning = self._meaning(row) if kind == "appointment" and not again else None
                self.plugin.faults.append(Fault(kind, key, str(fault), row, meaning=meaning))

    # --- the business

    def _read_options(self) -> dict[str, Any]:
        text = self._source.options.get("appointease_options")
        if text is None:
            self._notes.append("the plugin was never configured: its own defaults are taken")
            return {}
        try:
            found = unserialize(text)
            if not isinstance(found, dict):
                raise NotSerialized(f"it is {found!r:.40}")
        except NotSerialized as fault:
            self._notes.append(f"appointease_options can't be read ({fault}): defaults are taken")
            return {}
        return found

    def _business(self, zone: str | None) -> Business:
        options = self._source.options
        return Business(
            name=one_line(options.get("blogname"))[:MAX_NAME_LENGTH] or "Bookings",
            time_zone=self._zone(zone),
            currency=NO_CURRENCY,
            slot_interval=self._option("slot_duration", 60, most=A_DAY),
        )

    def _zone(self, given: str | None) -> str:
        options = self._source.options
        name = given or options.get("timezone_string", "")
        if name:
            if not is_zone(name):
                raise CannotStart(f"{name!r} is no IANA time zone: say --zone Europe/Berlin, say.")
            return name
        offset = options.get("gmt_offset", "").strip() or "0"
        try:
            hours = float(offset)
        except ValueError:
            hours = 0.5
        if hours not in range(-12, 15):
            raise CannotStart(
                f"WordPress knows only the offset {offset}: say --zone Asia/Kolkata, say."
            )
        if hours == 0:
            self._notes.append("WordPress has no time zone: UTC is taken; --zone overrules it")
            return "UTC"
        self._notes.append(
            f"WordPress knows only the offset {hours:+.0f} h, without summer time;"
            " --zone overrules it"
        )
        # In these names west is positive.
        return f"Etc/GMT{-int(hours):+d}"

    def _business_week(self) -> Week:
        try:
            if self._options and not weeks.working_days(self._options):
                self._notes.append(
                    "business hours: no day is named; Monday to Friday are taken, as in the plugin"
                )
            return weeks.of_business(self._options)
        except Unreadable as fault:
            self._notes.append(f"business hours: {fault}; Monday to Friday 09:00-17:00 are taken")
            return weeks.of_business({})

    def _option(self, name: str, default: int, *, most: int, least: int = 1) -> int:
        value = self._options.get(name)
        if value is None:
            return default
        try:
            return a_number(str(value), name, least=least, most=most)
        except Unreadable as fault:
            self._notes.append(f"settings: {fault}; {default} is taken")
            return default

    # --- the catalog

    def _service(self, key: str, row: Row) -> None:
        name = _name(row)
        horizon = row.get("advance_booking_days")
        self.plugin.services[key] = Service(
            id=int(key),
            name=name,
            duration=a_number(row.get("duration"), "duration", most=A_DAY),
            resource_ids=(),
            description=tidy(row.get("description"))[:MAX_DESCRIPTION_LENGTH],
            booking_window_days=a_number(horizon, "advance_booking_days", least=0, most=MAX_DAYS)
            if horizon is not None
            else self._option("advance_booking", 30, least=0, most=MAX_DAYS),
            price=a_price(row.get("price")),
            capacity=a_number(row.get("capacity") or "1", "capacity", most=MAX_SEATS),
        )

    def _employee(self, key: str, row: Row) -> None:
        rows = [
            each
            for each in self._source.tables.get("availability", [])
            if each.get("staff_id") == key
        ]
        name = _name(row)
        week = self._week
        try:
            own = weeks.of_staff(row.get("working_hours"))
            week = weeks.of_availability(rows) or week if own is None else own
            week = weeks.without_breaks(week, rows)
        except Unreadable as fault:
            self._notes.append(f"staff {key} {name}: {fault}; the hours are to be checked")
        if not _lie_within(week, self._week):
            self._notes.append(
                f"staff {key} {name} works outside the business hours: the plugin refused those"
                " times, Dibs offers them"
            )
        self.plugin.staff[key] = Resource(id=int(key), name=name, weekly=week)

    def _closure(self, key: str, row: Row) -> None:
        self.plugin.closures[key] = _days_off(row)

    def _off(self, key: str, row: Row) -> None:
        staff = row.get("staff_id") or ""
        if staff not in self.plugin.staff:
            raise Unreadable(f"there is no staff {staff or 'named'}")
        self.plugin.time_off[key] = (staff, _days_off(row))

    # --- appointments

    def _appointment(self, key: str, row: Row) -> None:
        status = _status(row)
        if status is None:
            raise Unreadable(f"its status is {row.get('status')!r}")
        service, staff = row.get("service_id") or "", row.get("employee_id") or ""
        starts = a_wall_time(row.get("appointment_date"), "date")
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
                price=_if_readable(a_price, row.get("total_amount")),
                created=_if_readable(_a_time, row.get("created_at")),
                moved=_if_readable(_a_time, row.get("rescheduled_at")),
                first_start=_if_readable(_a_time, row.get("original_date")),
                meaning=self._meaning(row),
            )
        )

    def _meaning(self, row: Row) -> Fingerprint:
        """Also of a row that can't come in."""
        starts = _if_readable(_a_time, row.get("appointment_date"))
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
        """As the appointment has it; what it leaves open is as the customer's own row has it.

        An address to which no message can be sent is imported as it is, so that old bookings stay
        complete.
        """
        known = self._customers.get(row.get("customer_id")) or {}
        name, email, phone = (
            one_line(row.get(column)) or one_line(known.get(column))
            for column in ("name", "email", "phone")
        )
        number = read_phone(phone) if phone else None
        return Customer(
            name or "(no name)",
            read_address(email) or email,
            phone or None,
            number.e164 if number else None,
        )

    def _left_out(self) -> Iterator[str]:
        """What Dibs has no place for."""
        tables = self._source.tables
        if categories := len(tables.get("categories", [])):
            yield f"{categories} categories: Dibs has none"
        booked = {each.customer.email.lower() for each in self.plugin.appointments}
        idle = [
            row
            for row in tables.get("customers", [])
            if one_line(row.get("email")).lower() not in booked
        ]
        if idle:
            yield f"{len(idle)} customers without an appointment: Dibs knows them by bookings only"
        renamed = [
            row.get("id")
            for row in tables.get("appointments", [])
            if row.get("strong_id") and _number_in(row) != row.get("id")
        ]
        if renamed:
            yield f"references that don't name their id any more: appointments {_listed(renamed)}"
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
    name = one_line(row.get("name"))[:MAX_NAME_LENGTH]
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
    """Whole days, the last one included."""
    first = a_day(row.get("start_date"), "start_date")
    last = a_day(row.get("end_date") or row.get("start_date"), "end_date")
    if last < first:
        raise Unreadable("it ends before it begins")
    starts = datetime.combine(first, time.min)
    ends = datetime.combine(last + timedelta(days=1), time.min)
    return TimeOff(starts, ends, one_line(row.get("reason"))[:MAX_NAME_LENGTH])


def _an_id(value: str | None) -> int:
    return a_number(value, "id")


def _a_time(value: str | None) -> datetime:
    return a_wall_time(value, "time")


def _if_readable(read: Callable[[str | None], Value], value: str | None) -> Value | None:
    try:
        return read(value)
    except Unreadable:
        return None


def _number_in(row: Row) -> str:
    return (row.get("strong_id") or "").rpartition("-")[2].lstrip("0")


def _listed(keys: list[str | None]) -> str:
    shown = ", ".join(str(key) for key in keys[:10])
    return shown + (f" and {len(keys) - 10} more" if len(keys) > 10 else "")
