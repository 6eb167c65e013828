"""The shapes of answers about the catalog: its tables, in the words of the catalog file; pictures;
and appearances that somebody is about to choose.

See `booking_answers` for how they are used. What a table may contain is said by
`catalog_file.tables`; here all of its keys are there, whatever their values are.
"""

from __future__ import annotations

from typing import NotRequired

from typing_extensions import TypedDict

from dibs.appearance import Font
from dibs.ledger.catalog import Kind, PlaceKind, StaffLetter
from dibs.ledger.questions import QuestionKind
from dibs.web.appearance import ShownAppearanceOut
from dibs.web.pictures import PictureOut

#: The texts of each language, by the names of their keys.
Translations = dict[str, dict[str, str]]


class BusinessTableOut(TypedDict):
    """`logo` and `picture` are names of stored pictures."""

    name: str
    time_zone: str
    country: str | None
    currency: str
    slot_interval: int
    email: str | None
    letters: list[StaffLetter]
    reminders: list[int]
    phone: str | None
    place: str | None
    terms: str | None
    language: str
    accent: str
    radius: int
    font: Font
    logo: str | None
    picture: str | None
    translations: Translations


class QuestionTextsOut(TypedDict, total=False):
    """Without a text the original one is shown."""

    label: str
    choices: list[str]


class QuestionTableOut(TypedDict):
    """`choices` are empty but for the kind `choice`."""

    id: str
    label: str
    kind: QuestionKind
    required: bool
    choices: list[str]
    translations: dict[str, QuestionTextsOut]


class ServiceTableOut(TypedDict):
    id: int
    name: str
    duration: int
    description: str
    buffer_before: int
    buffer_after: int
    slot_interval: int | None
    minimum_notice: int
    move_notice: int
    cancel_notice: int
    booking_window_days: int | None
    price: str | None
    price_from: bool
    price_on_request: bool
    approve_within: int | None
    capacity: int
    reminders: list[int] | None
    place: str | None
    place_kind: PlaceKind
    terms: str | None
    questions: list[QuestionTableOut]
    category: str | None
    picture: str | None
    resources: list[int]
    translations: Translations


class CategoryTableOut(TypedDict):
    """A category that has translations."""

    name: str
    translations: Translations


class HoursOut(TypedDict, total=False):
    """The weekly hours; a weekday that is missing is closed."""

    mon: list[str]
    tue: list[str]
    wed: list[str]
    thu: list[str]
    fri: list[str]
    sat: list[str]
    sun: list[str]


class ResourceTableOut(TypedDict):
    """`letters` is missing where there is no address, so that none are sent."""

    id: int
    name: str
    kind: Kind
    about: str
    picture: str | None
    time_zone: str | None
    email: str | None
    letters: NotRequired[list[StaffLetter]]
    hours: HoursOut
    overrides: dict[str, list[str]]
    translations: Translations


#: `from` can't be the name of an attribute.
ClosureTableOut = TypedDict(
    "ClosureTableOut", {"from": str, "to": str, "resource": int | None, "reason": str}
)


class BusinessPartOut(TypedDict):
    """What is changed as a whole. A change names the version that it was made over."""

    table: BusinessTableOut
    version: str


class ServicePartOut(TypedDict):
    table: ServiceTableOut
    version: str


class ResourcePartOut(TypedDict):
    table: ResourceTableOut
    version: str


class CategoriesPartOut(TypedDict):
    table: list[CategoryTableOut]
    version: str


class ClosuresPartOut(TypedDict):
    table: list[ClosureTableOut]
    version: str


class CatalogOut(TypedDict):
    version: str
    business: BusinessPartOut
    services: list[ServicePartOut]
    resources: list[ResourcePartOut]
    categories: CategoriesPartOut
    closures: ClosuresPartOut
    warnings: list[str]
    languages: list[str]


class StoredPictureOut(PictureOut):
    width: int
    height: int


class AppearanceOut(ShownAppearanceOut):
    """`adjustments` say in words where a colour had to be another one."""

    adjustments: list[str]
