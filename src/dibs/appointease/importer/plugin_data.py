"""The plugin's data as Dibs understands it, before it is written into the ledger."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime
    from decimal import Decimal

    from dibs.appointease.importer.fingerprint import Fingerprint
    from dibs.appointease.importer.values import Row
    from dibs.ledger.bookings import Customer, Status
    from dibs.ledger.catalog import Business, Resource, Service, TimeOff
    from dibs.ledger.imported import Origin


@dataclass(frozen=True)
class Fault:
    """A row that can't be imported, and the reason.

    `in_the_way` is the number of a booking: the one that has the time of the row, or the one that
    the row was imported as. `meaning` is the fingerprint of an appointment; other rows have none.
    """

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
    """An appointment of the plugin. Times are in the site's time zone, and ids are the plugin's."""

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
        """The number by which customers know the appointment, like 7 in `APT-2026-000007`. It is
        the plugin's id."""
        return int(self.source_id)


@dataclass
class Plugin:
    """The plugin's data, by the plugin's ids. `closures` are times at which the business is closed.
    `time_off` has the employee's id with each closure of one employee."""

    business: Business
    services: dict[str, Service] = field(default_factory=dict)
    staff: dict[str, Resource] = field(default_factory=dict)
    closures: dict[str, TimeOff] = field(default_factory=dict)
    time_off: dict[str, tuple[str, TimeOff]] = field(default_factory=dict)
    appointments: list[Appointment] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
