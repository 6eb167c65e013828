"""The tables of a catalog file and their keys. The reference page is made from this module."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from dibs.appearance import Font
from dibs.catalog_file.question_tables import MAX_QUESTIONS, QuestionTable
from dibs.catalog_file.table import Table, Translated
from dibs.catalog_file.values import (
    Accent,
    AnswerTime,
    Country,
    Currency,
    Days,
    DayText,
    Email,
    Id,
    LanguageTag,
    Letters,
    Line,
    Minutes,
    Name,
    Notice,
    OpenHours,
    Picture,
    Place,
    Price,
    Radius,
    Reminders,
    SomeMinutes,
    Terms,
    Text,
    TranslationTag,
    Weekday,
    Zone,
    unit,
)
from dibs.ledger.catalog import A_DAY_BEFORE, STAFF_LETTERS, PlaceKind
from dibs.letter_words import MAX_LENGTHS
from dibs.letters.letter import LetterKind
from dibs.palette import DEFAULT_ACCENT


class BusinessTexts(Table):
    """The texts of the business in another language, like `[business.translations.de]`. The
    language is one that the booking page speaks, and not the business's own."""

    name: Name | None = Field(None, description="The name that customers see.")
    place: Place | None = Field(None, description="Where its services take place.")
    terms: Terms | None = Field(None, description="What customers have to accept.")


class BusinessTable(Table):
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
    email: Email | None = Field(
        None,
        description="The address at which the business can be reached. Customers see it in their"
        " letters.",
    )
    letters: Letters = Field(
        [],
        description="Which bookings the business gets a letter about, at its `email`: those that"
        " are new, moved or cancelled, of all resources, and requests that are declined by somebody"
        " else or by nobody in time. Without it, it gets none.",
    )
    reminders: Reminders = Field(
        [A_DAY_BEFORE],
        description="How long before the start customers are reminded of a booking, for services"
        " that don't set their own: one reminder for each number. An empty list means none.",
    )
    phone: Annotated[Line, Field(max_length=40)] | None = Field(
        None,
        description="The telephone number at which customers reach the business. They see it on"
        " the page. Without a `+` it is one of the `country`.",
    )
    place: Place | None = Field(
        None,
        description="Where its services take place, unless they have a place of their own. It may"
        " have several lines.",
    )
    terms: Terms | None = Field(
        None,
        description="What customers have to accept when they book a service that has no terms of"
        " its own. It may have several lines. Without it, they accept nothing.",
    )
    language: LanguageTag = Field(
        "en",
        description="The language in which the texts of this file are written, and of letters to"
        " staff and the business, and to customers of whom no language is known: `en` or `de`, or"
        " one of these with a country, like `en-GB`.",
    )
    accent: Accent = Field(
        DEFAULT_ACCENT,
        description='The colour of buttons, links and what is chosen, in quotes, like `"#2457c5"`.'
        " Where it could not be read, the page uses a darker or lighter one.",
    )
    radius: Radius = Field(10, description="How round the corners of buttons and fields are.")
    font: Font = Field(
        "system", description="The kind of font. All are on the devices of visitors already."
    )
    logo: Picture | None = Field(
        None,
        description="The logo, as a service has a picture. Best is a square one. Without it, the"
        " page shows the first letter of the name on the accent.",
    )
    picture: Picture | None = Field(
        None,
        description="A picture of the business, as a service has one. It is on the first page, and"
        " with links to the page that are shared.",
    )
    translations: Translated[BusinessTexts] = Field(
        {}, description="Its texts in other languages: a table for each."
    )


class ServiceTexts(Table):
    """The texts of a service in another language, like `[services.translations.de]`, below its
    `[[services]]`. A text that is missing is shown in the language of the business."""

    name: Name | None = Field(None, description="The name that customers see.")
    description: Annotated[Text, Field(max_length=2000)] | None = Field(
        None, description="What customers read below the name."
    )
    place: Place | None = Field(
        None, description="Where it takes place, if the service has a `place` of its own."
    )
    terms: Terms | None = Field(
        None, description="What customers have to accept, if the service has `terms` of its own."
    )


