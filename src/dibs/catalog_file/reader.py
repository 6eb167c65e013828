"""Reads a catalog file: checks it, and makes a catalog from it."""

from __future__ import annotations

import re
import tomllib
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from pydantic import ValidationError

from dibs.appearance import Appearance
from dibs.catalog_file.faults import find_faults, span_of
from dibs.catalog_file.lines import LineFinder, split_lines
from dibs.catalog_file.pictures import find_stored, name_pictures
from dibs.catalog_file.question_tables import make_question
from dibs.catalog_file.tables import (
    BusinessTable,
    CatalogFile,
    CategoryTable,
    ResourceTable,
    ServiceTable,
)
from dibs.catalog_file.values import WEEKDAYS, intervals
from dibs.errors import CatalogInvalid, FieldError, Invalid
from dibs.ledger.catalog import Business, Catalog, Resource, Service, TimeOff
from dibs.letter_words import LetterWords, WordsKey, read_words
from dibs.plain_text import is_blank

_DATE = "write a date like 2026-12-24, or a date and time like 2026-12-24T15:00:00"
#: What to tell people about usual faults, by the validator's type of the fault. The validator's own
#: texts are for programmers.
WORDS = {
    "missing": "it is needed",
    "extra_forbidden": "there is no such key",
    "int_type": "write a whole number",
    "string_type": "write a text",
    "bool_type": "write true or false",
    "list_type": "write a list",
    "dict_type": "write a table",
    "greater_than_equal": "it must be at least {ge}",
    "less_than_equal": "it must be at most {le}",
    "less_than": "it must be less than {lt}",
    "string_too_long": "it has more than {max_length} characters",
    "literal_error": "it must be {expected}",
    "too_long": "there are more than {max_length}",
    "date_type": _DATE,
    "datetime_type": _DATE,
}
#: Most parts of one key. Keys of a catalog have five at most. The time for reading a key grows with
#: the square of this number.
MAX_KEY_PARTS = 20
KEY_PART = r"""(?:[\w-]+|"[^"\n]*"|'[^'\n]*')[ \t]*\.[ \t]*"""
DEEP_KEY = re.compile(rf"(?<![\w-])(?:{KEY_PART}){{{MAX_KEY_PARTS}}}", re.ASCII)
LOCAL_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
LOCAL_TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d", re.ASCII)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic_core import ErrorDetails

    from dibs.catalog_file.pictures import FindPicture
    from dibs.ledger.translations import Translations


def parse(text: str, find_picture: FindPicture = find_stored) -> Catalog:
    """Read a catalog file. Raises CatalogInvalid, which names every fault by its line.

    `find_picture` finds the pictures that the file names.
    """
    # Some editors write this mark at the beginning of each file.
    text = text.removeprefix("\ufeff")
    raw = _load(text)
    lines = LineFinder(text)
    try:
        file = CatalogFile.model_validate(raw)
    except ValidationError as error:
        raise CatalogInvalid(*(_explain(fault, lines) for fault in error.errors())) from None
    found = [*find_faults(file), *name_pictures(file, find_picture)]
    faults = [f"line {lines.find(*where)}: {what}" for where, what in found]
    if faults:
        raise CatalogInvalid(*faults)
    return _make_catalog(file)


def _load(text: str) -> dict[str, object]:
    """Read the text as TOML. Raises CatalogInvalid."""
    if deep := DEEP_KEY.search(text):
        line = text.count("\n", 0, deep.start()) + 1
        raise CatalogInvalid(f"line {line}: a key has more than {MAX_KEY_PARTS} parts")
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        last = f"line {len(split_lines(text))}, the end"
        raise CatalogInvalid(str(error).replace("end of document", last)) from None
    except RecursionError:
        raise CatalogInvalid("lists or tables are nested too deeply") from None
    except ValueError:
        raise CatalogInvalid("a number has too many digits") from None


def read_tables(tables: object) -> Catalog:
    """Read a catalog from tables like those of a file, with the same checks and messages.

    Raises Invalid, which names every fault by its key, like `resources.0.hours.mon`.
    """
    try:
        file = CatalogFile.model_validate(_parse_closure_dates(tables))
    except ValidationError as error:
        raise Invalid(
            *(_field_error(_path(each), _describe_fault(each)) for each in error.errors())
        ) from None
    found = [*find_faults(file), *name_pictures(file, find_stored)]
    faults = [_field_error(where, what) for where, what in found]
    if faults:
        raise Invalid(*faults)
    return _make_catalog(file)


