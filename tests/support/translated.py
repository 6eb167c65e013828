"""The demo with texts in several languages."""

from __future__ import annotations

from dataclasses import replace

from dibs.catalog_file import dump, parse
from tests.support.catalog_files import without_horizon

#: Markup that must be shown as text everywhere.
MARKUP = "</script><img src=x onerror=alert(1)> & \"'"


def translated_demo() -> str:
    """Return a catalog whose first service, person and category have texts in German, and some in
    Arabic. The Spanish name is markup."""
    demo = parse(without_horizon())
    consultation = replace(
        demo.services[1],
        category="Talks",
        translations={
            "de": {"name": "Beratung", "description": "Erstes Gespräch"},
            "ar": {"name": "استشارة"},
            "es": {"name": MARKUP, "description": MARKUP},
        },
    )
    sarah = replace(
        demo.resources[1],
        about="Paints since 2010",
        translations={"de": {"about": "Malt seit 2010"}, "es": {"name": MARKUP, "about": MARKUP}},
    )
    names = {"de": {"name": "Dibs Atelier"}, "ar": {"name": "استوديو ديبس"}}
    return dump(
        replace(
            demo,
            business=replace(demo.business, translations=names | {"es": {"name": MARKUP}}),
            services={**demo.services, 1: consultation},
            resources={**demo.resources, 1: sarah},
            categories={"Talks": {"de": {"name": "Gespräche"}}},
        )
    )
