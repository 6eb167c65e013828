"""What can be booked: the business, its services, its resources and their hours."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo

from dibs.appearance import DEFAULT_APPEARANCE, Appearance
from dibs.availability.free_starts import Starts, starts_on
from dibs.availability.hours import Closure, Hours, WallInterval
from dibs.availability.slots import Rules, ServiceSlot, Slot, find_slot, slots
from dibs.availability.wall import day_of, days_of
from dibs.bounded_cache import BoundedCache
from dibs.ledger.translations import language_in, retired_languages, translate, translated_languages

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from dibs.availability.intervals import Interval
    from dibs.ledger.questions import Question
    from dibs.ledger.translations import Translations
    from dibs.letter_words import LetterWords, WordsKey

#: The most slots kept in memory, counted in days of a service on a resource.
MAX_DAYS_KEPT = 10_000
#: The most starts kept in memory, in ranges of many days. A start takes 40 bytes.
MAX_STARTS_KEPT = 250_000

Kind = Literal["staff", "room", "equipment"]
#: Letters that staff and the business can get: a booking is new, moved, cancelled or declined.
StaffLetter = Literal["new", "moved", "cancelled", "declined"]
STAFF_LETTERS: tuple[StaffLetter, ...] = ("new", "moved", "cancelled", "declined")
A_DAY_BEFORE = 24 * 60
#: Where a service takes place: at an address, by telephone, by video, or where the customer is.
PlaceKind = Literal["address", "phone", "video", "customer"]


@dataclass(frozen=True)
class Business:
    """The business. `country`, like DE, is that of phone numbers that are written without a +.

    `letters` are sent to `email` in `language` (a BCP 47 tag), which is also the language of the
    catalog's texts. `reminders` are sent so many minutes before a start. `place` and `terms` are
    those of services that have none of their own.
    """

    name: str
    time_zone: str
    currency: str
    slot_interval: int
    country: str | None = None
    email: str | None = None
    letters: tuple[StaffLetter, ...] = ()
    reminders: tuple[int, ...] = (A_DAY_BEFORE,)
    language: str = "en"
    phone: str | None = None
    place: str | None = None
    appearance: Appearance = DEFAULT_APPEARANCE
    translations: Translations = field(default_factory=dict)
    terms: str | None = None


@dataclass(frozen=True)
class Service:
    """A service. Times are in minutes. If `slot_interval` is None, that of the business counts.

    `move_notice` and `cancel_notice` are how long before its start a customer can move or cancel a
    booking at the latest. If `reminders` is None, those of the business count. `picture` is the
    name of a stored picture. With `price_from` the service costs the price or more; with
    `price_on_request` customers have to ask. Bookings by visitors have to be approved within
    `approve_within` minutes, if that is set.
    """

    id: int
    name: str
    duration: int
    resource_ids: tuple[int, ...]
    description: str = ""
    buffer_before: int = 0
    buffer_after: int = 0
    slot_interval: int | None = None
    minimum_notice: int = 0
    booking_window_days: int | None = None
    price: Decimal | None = None
    capacity: int = 1
    move_notice: int = 0
    cancel_notice: int = 0
    reminders: tuple[int, ...] | None = None
    place: str | None = None
    category: str | None = None
    picture: str | None = None
    price_from: bool = False
    price_on_request: bool = False
    place_kind: PlaceKind = "address"
    approve_within: int | None = None
    translations: Translations = field(default_factory=dict)
    terms: str | None = None
    questions: tuple[Question, ...] = ()


@dataclass(frozen=True, order=True)
class TimeOff:
    """A closure with its reason, in local wall time. If it `is_from_office`, it was made on the
    pages of the office, and stays when a catalog file that doesn't name it is applied."""

    starts: datetime
    ends: datetime
    reason: str = ""
    is_from_office: bool = False


@dataclass(frozen=True)
class Resource:
    """A resource. If `time_zone` is None, that of the business counts. `letters` are sent to
    `email`, if it has one. `about` is a line about it, `picture` the name of a stored picture."""

    id: int
    name: str
    kind: Kind = "staff"
    time_zone: str | None = None
    weekly: Mapping[int, tuple[WallInterval, ...]] = field(default_factory=dict)
    overrides: Mapping[date, tuple[WallInterval, ...]] = field(default_factory=dict)
    closures: tuple[TimeOff, ...] = ()
    email: str | None = None
    letters: tuple[StaffLetter, ...] = STAFF_LETTERS
    about: str = ""
    picture: str | None = None
    translations: Translations = field(default_factory=dict)


