"""The texts of a catalog in other languages than the business's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import orjson

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from dibs.ledger.catalog import Business, Catalog, Resource, Service

#: By language (`de`, never `de-AT`), and then by the key of the text: `name`, `description`.
Translations = Mapping[str, Mapping[str, str]]

#: The keys of all texts that can be translated, of a business, a service or a resource.
TEXTS = ("name", "description", "about", "place", "terms")


def language_in(tag: str) -> str:
    """Return the language of a BCP 47 tag: `de` for `de-AT`."""
    return tag.partition("-")[0].lower()


def write_translations(translations: Translations) -> str:
    """Return translations as a text for the database. The same translations give the same text."""
    return orjson.dumps(translations, option=orjson.OPT_SORT_KEYS).decode()


def translated_languages(catalog: Catalog) -> frozenset[str]:
    """Return the languages in which at least one text of what is on offer is translated."""
    offered = _texts_of(catalog.services.values(), catalog.resources.values())
    return frozenset().union(catalog.business.translations, *catalog.categories.values(), *offered)


def retired_languages(catalog: Catalog) -> frozenset[str]:
    """Return the languages in which at least one text of what is retired is translated."""
    retired = _texts_of(catalog.retired_services.values(), catalog.retired_resources.values())
    return frozenset().union(*retired)


def _texts_of(
    services: Iterable[Service], resources: Iterable[Resource]
) -> Iterator[Mapping[str, object]]:
    for service in services:
        yield service.translations
        for question in service.questions:
            yield question.translations
    for resource in resources:
        yield resource.translations


def translate(catalog: Catalog, language: str) -> Catalog:
    """Return the catalog with its texts in a language. A text that has no translation stays as it
    is."""
    headings = {
        name: texts[language]["name"]
        for name, texts in catalog.categories.items()
        if "name" in texts.get(language, {})
    }
    return replace(
        catalog,
        business=_translate_business(catalog.business, language),
        services={
            each.id: _translate_service(each, language, headings)
            for each in catalog.services.values()
        },
        resources={
            each.id: _translate_resource(each, language) for each in catalog.resources.values()
        },
        retired_services={
            each.id: _translate_service(each, language, headings)
            for each in catalog.retired_services.values()
        },
        retired_resources={
            each.id: _translate_resource(each, language)
            for each in catalog.retired_resources.values()
        },
    )


def _translate_business(business: Business, language: str) -> Business:
    texts = business.translations.get(language, {})
    return replace(
        business,
        name=texts.get("name", business.name),
        place=texts.get("place", business.place),
        terms=texts.get("terms", business.terms),
    )


def _translate_service(service: Service, language: str, headings: Mapping[str, str]) -> Service:
    texts = service.translations.get(language, {})
    category = service.category
    return replace(
        service,
        name=texts.get("name", service.name),
        description=texts.get("description", service.description),
        place=texts.get("place", service.place),
        terms=texts.get("terms", service.terms),
        questions=tuple(each.translate_into(language) for each in service.questions),
        category=headings.get(category, category) if category is not None else None,
    )


def _translate_resource(resource: Resource, language: str) -> Resource:
    texts = resource.translations.get(language, {})
    return replace(
        resource,
        name=texts.get("name", resource.name),
        about=texts.get("about", resource.about),
    )


def list_untranslated(
    catalog: Catalog, thing: Business | Service | Resource, language: str
) -> list[str]:
    """Return the keys of the texts of a thing that have no translation into a language, so that its
    readers see them in the business's own. `thing` is as the catalog has it."""
    if language == language_in(catalog.business.language):
        return []
    texts = thing.translations.get(language, {})
    return [key for key in TEXTS if getattr(thing, key, None) and key not in texts]


def is_heading_untranslated(catalog: Catalog, service: Service, language: str) -> bool:
    """Tell whether the category of a service has no translation into a language, so that its
    readers see it in the business's own."""
    if service.category is None or language == language_in(catalog.business.language):
        return False
    return language not in catalog.categories.get(service.category, {})
