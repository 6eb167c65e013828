"""The catalog as a TOML file: read with every fault named by its line, and written."""

from __future__ import annotations

import re
import tomllib
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    JsonValue,
    ValidationError,
)

from dibs.availability.wall import is_zone
from dibs.errors import CatalogInvalid
from dibs.ledger.catalog import (
    Business,
    Catalog,
    Resource,
    Service,
    TimeOff,
    read_hours,
    write_hours,
)
from dibs.phone_number import is_country
from dibs.plain_text import escape_unprintable, is_blank, unprintable_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic_core import ErrorDetails

    from dibs.availability.hours import WallInterval

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
A_DAY = 24 * 60
A_YEAR = 366


def _zone(name: str) -> str:
    if not is_zone(name):
        raise ValueError(f"'{name}' is no IANA time zone like Europe/Berlin")
    return name


def _hours(hours: list[str]) -> list[str]:
    if any(later.opens < earlier.closes for earlier, later in pairwise(_intervals(hours))):
        raise ValueError("opening hours overlap")
    return hours


def _day(text: str) -> str:
    if date.fromisoformat(text).isoformat() != text:
        raise ValueError(f"'{text}' is not a date like 2026-12-24")
    return text


def _line(text: str) -> str:
    """Names stand in the headers of letters and in lines of lists."""
    found = unprintable_in(text)
    if found is not None:
        raise ValueError(f"has to be one line that can be printed, and has {found}")
    return text


def _lines(text: str) -> str:
    _line(text.replace("\r\n", " ").replace("\n", " ").replace("\t", " "))
    return text


def _seen(text: str) -> str:
    if is_blank(text):
        raise ValueError("is blank: write a name that can be seen")
    return text


def _price(value: Any) -> Any:
    if not isinstance(value, str) or PRICE.fullmatch(value) is None:
        raise ValueError('write the amount in quotes, with two decimals or none: "75.00" or "75"')
    return value


def _currency(value: Any) -> Any:
    if not isinstance(value, str) or CURRENCY.fullmatch(value) is None:
        raise ValueError('write the three capital letters of a currency, like "EUR"')
    return value


def _country(value: Any) -> Any:
    if not isinstance(value, str) or not is_country(value):
        raise ValueError('write the two capital letters of a country, like "DE"')
    return value


PRICE = re.compile(r"[0-9]{1,9}(\.[0-9]{2})?")
CURRENCY = re.compile(r"[A-Z]{3}")


def _unit(unit: str) -> dict[str, JsonValue]:
    """What the reference page says of a value beside its type."""
    return {"unit": unit}


Text = Annotated[str, AfterValidator(_lines)]
Line = Annotated[str, AfterValidator(_line), Field(json_schema_extra=_unit("one line"))]
Name = Annotated[Line, Field(max_length=200), AfterValidator(_seen)]
Price = Annotated[str, BeforeValidator(_price), Field(json_schema_extra=_unit("amount"))]
Currency = Annotated[str, BeforeValidator(_currency), Field(json_schema_extra=_unit("code"))]
Country = Annotated[str, BeforeValidator(_country), Field(json_schema_extra=_unit("code"))]
Id = Annotated[int, Field(ge=1, lt=2**31)]
Zone = Annotated[str, AfterValidator(_zone), Field(json_schema_extra=_unit("IANA time zone"))]
Minutes = Annotated[int, Field(ge=0, le=A_DAY, json_schema_extra=_unit("minutes"))]
Notice = Annotated[int, Field(ge=0, le=A_YEAR * A_DAY, json_schema_extra=_unit("minutes"))]
SomeMinutes = Annotated[int, Field(ge=1, le=A_DAY, json_schema_extra=_unit("minutes"))]
Days = Annotated[int, Field(ge=0, le=10 * A_YEAR, json_schema_extra=_unit("days"))]
OpenHours = Annotated[
    list[Annotated[str, Field(json_schema_extra=_unit('"HH:MM-HH:MM"'))]], AfterValidator(_hours)
]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
DayText = Annotated[
    str, AfterValidator(_day), Field(json_schema_extra=_unit('local date "YYYY-MM-DD"'))
]


