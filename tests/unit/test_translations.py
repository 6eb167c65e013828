"""The texts of a business in several languages: which reader gets which text."""

from __future__ import annotations

from dibs.catalog_file import parse
from dibs.ledger.translations import is_heading_untranslated, list_untranslated

SALON = """
[business]
name = "Salon North"
time_zone = "Europe/Berlin"
language = "en-GB"
place = "12 Harbour Street"

[business.translations.de]
name = "Salon Nord"

[[services]]
id = 1
name = "Haircut"
description = "With washing"
category = "Hair"
duration = 45
resources = [1]

[services.translations.de]
name = "Haarschnitt"
description = "  "

[services.translations.ar]
name = "قصة شعر"

[[services]]
id = 2
name = "Call"
duration = 15
place_kind = "phone"
resources = [1]

[[categories]]
name = "Hair"

[categories.translations.de]
name = "Haare"

[[resources]]
id = 1
name = "Mia"
about = "Cuts since 2010"

[resources.translations.de]
about = "Schneidet seit 2010"
"""


def test_each_text_is_in_the_language_or_in_that_of_the_business() -> None:
    german = parse(SALON).translate_into("de-AT")
    assert (german.business.name, german.business.place) == ("Salon Nord", "12 Harbour Street")
    cut = german.services[1]
    assert (cut.name, cut.description, cut.category) == ("Haarschnitt", "With washing", "Haare")
    assert german.place_of(cut) == "12 Harbour Street"
    assert (german.resources[1].name, german.resources[1].about) == ("Mia", "Schneidet seit 2010")
    assert german.service_name(1) == "Haarschnitt"
    assert parse(SALON).translate_into("AR").services[1].name == "قصة شعر"


def test_who_reads_another_language_gets_the_own_texts() -> None:
    salon = parse(SALON)
    for tag in ("en", "en-US", "fr", "nonsense", ""):
        assert salon.translate_into(tag) is salon
    assert salon.languages == {"en", "de", "ar"}


def test_it_is_known_which_texts_are_not_translated() -> None:
    salon = parse(SALON)
    cut, mia = salon.services[1], salon.resources[1]
    assert list_untranslated(salon, salon.business, "de") == ["place"]
    assert list_untranslated(salon, cut, "de") == ["description"]
    assert list_untranslated(salon, mia, "de") == ["name"]
    assert list_untranslated(salon, mia, "fr") == ["name", "about"]
    assert list_untranslated(salon, mia, "en") == []
    assert [is_heading_untranslated(salon, cut, each) for each in ("de", "fr", "en")] == [
        False,
        True,
        False,
    ]
    assert not is_heading_untranslated(salon, salon.services[2], "fr")
