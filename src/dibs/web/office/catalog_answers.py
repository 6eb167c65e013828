"""The shapes of answers about the catalog: its tables, with the keys of the catalog file; pictures;
and appearances that are tried before they are saved.

See `booking_answers` for how they are used. `catalog_file.tables` says what a table may contain. In
an answer a table has all of its keys, also those whose values are the defaults.
"""

from __future__ import annotations

from typing import NotRequired

from typing_extensions import TypedDict

from dibs.appearance import Font
from dibs.ledger.catalog import Kind, PlaceKind, StaffLetter
from dibs.ledger.questions import QuestionKind
from dibs.web.appearance import ShownAppearanceOut
from dibs.web.pictures import PictureOut

#: The texts of each language, by language and then by key.
Translations = dict[str, dict[str, str]]


class BusinessTableOut(TypedDict):
    """The business. `logo` and `picture` are names of stored pictures."""

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
    """The texts of a question in another language. Where one is missing, the original text is
    shown."""

    label: str
    choices: list[str]


class QuestionTableOut(TypedDict):
    """A question. Its `choices` are empty unless its kind is `choice`."""

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
    """A resource. `letters` is missing if it has no e-mail address, because then it gets no
    letters."""

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


#: This is no class, because `from` can't be the name of an attribute.
ClosureTableOut = TypedDict(
    "ClosureTableOut", {"from": str, "to": str, "resource": int | None, "reason": str}
)


class BusinessPartOut(TypedDict):
    """A part of the catalog, which is changed as a whole. A change names the version that it was
    made from."""

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
    """An appearance. `adjustments` say in words where a colour was changed so that everybody can
    read the page."""

    adjustments: list[str]
