"""Writes the catalog as tables for JSON. They are like those of a file, but have all keys, also
those with the default value."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from dibs.catalog_file.question_tables import question_table
from dibs.catalog_file.values import WEEKDAYS
from dibs.ledger.catalog import STAFF_LETTERS, write_hours

if TYPE_CHECKING:
    from dibs.ledger.catalog import Business, Catalog, Resource, Service, TimeOff
    from dibs.ledger.translations import Translations


def as_tables(catalog: Catalog) -> dict[str, Any]:
    """Return the catalog as tables. `read_tables` makes the same catalog from them, but without the
    mark of closures that were made in the office."""
    return {
        "business": _business_table(catalog.business),
        "services": [_service_table(each) for each in catalog.services.values()],
        "categories": [_category_table(*each) for each in categories_in_order(catalog)],
        "resources": [_resource_table(each) for each in catalog.resources.values()],
        "closures": [
            *(_closure_table(each, None) for each in catalog.closures),
            *(
                _closure_table(each, resource.id)
                for resource in catalog.resources.values()
                for each in resource.closures
            ),
        ],
        "letters": _letter_tables(catalog),
    }


def categories_in_order(catalog: Catalog) -> list[tuple[str, Translations]]:
    """Return the categories that have translations, in the order of their first services."""
    names = dict.fromkeys(each.category or "" for each in catalog.services.values())
    return [(name, catalog.categories[name]) for name in names if name in catalog.categories]


def _letter_tables(catalog: Catalog) -> dict[str, dict[str, dict[str, str]]]:
    tables: dict[str, dict[str, dict[str, str]]] = {}
    for (kind, language), words in catalog.letter_words.items():
        tables.setdefault(kind, {})[language] = words.as_table()
    return tables


def edges(closure: TimeOff) -> tuple[date, date]:
    """Return when a closure begins and ends, as a file says it: the first and the last whole day,
    or local times."""
    if closure.starts.time() == closure.ends.time() == time.min:
        return closure.starts.date(), closure.ends.date() - timedelta(days=1)
    return closure.starts, closure.ends


def _business_table(business: Business) -> dict[str, Any]:
    return {
        "name": business.name,
        "time_zone": business.time_zone,
        "country": business.country,
        "currency": business.currency,
        "slot_interval": business.slot_interval,
        "email": business.email,
        "letters": list(business.letters),
        "reminders": list(business.reminders),
        "phone": business.phone,
        "place": business.place,
        "terms": business.terms,
        "language": business.language,
        **asdict(business.appearance),
        "translations": _copy_translations(business.translations),
    }


def _service_table(service: Service) -> dict[str, Any]:
    return {
        "id": service.id,
        "name": service.name,
        "duration": service.duration,
        "description": service.description,
        "buffer_before": service.buffer_before,
        "buffer_after": service.buffer_after,
        "slot_interval": service.slot_interval,
        "minimum_notice": service.minimum_notice,
        "move_notice": service.move_notice,
        "cancel_notice": service.cancel_notice,
        "booking_window_days": service.booking_window_days,
        "price": str(service.price) if service.price is not None else None,
        "price_from": service.price_from,
        "price_on_request": service.price_on_request,
        "approve_within": service.approve_within,
        "capacity": service.capacity,
        "reminders": list(service.reminders) if service.reminders is not None else None,
        "place": service.place,
        "place_kind": service.place_kind,
        "terms": service.terms,
        "questions": [question_table(each) for each in service.questions],
        "category": service.category,
        "picture": service.picture,
        "resources": list(service.resource_ids),
        "translations": _copy_translations(service.translations),
    }


def _category_table(name: str, translations: Translations) -> dict[str, Any]:
    return {"name": name, "translations": _copy_translations(translations)}


def _copy_translations(translations: Translations) -> dict[str, dict[str, str]]:
    return {language: dict(texts) for language, texts in translations.items()}


def _resource_table(resource: Resource) -> dict[str, Any]:
    table = {
        "id": resource.id,
        "name": resource.name,
        "kind": resource.kind,
        "about": resource.about,
        "picture": resource.picture,
        "time_zone": resource.time_zone,
        "email": resource.email,
        "hours": {
            WEEKDAYS[weekday - 1]: write_hours(hours).split()
            for weekday, hours in sorted(resource.weekly.items())
        },
        "overrides": {
            day.isoformat(): write_hours(hours).split()
            for day, hours in sorted(resource.overrides.items())
        },
    }
    table["translations"] = _copy_translations(resource.translations)
    # A table that has no address may not name letters.
    if resource.email is not None or resource.letters != STAFF_LETTERS:
        table["letters"] = list(resource.letters)
    return table


def _closure_table(closure: TimeOff, resource_id: int | None) -> dict[str, Any]:
    first, last = map(_edge, edges(closure))
    return {"from": first, "to": last, "resource": resource_id, "reason": closure.reason}


def _edge(edge: date) -> str:
    return edge.isoformat(timespec="minutes") if isinstance(edge, datetime) else edge.isoformat()
