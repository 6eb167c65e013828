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

    `in_the_way` is the number of the booking that has its time, or that the row was imported as.
    Only appointments have a `meaning`, their fingerprint.
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
    """An appointment of the plugin. Times are local to the site, ids are the plugin's."""

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
        """The number by which the customer knows it: 7 of `APT-2026-000007`. It is also its id."""
        return int(self.source_id)


@dataclass
class Plugin:
    """The plugin's data, by the plugin's ids. `time_off` is of one employee, `closures` of the
    business."""

    business: Business
    services: dict[str, Service] = field(default_factory=dict)
    staff: dict[str, Resource] = field(default_factory=dict)
    closures: dict[str, TimeOff] = field(default_factory=dict)
    time_off: dict[str, tuple[str, TimeOff]] = field(default_factory=dict)
    appointments: list[Appointment] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
