"""Writes the catalog as a TOML file."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from dibs.catalog_file.question_tables import texts_table
from dibs.catalog_file.table_writer import categories_in_order, edges
from dibs.catalog_file.values import WEEKDAYS
from dibs.ledger.catalog import STAFF_LETTERS, write_hours
from dibs.ledger.translations import TEXTS
from dibs.plain_text import escape_unprintable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from dibs.ledger.catalog import Catalog, Resource, Service, TimeOff
    from dibs.ledger.questions import Question
    from dibs.ledger.translations import Translations

LINE_BREAK = "\n"


def dump(catalog: Catalog) -> str:
    """Return the text of a catalog file from which `parse` makes the same catalog, but without the
    mark of closures that were made in the office."""
    business = catalog.business
    blocks = [
        _block(
            "[business]",
            name=business.name,
            time_zone=business.time_zone,
            country=business.country,
            currency=business.currency,
            slot_interval=business.slot_interval,
            email=business.email,
            letters=list(business.letters) or None,
            reminders=list(business.reminders),
            phone=business.phone,
            place=business.place,
            terms=business.terms,
            language=business.language,
            accent=business.appearance.accent,
            radius=business.appearance.radius,
            font=business.appearance.font,
            logo=business.appearance.logo,
            picture=business.appearance.picture,
        ),
        *_dump_translations("business", business.translations),
    ]
    for service in catalog.services.values():
        blocks += [
            _dump_service(service),
            *_dump_translations("services", service.translations),
            *_dump_questions(service.questions),
        ]
    for name, translations in categories_in_order(catalog):
        blocks += [
            _block("[[categories]]", name=name),
            *_dump_translations("categories", translations),
        ]
    for resource in catalog.resources.values():
        blocks += _dump_resource(resource)
    blocks += [_dump_closure(closure, None) for closure in catalog.closures]
    for resource in catalog.resources.values():
        blocks += [_dump_closure(closure, resource.id) for closure in resource.closures]
    for (kind, language), words in catalog.letter_words.items():
        parts = {name: text for name, text in words.as_table().items() if text}
        blocks.append(_block(f"[letters.{kind}.{language}]", **parts))
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
        move_notice=service.move_notice or None,
        cancel_notice=service.cancel_notice or None,
        booking_window_days=service.booking_window_days,
        price=str(service.price) if service.price is not None else None,
        price_from=service.price_from or None,
        price_on_request=service.price_on_request or None,
        approve_within=service.approve_within,
        capacity=service.capacity if service.capacity > 1 else None,
        reminders=list(service.reminders) if service.reminders is not None else None,
        place=service.place,
        place_kind=service.place_kind if service.place_kind != "address" else None,
        terms=service.terms,
        category=service.category,
        picture=service.picture,
        resources=list(service.resource_ids),
    )


def _dump_questions(questions: Iterable[Question]) -> Iterator[str]:
    for question in questions:
        yield _block(
            "[[services.questions]]",
            id=question.id,
            label=question.label,
            kind=question.kind,
            required=question.required or None,
            choices=list(question.choices) or None,
        )
        for language, texts in sorted(question.translations.items()):
            header = f"[services.questions.translations.{language}]"
            yield _block(header, **texts_table(texts))


def _dump_resource(resource: Resource) -> Iterator[str]:
    yield _block(
        "[[resources]]",
        id=resource.id,
        name=resource.name,
        kind=resource.kind,
        about=resource.about or None,
        picture=resource.picture,
        time_zone=resource.time_zone,
        email=resource.email,
        letters=list(resource.letters) if resource.letters != STAFF_LETTERS else None,
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
    yield from _dump_translations("resources", resource.translations)


def _dump_translations(kind: str, translations: Translations) -> Iterator[str]:
    for language, texts in sorted(translations.items()):
        known = {key: texts[key] for key in TEXTS if key in texts}
        yield _block(f"[{kind}.translations.{language}]", **known)


def _dump_closure(closure: TimeOff, resource_id: int | None) -> str:
    first, last = edges(closure)
    return _block(
        "[[closures]]",
        **{"from": first, "to": last},
        resource=resource_id,
        reason=closure.reason or None,
    )


def _block(header: str, **values: Any) -> str:
    rows = [f"{key} = {_value(value)}" for key, value in values.items() if value is not None]
    return "\n".join([header, *rows, ""])


def _value(value: Any) -> str:
    if value is True:
        return "true"
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    if isinstance(value, str):
        quoted = value.replace("\\", "\\\\").replace('"', '\\"')
        if "\n" in quoted:
            return f'"""\n{escape_unprintable(quoted, keep=LINE_BREAK)}"""'
        return f'"{escape_unprintable(quoted)}"'
    return str(value)
