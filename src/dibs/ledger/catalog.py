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

#: Bound of the slots kept in memory, in days of a service on a resource.
MAX_DAYS_KEPT = 10_000
#: Bound of the starts kept in memory, of many days each: 40 bytes for a start.
MAX_STARTS_KEPT = 250_000

Kind = Literal["staff", "room", "equipment"]
#: What staff and the business can be told of by letter: bookings that are new, moved, cancelled.
StaffLetter = Literal["new", "moved", "cancelled", "declined"]
STAFF_LETTERS: tuple[StaffLetter, ...] = ("new", "moved", "cancelled", "declined")
A_DAY_BEFORE = 24 * 60
#: Where a service takes place: at an address, by telephone, by video, or where the customer is.
PlaceKind = Literal["address", "phone", "video", "customer"]


@dataclass(frozen=True)
class Business:
    """`country`, like DE: where phone numbers that are written without a + are from.

    `letters` go to its address `email`, in its `language` (a tag of BCP 47), which is that of the
    texts of the catalog, too. `reminders` are sent so many minutes before a start. `place`: where
    its services take place that don't say so, and `terms` are what their customers accept.
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
    """Durations, buffers, interval and notices in minutes. `slot_interval` None: the business's.

    `move_notice` and `cancel_notice` are how long before its start a customer can move or cancel a
    booking at the latest. `reminders` None: the business's. `picture` is the name of a stored one.
    With `price_from` it costs the price or more; `price_on_request`: who wants to know has to ask.
    `approve_within`: bookings by visitors have to be approved, within so many minutes.
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
    """A closure with its reason; times are local wall time. One that `is_from_office` was made on
    the pages of the office, and stays when a catalog file is applied that doesn't name it."""

    starts: datetime
    ends: datetime
    reason: str = ""
    is_from_office: bool = False


@dataclass(frozen=True)
class Resource:
    """`time_zone` None: the business's. `letters` go to its address `email`, if it has one. `about`
    is a line about it, `picture` the name of a stored picture."""

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
    """All that is on offer, at one moment, and what was, as it was last: its bookings go on.

    `categories` are those that have translations, by what services call them.
    `letter_words` are those of letters that the owner has changed, by kind and language, in order.
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
        """Whether both offer the same services, in the same order."""
        return list(self.services.items()) == list(other.services.items())

    def has_same_order_of_resources(self, other: Catalog) -> bool:
        return list(self.resources) == list(other.resources)

    @cached_property
    def languages(self) -> frozenset[str]:
        """The languages in which it has texts: its own, and those of translations."""
        return translated_languages(self) | {language_in(self.business.language)}

    @cached_property
    def _known_languages(self) -> frozenset[str]:
        """Those of what is retired, too: its bookings are told in them."""
        return self.languages | retired_languages(self)

    @cached_property
    def _translated(self) -> dict[str, Catalog]:
        return {}

    def translate_into(self, tag: str) -> Catalog:
        """The same with its texts in a language, as far as there are translations."""
        language = language_in(tag)
        if language not in self._known_languages or language == language_in(self.business.language):
            return self
        if language not in self._translated:
            self._translated[language] = translate(self, language)
        return self._translated[language]

    def place_of(self, service: Service) -> str | None:
        """Where a service takes place: its own place, or that of the business."""
        if service.place is None and service.place_kind == "address":
            return self.business.place
        return service.place

    def terms_of(self, service: Service) -> str | None:
        """What a customer accepts who books a service: its own terms, or those of the business."""
        return service.terms if service.terms is not None else self.business.terms

    def known_service(self, service_id: int) -> Service | None:
        """A service, also one that is no longer on offer: its bookings are as it was last."""
        return self.services.get(service_id) or self.retired_services.get(service_id)

    def known_resource(self, resource_id: int) -> Resource | None:
        """A resource, also one that is no longer on offer."""
        return self.resources.get(resource_id) or self.retired_resources.get(resource_id)

    def service_name(self, service_id: int) -> str:
        """What a service is called, also one that is no longer on offer."""
        service = self.known_service(service_id)
        return service.name if service else ""

    def resource_name(self, resource_id: int) -> str:
        """What a resource is called, also one that is no longer on offer."""
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
        """A resource's zone, also of one that is no longer on offer."""
        resource = self.known_resource(resource_id)
        own = resource.time_zone if resource else None
        return ZoneInfo(own or self.business.time_zone)

    def common_zone(self, resource_ids: Iterable[int]) -> ZoneInfo:
        """The zone by which an answer about these resources counts its days: the one that they
        share, else the business's."""
        zones = {self.hours[each].zone for each in resource_ids if each in self.hours}
        return zones.pop() if len(zones) == 1 else ZoneInfo(self.business.time_zone)

    @cached_property
    def rules(self) -> Mapping[int, Rules]:
        """How each service's slots are counted."""
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
        """Greater for a later state: a retired resource takes its counter along, but the business
        counts that too."""
        return self.business_version, sum(self.resource_versions.values())

    def has_versions(self, business: int, resources: Mapping[int, int | None]) -> bool:
        """Whether these are its counters; None: that resource isn't on offer."""
        return self.business_version == business and all(
            self.resource_versions.get(each) == version for each, version in resources.items()
        )

    def agrees_with(self, other: Catalog, resource_id: int) -> bool:
        """Whether both say the same of the business and this resource."""
        return self.business_version == other.business_version and self.resource_versions.get(
            resource_id
        ) == other.resource_versions.get(resource_id)

    @cached_property
    def grid_rules(self) -> Rules:
        """The grid of AppointEase clients: slots of one interval, of no service in particular."""
        return Rules(duration=self.business.slot_interval, every=self.business.slot_interval)

    @cached_property
    def _with_same_hours(self) -> Mapping[int, int]:
        """For each resource the first that has the same hours: they share what is counted."""
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
        """The slots of a service on a resource's local day; counted once per catalog."""
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
        """When the slots of a service begin on a resource's local days from the first to the last,
        both included; counted once per catalog."""
        key = (self._with_same_hours[resource_id], service_id, first, last)
        found = self._starts.get(key)
        if found is None:
            found = starts_on(self.hours[resource_id], first, last, self.rules[service_id])
            self._starts.put(key, found, 1 + len(found.at))
        return found

    def slot_at(self, resource_id: int, service_id: int, starts_at: datetime) -> ServiceSlot | None:
        """The slot of a service that begins at an instant on a resource; None: there is none."""
        day = day_of(starts_at, self.hours[resource_id].zone)
        slot = find_slot(self.slots(resource_id, service_id, day), starts_at)
        if slot is None:
            return None
        return ServiceSlot(slot.starts_at, slot.ends_at, slot.guarded, service_id, resource_id)

    def slots_within(self, resource_id: int, service_id: int, span: Interval) -> tuple[Slot, ...]:
        """The slots that begin within a span, such as a local day of another zone."""
        return tuple(
            slot
            for day in days_of(span, self.hours[resource_id].zone)
            for slot in self.slots(resource_id, service_id, day)
            if span.start <= slot.starts_at < span.end
        )


def keep_office_closures(wanted: Catalog, before: Catalog) -> Catalog:
    """`wanted` with the closures that the office has made, whether it names them or not."""
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
    """One that is named as well is still the office's."""
    kept = [closure for closure in before if closure.is_from_office]
    named = {replace(closure, is_from_office=False) for closure in kept}
    return tuple(sorted([*kept, *(closure for closure in wanted if closure not in named)]))


def read_hours(text: str) -> tuple[WallInterval, ...]:
    """ "09:00-12:00 13:00-24:00" as minutes; raises ValueError."""
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