@dataclass(frozen=True)
class Catalog:
    """All that is on offer at one moment. What is retired stays as it was last, for its bookings.

    `categories` has the translations of categories, by the name that services call them.
    `letter_words` are the words that the owner has changed, by kind and language, in order.
    """

    business: Business
    services: Mapping[int, Service]
    resources: Mapping[int, Resource]
    closures: tuple[TimeOff, ...] = ()
    business_version: int = 0
    resource_versions: Mapping[int, int] = field(default_factory=dict)
    retired_services: Mapping[int, Service] = field(default_factory=dict, compare=False)
    retired_resources: Mapping[int, Resource] = field(default_factory=dict, compare=False)
    categories: Mapping[str, Translations] = field(default_factory=dict)
    letter_words: Mapping[WordsKey, LetterWords] = field(default_factory=dict)

    def has_same_services(self, other: Catalog) -> bool:
        """Tell whether both catalogs offer the same services, in the same order."""
        return list(self.services.items()) == list(other.services.items())

    def has_same_order_of_resources(self, other: Catalog) -> bool:
        return list(self.resources) == list(other.resources)

    @cached_property
    def languages(self) -> frozenset[str]:
        """The languages in which the catalog has texts: its own, and those of translations."""
        return translated_languages(self) | {language_in(self.business.language)}

    @cached_property
    def _known_languages(self) -> frozenset[str]:
        """The `languages`, and those of what is retired, whose bookings are still shown in them."""
        return self.languages | retired_languages(self)

    @cached_property
    def _translated(self) -> dict[str, Catalog]:
        return {}

    def translate_into(self, tag: str) -> Catalog:
        """Return the catalog with its texts in a language, as far as there are translations."""
        language = language_in(tag)
        if language not in self._known_languages or language == language_in(self.business.language):
            return self
        if language not in self._translated:
            self._translated[language] = translate(self, language)
        return self._translated[language]

    def place_of(self, service: Service) -> str | None:
        """Return where a service takes place: its own place, or that of the business."""
        if service.place is None and service.place_kind == "address":
            return self.business.place
        return service.place

    def terms_of(self, service: Service) -> str | None:
        """Return the terms of a service that its customers accept: its own, or the business's."""
        return service.terms if service.terms is not None else self.business.terms

    def known_service(self, service_id: int) -> Service | None:
        """Return a service, also a retired one, which is as it was last."""
        return self.services.get(service_id) or self.retired_services.get(service_id)

    def known_resource(self, resource_id: int) -> Resource | None:
        """Return a resource, also a retired one."""
        return self.resources.get(resource_id) or self.retired_resources.get(resource_id)

    def service_name(self, service_id: int) -> str:
        """Return the name of a service, also of a retired one."""
        service = self.known_service(service_id)
        return service.name if service else ""

    def resource_name(self, resource_id: int) -> str:
        """Return the name of a resource, also of a retired one."""
        resource = self.known_resource(resource_id)
        return resource.name if resource else ""

    @cached_property
    def hours(self) -> Mapping[int, Hours]:
        """When each resource is open, closures of the business included."""
        return {resource.id: self._hours(resource) for resource in self.resources.values()}

    def _hours(self, resource: Resource) -> Hours:
        return Hours(
            ZoneInfo(resource.time_zone or self.business.time_zone),
            resource.weekly,
            resource.overrides,
            tuple(
                Closure(closure.starts, closure.ends)
                for closure in (*resource.closures, *self.closures)
            ),
        )

    def zone_of(self, resource_id: int) -> ZoneInfo:
        """Return the time zone of a resource, also of a retired one."""
        resource = self.known_resource(resource_id)
        own = resource.time_zone if resource else None
        return ZoneInfo(own or self.business.time_zone)

    def common_zone(self, resource_ids: Iterable[int]) -> ZoneInfo:
        """Return the time zone in which an answer about these resources counts its days: the zone
        that they share, or else that of the business."""
        zones = {self.hours[each].zone for each in resource_ids if each in self.hours}
        return zones.pop() if len(zones) == 1 else ZoneInfo(self.business.time_zone)

    @cached_property
    def rules(self) -> Mapping[int, Rules]:
        """The rules by which the slots of each service are computed."""
        return {
            service.id: Rules(
                duration=service.duration,
                every=service.slot_interval or self.business.slot_interval,
                before=service.buffer_before,
                after=service.buffer_after,
                minimum_notice=service.minimum_notice,
                window_days=service.booking_window_days,
            )
            for service in self.services.values()
        }

    @property
    def age(self) -> tuple[int, int]:
        """A value that is greater for a later state. When a resource is retired the sum loses its
        counter, but then the counter of the business has risen, too."""
        return self.business_version, sum(self.resource_versions.values())

    def has_versions(self, business: int, resources: Mapping[int, int | None]) -> bool:
        """Tell whether the catalog has these counters. A resource that isn't on offer has None."""
        return self.business_version == business and all(
            self.resource_versions.get(each) == version for each, version in resources.items()
        )

    def agrees_with(self, other: Catalog, resource_id: int) -> bool:
        """Tell whether both catalogs have the same counters of the business and this resource."""
        return self.business_version == other.business_version and self.resource_versions.get(
            resource_id
        ) == other.resource_versions.get(resource_id)

    @cached_property
    def grid_rules(self) -> Rules:
        """The rules of AppointEase clients: slots of one slot interval, without a service."""
        return Rules(duration=self.business.slot_interval, every=self.business.slot_interval)

    @cached_property
    def _with_same_hours(self) -> Mapping[int, int]:
        """For each resource, the first one with the same hours. They share computed slots."""
        first: dict[tuple[object, ...], int] = {}
        return {
            each: first.setdefault(
                (
                    hours.zone,
                    tuple(sorted(hours.joined_weekly.items())),
                    tuple(sorted(hours.overrides.items())),
                    hours.closures,
                ),
                each,
            )
            for each, hours in self.hours.items()
        }

    @cached_property
    def _slots(self) -> dict[tuple[int, int, date], tuple[Slot, ...]]:
        return {}

    def slots(self, resource_id: int, service_id: int, day: date) -> tuple[Slot, ...]:
        """Return the slots of a service on a resource's local day, computed once per catalog."""
        key = (self._with_same_hours[resource_id], service_id, day)
        found = self._slots.get(key)
        if found is None:
            if len(self._slots) >= MAX_DAYS_KEPT:
                self._slots.clear()
            found = slots(self.hours[resource_id], day, self.rules[service_id])
            self._slots[key] = found
        return found

    @cached_property
    def _starts(self) -> BoundedCache[tuple[int, int, date, date], Starts]:
        return BoundedCache(MAX_STARTS_KEPT)

    def starts(self, resource_id: int, service_id: int, first: date, last: date) -> Starts:
        """Return when the slots of a service begin on a resource's local days from the first to the
        last, both included. They are computed once per catalog."""
        key = (self._with_same_hours[resource_id], service_id, first, last)
        found = self._starts.get(key)
        if found is None:
            found = starts_on(self.hours[resource_id], first, last, self.rules[service_id])
            self._starts.put(key, found, 1 + len(found.at))
        return found

    def slot_at(self, resource_id: int, service_id: int, starts_at: datetime) -> ServiceSlot | None:
        """Return the slot of a service that begins at this instant on a resource, or None."""
        day = day_of(starts_at, self.hours[resource_id].zone)
        slot = find_slot(self.slots(resource_id, service_id, day), starts_at)
        if slot is None:
            return None
        return ServiceSlot(slot.starts_at, slot.ends_at, slot.guarded, service_id, resource_id)

    def slots_within(self, resource_id: int, service_id: int, span: Interval) -> tuple[Slot, ...]:
        """Return the slots that begin within a span, such as a local day of another zone."""
        return tuple(
            slot
            for day in days_of(span, self.hours[resource_id].zone)
            for slot in self.slots(resource_id, service_id, day)
            if span.start <= slot.starts_at < span.end
        )


