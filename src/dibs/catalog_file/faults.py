"""Finds faults that concern several keys or tables of a catalog file. Each value is valid by
itself."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from dibs.catalog_file.question_tables import find_question_faults
from dibs.ledger.translations import language_in
from dibs.letter_words import read_words
from dibs.letters.words_check import check_words
from dibs.phone_number import read_phone

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from dibs.catalog_file.tables import CatalogFile, ClosureTable, ServiceTable

    Where = tuple[str | int, ...]
    #: The place of a fault, as a path of keys, and a text that says what is wrong.
    Fault = tuple[Where, str]


def find_faults(file: CatalogFile) -> Iterator[Fault]:
    yield from _repeated_ids("services", [table.id for table in file.services])
    yield from _repeated_ids("resources", [table.id for table in file.resources])
    yield from _letters_to_nobody(file)
    yield from _faults_of_categories(file)
    yield from _faults_of_translations(file)
    phone = file.business.phone
    if phone is not None and read_phone(phone, file.business.country) is None:
        yield ("business", "phone"), "write a telephone number that everybody can dial"
    known = {resource.id for resource in file.resources}
    for index, service in enumerate(file.services):
        yield from _faults_of_price(index, service)
        for where, what in find_question_faults(service.questions):
            yield ("services", index, "questions", *where), what
        for wanted in service.resources:
            if wanted not in known:
                yield ("services", index, "resources"), f"there is no resource {wanted}"
        if len(set(service.resources)) < len(service.resources):
            yield ("services", index, "resources"), "a resource is there twice"
    yield from _faults_of_words(file)
    for index, closure in enumerate(file.closures):
        if closure.resource is not None and closure.resource not in known:
            yield ("closures", index, "resource"), f"there is no resource {closure.resource}"
        try:
            starts, ends = span_of(closure)
        except (ValueError, OverflowError) as error:
            yield ("closures", index, "from"), str(error)
            continue
        if starts >= ends:
            yield ("closures", index, "to"), "it ends before it begins"


def _faults_of_words(file: CatalogFile) -> Iterator[Fault]:
    for kind, languages in file.letters.items():
        for language, table in languages.items():
            words = read_words(table.subject, table.opening, table.closing)
            for fault in check_words(kind, language, words):
                yield ("letters", kind, language, fault.part), f"{fault.part}: {fault.said}"


def _letters_to_nobody(file: CatalogFile) -> Iterator[Fault]:
    if file.business.letters and file.business.email is None:
        yield ("business", "letters"), "letters need an email to which they go"
    for index, resource in enumerate(file.resources):
        is_asked_for = "letters" in resource.model_fields_set and resource.letters
        if is_asked_for and resource.email is None:
            yield ("resources", index, "letters"), "letters need an email to which they go"


def _faults_of_categories(file: CatalogFile) -> Iterator[Fault]:
    used = {service.category for service in file.services}
    seen: set[str] = set()
    for index, category in enumerate(file.categories):
        if category.name not in used:
            yield ("categories", index, "name"), f"no service is in the category {category.name}"
        if category.name in seen:
            yield ("categories", index, "name"), f"category {category.name} is there twice"
        seen.add(category.name)


def _faults_of_translations(file: CatalogFile) -> Iterator[Fault]:
    own = language_in(file.business.language)
    tables: list[tuple[Where, Mapping[str, object]]] = [(("business",), file.business.translations)]
    for kind in ("services", "categories", "resources"):
        for index, table in enumerate(getattr(file, kind)):
            tables.append(((kind, index), table.translations))
    for number, service in enumerate(file.services):
        for index, question in enumerate(service.questions):
            tables.append((("services", number, "questions", index), question.translations))
    for where, translations in tables:
        if own in translations:
            yield (
                (*where, "translations", own),
                "the business writes in this language: leave these texts out, and change its own",
            )


def _faults_of_price(index: int, service: ServiceTable) -> Iterator[Fault]:
    if service.price_from and service.price is None:
        yield ("services", index, "price_from"), "it needs a price from which it begins"
    if service.price_on_request and service.price is not None:
        yield (
            ("services", index, "price_on_request"),
            "then leave the price out",
        )


def _repeated_ids(kind: str, ids: list[int]) -> Iterator[Fault]:
    seen: set[int] = set()
    for index, each in enumerate(ids):
        if each in seen:
            yield (kind, index, "id"), f"{kind} {each} is there twice"
        seen.add(each)


def span_of(closure: ClosureTable) -> tuple[datetime, datetime]:
    return _edge(closure.first, last=False), _edge(closure.last, last=True)


def _edge(edge: date | datetime, *, last: bool) -> datetime:
    """Return the local time at which a closure begins or ends. A whole day lasts from midnight to
    midnight. Raises ValueError, OverflowError."""
    if isinstance(edge, datetime):
        if edge.tzinfo is not None:
            raise ValueError("local times carry no offset")
        if edge.second or edge.microsecond:
            raise ValueError("times are on whole minutes")
        return edge
    return datetime.combine(edge + timedelta(days=1 if last else 0), time.min)
