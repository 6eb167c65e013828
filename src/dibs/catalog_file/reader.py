"""Reads a catalog file: checks it, and makes the catalog of it."""

from __future__ import annotations

import tomllib
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from pydantic import ValidationError

from dibs.catalog_file.lines import Lines, split_lines
from dibs.catalog_file.tables import CatalogFile, ClosureTable, ResourceTable, ServiceTable
from dibs.catalog_file.values import WEEKDAYS, intervals
from dibs.errors import CatalogInvalid
from dibs.ledger.catalog import Business, Catalog, Resource, Service, TimeOff

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic_core import ErrorDetails

    #: Where it is, as a path of keys, and what it is.
    Fault = tuple[tuple[str | int, ...], str]


def parse(text: str) -> Catalog:
    """Read a catalog file. Raises CatalogInvalid, which names every fault by its line."""
    # Some editors put this mark before all that they save.
    text = text.removeprefix("\ufeff")
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        last = f"line {len(split_lines(text))}, the end"
        raise CatalogInvalid(str(error).replace("end of document", last)) from None
    lines = Lines(text)
    try:
        file = CatalogFile.model_validate(raw)
    except ValidationError as error:
        raise CatalogInvalid(*(_explain(fault, lines) for fault in error.errors())) from None
    faults = [f"line {lines.find(*where)}: {what}" for where, what in _faults(file)]
    if faults:
        raise CatalogInvalid(*faults)
    return _catalog(file)


def _explain(fault: ErrorDetails, lines: Lines) -> str:
    path = [part for part in fault["loc"] if part not in ("date", "datetime", "[key]")]
    name = ".".join(str(part) for part in path)
    return f"line {lines.find(*path)}: {name}: {fault['msg'].removeprefix('Value error, ')}"


def _faults(file: CatalogFile) -> Iterator[Fault]:
    """What is wrong between the tables, though each by itself is right."""
    yield from _repeated_ids("services", [table.id for table in file.services])
    yield from _repeated_ids("resources", [table.id for table in file.resources])
    known = {resource.id for resource in file.resources}
    for index, service in enumerate(file.services):
        for wanted in service.resources:
            if wanted not in known:
                yield ("services", index, "resources"), f"there is no resource {wanted}"
        if len(set(service.resources)) < len(service.resources):
            yield ("services", index, "resources"), "a resource is there twice"
    for index, closure in enumerate(file.closures):
        if closure.resource is not None and closure.resource not in known:
            yield ("closures", index, "resource"), f"there is no resource {closure.resource}"
        try:
            starts, ends = _span(closure)
        except (ValueError, OverflowError) as error:
            yield ("closures", index, "from"), str(error)
            continue
        if starts >= ends:
            yield ("closures", index, "to"), "it ends before it begins"


def _repeated_ids(kind: str, ids: list[int]) -> Iterator[Fault]:
    seen: set[int] = set()
    for index, each in enumerate(ids):
        if each in seen:
            yield (kind, index, "id"), f"{kind} {each} is there twice"
        seen.add(each)


def _catalog(file: CatalogFile) -> Catalog:
    closures: dict[int | None, list[TimeOff]] = {}
    for closure in file.closures:
        off = TimeOff(*_span(closure), closure.reason)
        closures.setdefault(closure.resource, []).append(off)
    return Catalog(
        Business(
            file.business.name,
            file.business.time_zone,
            file.business.currency,
            file.business.slot_interval,
            file.business.country,
        ),
        {each.id: _service(each) for each in sorted(file.services, key=lambda each: each.id)},
        {
            each.id: _resource(each, _sorted(closures.get(each.id, [])))
            for each in sorted(file.resources, key=lambda each: each.id)
        },
        _sorted(closures.get(None, [])),
    )


def _sorted(closures: list[TimeOff]) -> tuple[TimeOff, ...]:
    return tuple(sorted(closures, key=lambda each: (each.starts, each.ends)))


def _service(table: ServiceTable) -> Service:
    return Service(
        id=table.id,
        name=table.name,
        duration=table.duration,
        resource_ids=tuple(sorted(table.resources)),
        description=table.description,
        buffer_before=table.buffer_before,
        buffer_after=table.buffer_after,
        slot_interval=table.slot_interval,
        minimum_notice=table.minimum_notice,
        change_notice=table.change_notice,
        booking_window_days=table.booking_window_days,
        price=Decimal(table.price) if table.price is not None else None,
        capacity=table.capacity,
    )


def _resource(table: ResourceTable, closures: tuple[TimeOff, ...]) -> Resource:
    return Resource(
        id=table.id,
        name=table.name,
        kind=table.kind,
        time_zone=table.time_zone,
        weekly={
            WEEKDAYS.index(weekday) + 1: intervals(hours)
            for weekday, hours in table.hours.items()
            if hours
        },
        overrides={
            date.fromisoformat(day): intervals(hours) for day, hours in table.overrides.items()
        },
        closures=closures,
    )


def _span(closure: ClosureTable) -> tuple[datetime, datetime]:
    return _edge(closure.first, last=False), _edge(closure.last, last=True)


def _edge(edge: date | datetime, *, last: bool) -> datetime:
    """A whole day begins at its first moment and ends at that of the next."""
    if isinstance(edge, datetime):
        if edge.tzinfo is not None:
            raise ValueError("local times carry no offset")
        if edge.second or edge.microsecond:
            raise ValueError("times are on whole minutes")
        return edge
    return datetime.combine(edge + timedelta(days=1 if last else 0), time.min)
