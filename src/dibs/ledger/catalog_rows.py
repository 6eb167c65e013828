"""Reads and replaces the rows of the catalog. Replacing raises the counters of what differs."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import delete, insert, select, update

from dibs.appearance import Appearance
from dibs.availability.hours import WallInterval
from dibs.ledger import letter_words
from dibs.ledger.catalog import (
    STAFF_LETTERS,
    Business,
    Catalog,
    Resource,
    Service,
    TimeOff,
    read_hours,
    write_hours,
)
from dibs.ledger.catalog_tables import (
    business,
    categories,
    closures,
    overrides,
    resources,
    schedules,
    service_resources,
    services,
)
from dibs.ledger.questions import read_questions, write_questions
from dibs.ledger.translations import write_translations

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection, Row, Table

    from dibs.ledger.catalog import StaffLetter
    from dibs.ledger.database import Transaction
    from dibs.ledger.translations import Translations


def read(connection: Connection) -> Catalog | None:
    """Read the catalog, or return None if no business has been set up yet."""
    head = connection.execute(select(business)).first()
    if head is None:
        return None
    closed = _read_closures(connection)
    offered_services, retired_services = _read_services(connection)
    offered_resources, retired_resources, versions = _read_resources(connection, closed)
    return Catalog(
        _business_of(head),
        offered_services,
        offered_resources,
        tuple(sorted(closed.get(None, ()))),
        head.version,
        versions,
        retired_services,
        retired_resources,
        _read_categories(connection),
        letter_words.read(connection),
    )


def _business_of(row: Row[*tuple[Any, ...]]) -> Business:
    return Business(
        row.name,
        row.time_zone,
        row.currency,
        row.slot_interval,
        row.country,
        row.email,
        tuple(row.letters.split()),
        _read_reminders(row.reminders),
        row.language,
        row.phone,
        row.place,
        Appearance(row.accent, row.radius, row.font, row.logo, row.picture),
        orjson.loads(row.translations),
        row.terms,
    )


def _read_categories(connection: Connection) -> dict[str, Translations]:
    rows = connection.execute(select(categories))
    return {row.name: orjson.loads(row.translations) for row in rows}


def _read_reminders(text: str) -> tuple[int, ...]:
    return tuple(map(int, text.split()))


def _write_reminders(reminders: tuple[int, ...]) -> str:
    return " ".join(map(str, reminders))


def _read_closures(connection: Connection) -> dict[int | None, list[TimeOff]]:
    """Return the closures by resource. Those of the whole business have the key None."""
    off: dict[int | None, list[TimeOff]] = {}
    for row in connection.execute(select(closures)):
        off.setdefault(row.resource_id, []).append(_closure_of(row))
    return off


def _closure_of(row: Row[*tuple[Any, ...]]) -> TimeOff:
    return TimeOff(
        datetime.fromisoformat(row.starts),
        datetime.fromisoformat(row.ends),
        row.reason,
        bool(row.from_office),
    )


def _read_services(connection: Connection) -> tuple[dict[int, Service], dict[int, Service]]:
    """Return the services on offer, and those that are retired."""
    members: dict[int, list[int]] = {}
    for link in connection.execute(
        select(service_resources)
        .join(resources, resources.c.id == service_resources.c.resource_id)
        .where(resources.c.retired == 0)
        .order_by(service_resources.c.resource_id)
    ):
        members.setdefault(link.service_id, []).append(link.resource_id)
    found: tuple[dict[int, Service], dict[int, Service]] = ({}, {})
    for row in connection.execute(select(services).order_by(services.c.position, services.c.id)):
        found[row.retired][row.id] = Service(
            id=row.id,
            name=row.name,
            duration=row.duration,
            resource_ids=tuple(members.get(row.id, ())),
            description=row.description,
            buffer_before=row.buffer_before,
            buffer_after=row.buffer_after,
            slot_interval=row.slot_interval,
            minimum_notice=row.minimum_notice,
            booking_window_days=row.booking_window_days,
            price=Decimal(row.price) if row.price is not None else None,
            capacity=row.capacity,
            move_notice=row.move_notice,
            cancel_notice=row.cancel_notice,
            reminders=_read_reminders(row.reminders) if row.reminders is not None else None,
            place=row.place,
            category=row.category,
            picture=row.picture,
            price_from=bool(row.price_from),
            price_on_request=bool(row.price_on_request),
            place_kind=row.place_kind,
            approve_within=row.approve_within,
            translations=orjson.loads(row.translations),
            terms=row.terms,
            questions=read_questions(row.questions),
        )
    return found


def _letters_of(row: Row[*tuple[Any, ...]]) -> tuple[StaffLetter, ...]:
    """Return the kinds of letters of a resource. If it has no address, nobody has chosen them, so
    the three kinds of an old row mean all kinds."""
    letters = tuple(row.letters.split())
    was_all = letters == ("new", "moved", "cancelled")
    return STAFF_LETTERS if was_all and row.email is None else letters


def _read_resources(
    connection: Connection, closed: Mapping[int | None, list[TimeOff]]
) -> tuple[dict[int, Resource], dict[int, Resource], dict[int, int]]:
    """Return the resources on offer, those that are retired, and the counters of those on offer."""
    weekly: dict[int, dict[int, tuple[WallInterval, ...]]] = {}
    for row in connection.execute(select(schedules).order_by(schedules.c.opens)):
        week = weekly.setdefault(row.resource_id, {})
        week[row.weekday] = (*week.get(row.weekday, ()), WallInterval(row.opens, row.closes))
    exceptions: dict[int, dict[date, tuple[WallInterval, ...]]] = {}
    for row in connection.execute(select(overrides).order_by(overrides.c.day)):
        exceptions.setdefault(row.resource_id, {})[row.day] = read_hours(row.hours)
    found: tuple[dict[int, Resource], dict[int, Resource]] = ({}, {})
    versions = {}
    for row in connection.execute(select(resources).order_by(resources.c.position, resources.c.id)):
        found[row.retired][row.id] = Resource(
            id=row.id,
            name=row.name,
            kind=row.kind,
            time_zone=row.time_zone,
            weekly=weekly.get(row.id, {}),
            overrides=exceptions.get(row.id, {}),
            closures=tuple(sorted(closed.get(row.id, ()))),
            email=row.email,
            letters=_letters_of(row),
            about=row.about,
            picture=row.picture,
            translations=orjson.loads(row.translations),
        )
        if not row.retired:
            versions[row.id] = row.version
    return *found, versions


def version(connection: Connection) -> tuple[int, dict[int, int]]:
    """Return the counters of the business and of each resource on offer."""
    statement = (
        select(business.c.version, resources.c.id, resources.c.version.label("resource_version"))
        .select_from(business)
        .outerjoin(resources, resources.c.retired == 0)
    )
    rows = (connection.execute(statement)).all()
    return (
        rows[0].version if rows else 0,
        {row.id: row.resource_version for row in rows if row.id is not None},
    )


def replace(tx: Transaction, wanted: Catalog) -> None:
    """Make the stored catalog the same as `wanted`. The counters of what differs go up.

    A service or resource that is not in `wanted` is retired and not deleted, so its bookings stay.
    Call it under `Transaction.lock_catalog`.
    """
    before = read(tx.connection)
    business_changed = (
        before is None
        or (before.business, before.closures, before.categories)
        != (wanted.business, wanted.closures, wanted.categories)
        or not before.has_same_services(wanted)
        or not before.has_same_order_of_resources(wanted)
        or before.letter_words != wanted.letter_words
    )
    changed = [
        resource
        for resource in wanted.resources.values()
        if before is None or before.resources.get(resource.id) != resource
    ]
    gone = set(before.resources) - set(wanted.resources) if before else set()
    if business_changed:
        _write_business(tx, wanted.business)
        _write_categories(tx, wanted.categories)
    for resource in changed:
        _write_resource(tx, resource)
    if gone:
        tx.connection.execute(
            update(resources)
            .where(resources.c.id.in_(gone))
            .values(retired=1, picture=None, version=resources.c.version + 1)
        )
    if business_changed:
        letter_words.replace(tx, wanted.letter_words)
        _write_services(tx, wanted)
        for position, each in enumerate(wanted.resources):
            ordering = update(resources).where(resources.c.id == each)
            tx.connection.execute(ordering.values(position=position))


def _save(tx: Transaction, table: Table, row_id: int, values: dict[str, Any]) -> None:
    """Change the row, or insert it if there is none. Its counter, if it has one, goes up."""
    counted = {"version": table.c.version + 1} if "version" in table.c else {}
    change = update(table).where(table.c.id == row_id).values({**values, **counted})
    if (tx.connection.execute(change)).rowcount == 0:
        first = {"version": 1} if counted else {}
        tx.connection.execute(insert(table).values({"id": row_id, **values, **first}))


def _write_business(tx: Transaction, wanted: Business) -> None:
    values = {
        "name": wanted.name,
        "time_zone": wanted.time_zone,
        "currency": wanted.currency,
        "slot_interval": wanted.slot_interval,
        "country": wanted.country,
        "email": wanted.email,
        "letters": " ".join(wanted.letters),
        "reminders": _write_reminders(wanted.reminders),
        "language": wanted.language,
        "phone": wanted.phone,
        "place": wanted.place,
        **asdict(wanted.appearance),
        "translations": write_translations(wanted.translations),
        "terms": wanted.terms,
    }
    _save(tx, business, 1, values)


def _write_categories(tx: Transaction, wanted: Mapping[str, Translations]) -> None:
    tx.connection.execute(delete(categories))
    for name, texts in wanted.items():
        tx.connection.execute(
            insert(categories).values(name=name, translations=write_translations(texts))
        )


def _write_resource(tx: Transaction, resource: Resource) -> None:
    values = {
        "kind": resource.kind,
        "name": resource.name,
        "time_zone": resource.time_zone,
        "email": resource.email,
        "letters": " ".join(resource.letters),
        "about": resource.about,
        "picture": resource.picture,
        "translations": write_translations(resource.translations),
        "retired": 0,
    }
    _save(tx, resources, resource.id, values)
    for dependent in (schedules, overrides):
        tx.connection.execute(delete(dependent).where(dependent.c.resource_id == resource.id))
    for weekday, intervals in resource.weekly.items():
        for interval in intervals:
            tx.connection.execute(
                insert(schedules).values(
                    resource_id=resource.id,
                    weekday=weekday,
                    opens=interval.opens,
                    closes=interval.closes,
                )
            )
    for day, intervals in resource.overrides.items():
        tx.connection.execute(
            insert(overrides).values(resource_id=resource.id, day=day, hours=write_hours(intervals))
        )
    _write_closures(tx, resource.id, resource.closures)


def _write_services(tx: Transaction, wanted: Catalog) -> None:
    tx.connection.execute(update(services).values(retired=1, picture=None))
    tx.connection.execute(delete(service_resources))
    for position, service in enumerate(wanted.services.values()):
        values = {
            "position": position,
            "name": service.name,
            "description": service.description,
            "duration": service.duration,
            "buffer_before": service.buffer_before,
            "buffer_after": service.buffer_after,
            "slot_interval": service.slot_interval,
            "minimum_notice": service.minimum_notice,
            "booking_window_days": service.booking_window_days,
            "price": str(service.price) if service.price is not None else None,
            "capacity": service.capacity,
            "move_notice": service.move_notice,
            "cancel_notice": service.cancel_notice,
            "reminders": _write_reminders(service.reminders)
            if service.reminders is not None
            else None,
            "place": service.place,
            "category": service.category,
            "picture": service.picture,
            "price_from": int(service.price_from),
            "price_on_request": int(service.price_on_request),
            "place_kind": service.place_kind,
            "approve_within": service.approve_within,
            "translations": write_translations(service.translations),
            "terms": service.terms,
            "questions": write_questions(service.questions),
            "retired": 0,
        }
        _save(tx, services, service.id, values)
        for resource_id in service.resource_ids:
            tx.connection.execute(
                insert(service_resources).values(service_id=service.id, resource_id=resource_id)
            )
    _write_closures(tx, None, wanted.closures)


def _write_closures(tx: Transaction, resource_id: int | None, wanted: tuple[TimeOff, ...]) -> None:
    """Replace closures. One that stays keeps its id, by which the office's calendar names it."""
    is_its_own = (
        closures.c.resource_id.is_(None)
        if resource_id is None
        else closures.c.resource_id == resource_id
    )
    new = list(wanted)
    for row in tx.connection.execute(select(closures).where(is_its_own)).all():
        if (stored := _closure_of(row)) in new:
            new.remove(stored)
        else:
            tx.connection.execute(delete(closures).where(closures.c.id == row.id))
    for closure in new:
        tx.connection.execute(
            insert(closures).values(
                resource_id=resource_id,
                starts=closure.starts.isoformat(timespec="minutes"),
                ends=closure.ends.isoformat(timespec="minutes"),
                reason=closure.reason,
                from_office=int(closure.is_from_office),
            )
        )