def keep_office_closures(wanted: Catalog, before: Catalog) -> Catalog:
    """Return `wanted` with the closures that the office has made, whether it names them or not."""
    return replace(
        wanted,
        closures=_keep_office_closures(wanted.closures, before.closures),
        resources={
            resource.id: replace(
                resource,
                closures=_keep_office_closures(
                    resource.closures, before.resources[resource.id].closures
                ),
            )
            if resource.id in before.resources
            else resource
            for resource in wanted.resources.values()
        },
    )


def _keep_office_closures(
    wanted: tuple[TimeOff, ...], before: tuple[TimeOff, ...]
) -> tuple[TimeOff, ...]:
    """Return the wanted closures and those of the office. A closure in both stays the office's."""
    kept = [closure for closure in before if closure.is_from_office]
    named = {replace(closure, is_from_office=False) for closure in kept}
    return tuple(sorted([*kept, *(closure for closure in wanted if closure not in named)]))


def read_hours(text: str) -> tuple[WallInterval, ...]:
    """Read hours like `09:00-12:00 13:00-24:00`. Raises ValueError."""
    return tuple(_interval(part) for part in text.split())


def write_hours(hours: tuple[WallInterval, ...]) -> str:
    return " ".join(f"{_clock(part.opens)}-{_clock(part.closes)}" for part in hours)


def _interval(text: str) -> WallInterval:
    opens, dash, closes = text.partition("-")
    if not dash:
        raise ValueError(f"'{text}' is not like 09:00-17:00")
    return WallInterval(_minutes(opens), _minutes(closes))


def _minutes(clock: str) -> int:
    hours, colon, minutes = clock.partition(":")
    if not (colon and hours.isdecimal() and minutes.isdecimal() and len(minutes) == 2):
        raise ValueError(f"'{clock}' is not a time like 09:00")
    if int(minutes) > 59 or int(hours) > 24:
        raise ValueError(f"'{clock}' is not a time of day")
    return int(hours) * 60 + int(minutes)


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"