class ServiceTable(Table):
    """One table for each service that can be booked. Customers see them in this order."""

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
    move_notice: Notice = Field(
        0,
        description="The shortest time before the start at which a customer can still move a"
        " booking to another time.",
    )
    cancel_notice: Notice = Field(
        0,
        description="The shortest time before the start at which a customer can still cancel a"
        " booking. The owner always can.",
    )
    booking_window_days: Days | None = Field(
        None,
        description="How many local days ahead the service can be booked: `0` is today only."
        " Without it, there is no limit.",
    )
    price: Price | None = Field(
        None,
        description='The price, in quotes, with two decimals or none, like `"75.00"` or'
        ' `"75"`: at most nine digits before the point. `"0"` is shown as free. Without it,'
        " no price is shown.",
    )
    price_from: bool = Field(
        False, description='Whether the price is the least that it costs: "from €75".'
    )
    price_on_request: bool = Field(
        False,
        description="Whether customers read that the price is on request. Such a service has no"
        " `price`.",
    )
    approve_within: AnswerTime | None = Field(
        None,
        description="Bookings by customers have to be approved in the office, within this time and"
        " before the start. Until then they keep their time from others; one that nobody answers is"
        " declined. Without it, they are booked at once.",
    )
    capacity: Annotated[int, Field(ge=1, le=1000, json_schema_extra=unit("seats"))] = Field(
        1, description="How many bookings one start of one resource can have: a class has several."
    )
    reminders: Reminders | None = Field(
        None,
        description="How long before the start customers are reminded of a booking. An empty list"
        " means never. Without it, those of the business count.",
    )
    place: Place | None = Field(
        None,
        description="Where it takes place, as letters and calendars say it: an address, or the"
        " link of a video call. It may have several lines. Without it, that of the business counts"
        " if the kind of the place is `address`.",
    )
    place_kind: PlaceKind = Field(
        "address",
        description="What kind of place that is: an address, by telephone, by video, or where the"
        " customer is. The link of a video call is only shown to those who have booked.",
    )
    terms: Terms | None = Field(
        None,
        description="What customers have to accept when they book it, instead of the terms of the"
        " business.",
    )
    category: Name | None = Field(
        None,
        description="The heading under which customers see the service. Categories come in the"
        " order of their first services.",
    )
    picture: Picture | None = Field(
        None,
        description="A picture of it: a JPEG, PNG, WebP or GIF file, with its path from the folder"
        " of the catalog file, or the name of a picture that Dibs has stored.",
    )
    resources: list[Annotated[Id, Field(json_schema_extra=unit("ids of resources"))]] = Field(
        description="The `id`s of the resources that can do the service: each once, and each must"
        " be in the file. A booking takes one of them."
    )
    questions: Annotated[list[QuestionTable], Field(max_length=MAX_QUESTIONS)] = Field(
        [], description="What customers are asked when they book it: a table for each question."
    )
    translations: Translated[ServiceTexts] = Field(
        {}, description="Its texts in other languages: a table for each."
    )


class CategoryTexts(Table):
    """The name of a category in another language, like `[categories.translations.de]`, below its
    `[[categories]]`."""

    name: Name = Field(description="The heading that customers see.")


class CategoryTable(Table):
    """One table for each category that has translations. Other categories need none."""

    name: Name = Field(description="The category, as services name it in `category`.")
    translations: Translated[CategoryTexts] = Field(
        {}, description="Its name in other languages: a table for each."
    )


class ResourceTexts(Table):
    """The texts of a resource in another language, like `[resources.translations.de]`, below its
    `[[resources]]`."""

    name: Name | None = Field(None, description="The name that customers see.")
    about: Annotated[Line, Field(max_length=200)] | None = Field(
        None, description="The line that customers read below the name."
    )


class ResourceTable(Table):
    """One table for each person, room or piece of equipment whose time is booked."""

    id: Id = Field(
        description="The number that bookings and links keep. It must not change, and no other"
        " resource may have it."
    )
    name: Name = Field(description="The name that customers see. It must not be blank.")
    kind: Literal["staff", "room", "equipment"] = Field("staff", description="What it is.")
    about: Annotated[Line, Field(max_length=200)] = Field(
        "", description="A line about the person or the room, which customers read below the name."
    )
    picture: Picture | None = Field(
        None, description="A picture of the person or the room, as a service has one."
    )
    time_zone: Zone | None = Field(
        None, description="The zone of its local times. Without it, that of the business counts."
    )
    email: Email | None = Field(
        None,
        description="The address that gets a letter about the bookings of the resource. Customers"
        " do not see it. Without it, nobody gets these letters.",
    )
    letters: Letters = Field(
        list(STAFF_LETTERS),
        description="Which of its bookings its `email` gets a letter about: those that are new,"
        " moved or cancelled, and requests that are declined by somebody else or by nobody in"
        " time.",
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
    translations: Translated[ResourceTexts] = Field(
        {}, description="Its texts in other languages: a table for each."
    )


class ClosureTable(Table):
    """One table for each time off: whole days, the last one included, or local times. What was
    closed in the office and is not in the file stays closed."""

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


class LetterWordsTable(Table):
    """The words of a letter to customers in one language, where they are not the standard ones: one
    table for each kind (`requested`, `confirmed`, `moved`, `cancelled`, `declined`, `reminder`) and
    language. [Words of letters](../how-to/words-of-letters.md) tells what can stand in them."""

    subject: Annotated[Line, Field(max_length=MAX_LENGTHS["subject"])] = Field(
        "", description="The subject. Without it, the standard one stands."
    )
    opening: Annotated[Text, Field(max_length=MAX_LENGTHS["opening"])] = Field(
        "",
        description="The words before the details of the appointment. Without them, the standard"
        " ones stand. An empty line begins a paragraph.",
    )
    closing: Annotated[Text, Field(max_length=MAX_LENGTHS["closing"])] = Field(
        "", description="The words at the end, likewise."
    )


class CatalogFile(Table):
    business: BusinessTable
    services: list[ServiceTable] = Field([])
    categories: list[CategoryTable] = Field([])
    resources: list[ResourceTable] = Field([])
    closures: list[ClosureTable] = Field([])
    letters: dict[LetterKind, dict[TranslationTag, LetterWordsTable]] = Field({})