def _parse_closure_dates(tables: object) -> object:
    """Return the tables with the dates of closures as dates. In JSON they are texts."""
    if not isinstance(tables, dict) or not isinstance(tables.get("closures"), list):
        return tables
    return {**tables, "closures": [_parse_closure_edges(each) for each in tables["closures"]]}


def _parse_closure_edges(closure: object) -> object:
    if not isinstance(closure, dict):
        return closure
    return closure | {key: _read_edge(closure[key]) for key in ("from", "to") if key in closure}


def _read_edge(text: object) -> object:
    """Return the date, or the date and time, of a text. Anything else stays as it is, and is
    refused later."""
    if not isinstance(text, str):
        return text
    try:
        if LOCAL_DAY.fullmatch(text):
            return date.fromisoformat(text)
        return datetime.fromisoformat(text) if LOCAL_TIME.match(text) else text
    except ValueError:
        return text


def _field_error(where: Sequence[str | int], what: str) -> FieldError:
    return FieldError(".".join(map(str, where)), "malformed", said=what)


def _explain(fault: ErrorDetails, lines: LineFinder) -> str:
    path = _path(fault)
    name = ".".join(str(part) for part in path)
    return f"line {lines.find(*path)}: {name}: {_describe_fault(fault)}"


def _path(fault: ErrorDetails) -> list[str | int]:
    return [part for part in fault["loc"] if part not in ("date", "datetime", "[key]")]


def _describe_fault(fault: ErrorDetails) -> str:
    kind = fault["type"]
    # The validator has this type for lists, too.
    if kind == "too_long" and isinstance(fault["input"], str):
        kind = "string_too_long"
    words = WORDS.get(kind)
    if words is not None:
        return words.format(**fault.get("ctx", {}))
    return fault["msg"].removeprefix("Value error, ")


def _make_catalog(file: CatalogFile) -> Catalog:
    closures: dict[int | None, list[TimeOff]] = {}
    for closure in file.closures:
        off = TimeOff(*span_of(closure), closure.reason)
        closures.setdefault(closure.resource, []).append(off)
    return Catalog(
        Business(
            file.business.name,
            file.business.time_zone,
            file.business.currency,
            file.business.slot_interval,
            file.business.country,
            file.business.email,
            tuple(file.business.letters),
            tuple(file.business.reminders),
            file.business.language,
            file.business.phone,
            file.business.place,
            _make_appearance(file.business),
            _texts_of(file.business),
            file.business.terms,
        ),
        {each.id: _make_service(each) for each in file.services},
        {
            each.id: _make_resource(each, _sort_closures(closures.get(each.id, [])))
            for each in file.resources
        },
        _sort_closures(closures.get(None, [])),
        categories={each.name: texts for each in file.categories if (texts := _texts_of(each))},
        letter_words=_make_words(file),
    )


def _texts_of(
    table: BusinessTable | CategoryTable | ServiceTable | ResourceTable,
) -> Translations:
    """Return the translations of a table, without texts that are empty or blank."""
    found = {
        language: {
            key: text for key, text in texts.model_dump().items() if text and not is_blank(text)
        }
        for language, texts in sorted(table.translations.items())
    }
    return {language: texts for language, texts in found.items() if texts}


def _make_words(file: CatalogFile) -> dict[WordsKey, LetterWords]:
    """Return the words of letters, sorted by kind and language, without words that change
    nothing."""
    found = {
        (kind, language): read_words(table.subject, table.opening, table.closing)
        for kind, languages in file.letters.items()
        for language, table in languages.items()
    }
    return {key: words for key, words in sorted(found.items()) if words}


def _sort_closures(closures: list[TimeOff]) -> tuple[TimeOff, ...]:
    return tuple(sorted(closures))


def _make_appearance(table: BusinessTable) -> Appearance:
    return Appearance(table.accent, table.radius, table.font, table.logo, table.picture)


def _make_service(table: ServiceTable) -> Service:
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
        move_notice=table.move_notice,
        cancel_notice=table.cancel_notice,
        booking_window_days=table.booking_window_days,
        price=Decimal(table.price) if table.price is not None else None,
        approve_within=table.approve_within,
        capacity=table.capacity,
        reminders=tuple(table.reminders) if table.reminders is not None else None,
        place=table.place,
        category=table.category,
        picture=table.picture,
        price_from=table.price_from,
        price_on_request=table.price_on_request,
        place_kind=table.place_kind,
        terms=table.terms,
        questions=tuple(map(make_question, table.questions)),
        translations=_texts_of(table),
    )


def _make_resource(table: ResourceTable, closures: tuple[TimeOff, ...]) -> Resource:
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
        email=table.email,
        letters=tuple(table.letters),
        about=table.about,
        picture=table.picture,
        translations=_texts_of(table),
    )