class _Table(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")


class BusinessTable(_Table):
    """The business itself. There is exactly one."""

    name: Name = Field(description="The name that customers see. It must not be blank.")
    time_zone: Zone = Field(
        description="The zone of all local times in the file, like `Europe/Berlin`, unless a"
        " resource has its own."
    )
    country: Country | None = Field(
        None,
        description="The country of phone numbers that are written without a `+`: two capital"
        " letters (ISO 3166), like `DE`.",
    )
    currency: Currency = Field(
        "EUR", description="The currency of all prices: three capital letters (ISO 4217)."
    )
    slot_interval: SomeMinutes = Field(
        30,
        description="The time from one start to the next, counted from each opening, for services"
        " that don't set their own.",
    )


class ServiceTable(_Table):
    """One table for each service that can be booked."""

    id: Id = Field(
        description="The number that bookings and links keep. It must not change, and no other"
        " service may have it."
    )
    name: Name = Field(description="The name that customers see. It must not be blank.")
    duration: SomeMinutes = Field(description="How long the service takes, without its buffers.")
    description: Annotated[Text, Field(max_length=2000)] = Field(
        "", description="What customers read below the name. It may have several lines."
    )
    buffer_before: Minutes = Field(
        0,
        description="Time before the start for which the resource is taken too. It may lie outside"
        " the opening hours.",
    )
    buffer_after: Minutes = Field(
        0,
        description="Time after the end for which the resource is taken too. It may lie outside"
        " the opening hours.",
    )
    slot_interval: SomeMinutes | None = Field(
        None,
        description="The time from one start to the next, counted from each opening. Without it,"
        " that of the business counts.",
    )
    minimum_notice: Notice = Field(
        0, description="The shortest time between the moment of booking and the start."
    )
    change_notice: Notice = Field(
        0,
        description="The shortest time before the start at which a customer can still move or"
        " cancel a booking. The owner always can.",
    )
    booking_window_days: Days | None = Field(
        None,
        description="How many local days ahead the service can be booked: `0` is today only."
        " Without it, there is no limit.",
    )
    price: Price | None = Field(
        None,
        description='The price, in quotes, with two decimals or none, like `"75.00"` or'
        ' `"75"`: at most nine digits before the point. Without it, no price is shown.',
    )
    capacity: Annotated[int, Field(ge=1, le=1000, json_schema_extra=_unit("seats"))] = Field(
        1, description="How many bookings one start of one resource can have: a class has several."
    )
    resources: list[Annotated[Id, Field(json_schema_extra=_unit("ids of resources"))]] = Field(
        description="The `id`s of the resources that can do the service: each once, and each must"
        " be in the file. A booking takes one of them."
    )


class ResourceTable(_Table):
    """One table for each person, room or piece of equipment whose time is booked."""

    id: Id = Field(
        description="The number that bookings and links keep. It must not change, and no other"
        " resource may have it."
    )
    name: Name = Field(description="The name that customers see. It must not be blank.")
    kind: Literal["staff", "room", "equipment"] = Field("staff", description="What it is.")
    time_zone: Zone | None = Field(
        None, description="The zone of its local times. Without it, that of the business counts."
    )
    hours: dict[Weekday, OpenHours] = Field(
        {},
        description="The weekly hours. A weekday that is missing is closed. Hours lie within one"
        " day, from `00:00` to `24:00`, and must not overlap.",
    )
    overrides: dict[DayText, OpenHours] = Field(
        {},
        description="The hours of single dates, instead of the weekly ones. An empty list closes"
        " the date.",
    )


class ClosureTable(_Table):
    """One table for each time off: whole days, the last one included, or local times."""

    first: Annotated[date | datetime, Field(alias="from")] = Field(
        description="The first day, or the local time at which it begins. Times are on whole"
        " minutes and have no offset."
    )
    last: Annotated[date | datetime, Field(alias="to")] = Field(
        description="The last day, which is closed too, or the local time at which it ends. It"
        " must not be before `from`; a time must be after it."
    )
    resource: Id | None = Field(
        None,
        description="The `id` of the resource that is closed. Without it, all are, each at its own"
        " local time.",
    )
    reason: Annotated[Line, Field(max_length=200)] = Field(
        "", description="A note for the owner. Customers do not see it."
    )


class CatalogFile(_Table):
    business: BusinessTable
    services: list[ServiceTable] = []
    resources: list[ResourceTable] = []
    closures: list[ClosureTable] = []


def parse(text: str) -> Catalog:
    """Read a catalog file. Raises CatalogInvalid, which names every fault by its line."""
    # Some editors put this mark before all that they save.
    text = text.removeprefix("\ufeff")
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        last = f"line {len(_rows(text))}, the end"
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


def _faults(file: CatalogFile) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """What is wrong between the tables, though each by itself is right."""
    known = {resource.id for resource in file.resources}
    for kind in ("services", "resources"):
        seen: set[int] = set()
        for index, table in enumerate(getattr(file, kind)):
            if table.id in seen:
                yield (kind, index, "id"), f"{kind} {table.id} is there twice"
            seen.add(table.id)
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
            WEEKDAYS.index(weekday) + 1: _intervals(hours)
            for weekday, hours in table.hours.items()
            if hours
        },
        overrides={
            date.fromisoformat(day): _intervals(hours) for day, hours in table.overrides.items()
        },
        closures=closures,
    )


def _intervals(hours: list[str]) -> tuple[WallInterval, ...]:
    return tuple(sorted(read_hours(" ".join(hours))))


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


def _rows(text: str) -> list[str]:
    """The lines as TOML counts them: other characters that break lines are part of a text."""
    return text.removesuffix("\n").split("\n")


class Lines:
    """Finds the line of a key in a TOML text, well enough to point at a fault."""

    HEADER = re.compile(r"\s*(\[\[?)\s*([^\]]+?)\s*\]\]?\s*(#.*)?$")
    KEY = re.compile(r"""\s*("[^"]*"|'[^']*'|[A-Za-z0-9_-]+)\s*[.=]""")

    def __init__(self, text: str) -> None:
        self._found: dict[tuple[str, ...], int] = {}
        counts: dict[str, int] = {}
        table: tuple[str, ...] = ()
        for number, line in enumerate(_rows(text), start=1):
            if header := self.HEADER.match(line):
                names = [name.strip().strip("\"'") for name in header[2].split(".")]
                if header[1] == "[[":
                    counts[names[0]] = counts.get(names[0], -1) + 1
                index = [str(counts[names[0]])] if names[0] in counts else []
                table = (names[0], *index, *names[1:])
                self._found.setdefault(table[:1], number)
                self._found.setdefault(table, number)
            elif key := self.KEY.match(line):
                self._found.setdefault((*table, key[1].strip("\"'")), number)

    def find(self, *path: str | int) -> int:
        """The line of the key, or of the nearest table around it."""
        names = tuple(map(str, path))
        while names:
            if names in self._found:
                return self._found[names]
            names = names[:-1]
        return 1


def dump(catalog: Catalog) -> str:
    """The catalog as a file that `parse` reads back to the same."""
    business = catalog.business
    blocks = [
        _block(
            "[business]",
            name=business.name,
            time_zone=business.time_zone,
            country=business.country,
            currency=business.currency,
            slot_interval=business.slot_interval,
        )
    ]
    blocks += [_dump_service(service) for service in catalog.services.values()]
    for resource in catalog.resources.values():
        blocks += _dump_resource(resource)
    blocks += [_dump_closure(closure, None) for closure in catalog.closures]
    for resource in catalog.resources.values():
        blocks += [_dump_closure(closure, resource.id) for closure in resource.closures]
    return "\n".join(blocks)


def _dump_service(service: Service) -> str:
    return _block(
        "[[services]]",
        id=service.id,
        name=service.name,
        description=service.description or None,
        duration=service.duration,
        buffer_before=service.buffer_before or None,
        buffer_after=service.buffer_after or None,
        slot_interval=service.slot_interval,
        minimum_notice=service.minimum_notice or None,
        change_notice=service.change_notice or None,
        booking_window_days=service.booking_window_days,
        price=str(service.price) if service.price is not None else None,
        capacity=service.capacity if service.capacity > 1 else None,
        resources=list(service.resource_ids),
    )


def _dump_resource(resource: Resource) -> Iterator[str]:
    yield _block(
        "[[resources]]",
        id=resource.id,
        name=resource.name,
        kind=resource.kind,
        time_zone=resource.time_zone,
    )
    week = {
        WEEKDAYS[weekday - 1]: write_hours(hours).split()
        for weekday, hours in sorted(resource.weekly.items())
    }
    yield _block("[resources.hours]", **week)
    if resource.overrides:
        days = {
            f'"{day}"': write_hours(hours).split()
            for day, hours in sorted(resource.overrides.items())
        }
        yield _block("[resources.overrides]", **days)


def _dump_closure(closure: TimeOff, resource_id: int | None) -> str:
    return _block(
        "[[closures]]",
        **{"from": closure.starts, "to": closure.ends},
        resource=resource_id,
        reason=closure.reason or None,
    )


def _block(header: str, **values: Any) -> str:
    rows = [f"{key} = {_value(value)}" for key, value in values.items() if value is not None]
    return "\n".join([header, *rows, ""])


def _value(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    if isinstance(value, str):
        quoted = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escape_unprintable(quoted)}"'
    return str(value)
