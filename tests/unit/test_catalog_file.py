"""The owner's catalog file: read as written, and every fault reported with its line."""

from __future__ import annotations

import time
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings

import dibs
from dibs.availability.hours import WallInterval
from dibs.catalog_file import dump, parse
from dibs.errors import CatalogInvalid
from dibs.ledger.catalog import Business, Catalog, Resource, Service, TimeOff
from tests.support.catalogs import catalogs

HERE = "#!"  # marks the line a fault must name

STUDIO = """
[business]
name = "Studio"
time_zone = "Europe/Berlin"

[[services]]
id = 1
name = "Portrait"
duration = 45
resources = [1]

[[resources]]
id = 1
name = "Sarah"

[resources.hours]
mon = ["13:00-17:00", "09:00-12:00"]
sun = []

[resources.overrides]
"2026-12-23" = ["09:00-12:00"]
"2026-12-24" = []

[[closures]]
from = 2026-12-25
to = 2026-12-26
reason = "Christmas"

[[closures]]
from = 2026-11-25T12:00:00
to = 2026-11-25T14:00:00
resource = 1
"""


def test_a_file_says_what_is_on_offer() -> None:
    assert parse(STUDIO) == Catalog(
        Business("Studio", "Europe/Berlin", "EUR", 30),
        {1: Service(1, "Portrait", 45, (1,))},
        {
            1: Resource(
                1,
                "Sarah",
                weekly={1: (WallInterval(9 * 60, 12 * 60), WallInterval(13 * 60, 17 * 60))},
                overrides={
                    date(2026, 12, 23): (WallInterval(9 * 60, 12 * 60),),
                    date(2026, 12, 24): (),
                },
                closures=(TimeOff(datetime(2026, 11, 25, 12), datetime(2026, 11, 25, 14)),),
            )
        },
        (TimeOff(datetime(2026, 12, 25), datetime(2026, 12, 27), "Christmas"),),
    )


def test_the_demo_is_such_a_file() -> None:
    demo = parse(Path(dibs.__file__).with_name("demo.toml").read_text())
    assert demo.services[1].price == Decimal("75.00")
    assert parse(dump(demo)) == demo


@settings(derandomize=True, deadline=None, max_examples=50)
@given(catalogs())
def test_what_is_written_is_read_back(catalog: Catalog) -> None:
    text = dump(catalog)
    assert parse(text) == catalog
    assert dump(parse(text)) == text


FAULTS = {
    "a quote left open": '[business]\nname = "Studio #!',
    "a quote left open in the middle": STUDIO.replace('"Portrait"', '"Portrait #!'),
    "a key twice": '[business]\nname = "A"\nname = "B" #!',
    "no business": "#!\n[[services]]\nid = 1\nname = 'A'\nduration = 30\nresources = []",
    "an unknown table": STUDIO + "\n[[staff]] #!\nname = 'Sarah'",
    "an unknown field": STUDIO.replace("duration = 45", "duration = 45\ncolour = 'red' #!"),
    "a missing field": STUDIO.replace("duration = 45\n", "").replace(
        "[[services]]", "[[services]] #!"
    ),
    "a NUL in a name": STUDIO.replace('"Portrait"', '"Port\\u0000rait" #!'),
    "a line break in a name": STUDIO.replace('"Portrait"', '"Port\\nrait" #!'),
    "a line break in the business's name": STUDIO.replace('"Studio"', '"Stu\\u0085dio" #!'),
    "a line separator in a name": STUDIO.replace('"Sarah"', '"Sa\u2028rah" #!'),
    "a command to a terminal": STUDIO.replace('"Christmas"', '"\\u009b31m" #!'),
    "a name that turns what follows": STUDIO.replace('"Sarah"', '"Sa\u202erah" #!'),
    "a control character in a description": STUDIO.replace(
        "duration = 45", 'duration = 45\ndescription = "a\\u001bb" #!'
    ),
    "a blank name": STUDIO.replace('"Portrait"', '" \u200b" #!'),
    "the machine's own zone": STUDIO.replace('"Europe/Berlin"', '"localtime" #!'),
    "the zone of no place": STUDIO.replace('"Europe/Berlin"', '"Factory" #!'),
    "a zone of POSIX": STUDIO.replace('"Europe/Berlin"', '"posix/Europe/Berlin" #!'),
    "a zone with leap seconds": STUDIO.replace('"Europe/Berlin"', '"right/Europe/Berlin" #!'),
    "a price in Arabic digits": STUDIO.replace("duration = 45", 'duration = 45\nprice = "٧٥" #!'),
    "a country in words": STUDIO.replace("[business]", "[business]\ncountry = 'Germany' #!"),
    "a country of small letters": STUDIO.replace("[business]", "[business]\ncountry = 'de' #!"),
    "an unknown zone": STUDIO.replace('"Europe/Berlin"', '"Europe/Berlinn" #!'),
    "a zone that is a path": STUDIO.replace('"Europe/Berlin"', '"../../etc/passwd" #!'),
    "an unknown zone of a resource": STUDIO.replace(
        'name = "Sarah"', 'name = "Sarah"\ntime_zone = "Berlin" #!'
    ),
    "a currency of small letters": STUDIO.replace("[business]", "[business]\ncurrency = 'eur' #!"),
    "an interval of nothing": STUDIO.replace("[business]", "[business]\nslot_interval = 0 #!"),
    "a text for a number": STUDIO.replace("duration = 45", 'duration = "45" #!'),
    "a fraction for a number": STUDIO.replace("duration = 45", "duration = 45.0 #!"),
    "true for a number": STUDIO.replace("duration = 45", "duration = true #!"),
    "a number for a text": STUDIO.replace('name = "Portrait"', "name = 5 #!"),
    "an empty name": STUDIO.replace('name = "Portrait"', 'name = "" #!'),
    "a name without end": STUDIO.replace('"Portrait"', f'"{"x" * 201}" #!'),
    "an id of zero": STUDIO.replace('id = 1\nname = "Portrait"', 'id = 0 #!\nname = "Portrait"'),
    "a service of no time": STUDIO.replace("duration = 45", "duration = 0 #!"),
    "a service of over a day": STUDIO.replace("duration = 45", "duration = 1441 #!"),
    "a negative buffer": STUDIO.replace("duration = 45", "duration = 45\nbuffer_after = -5 #!"),
    "a class of nobody": STUDIO.replace("duration = 45", "duration = 45\ncapacity = 0 #!"),
    "a price that is a number": STUDIO.replace("duration = 45", "duration = 45\nprice = 75.0 #!"),
    "a price with a comma": STUDIO.replace("duration = 45", 'duration = 45\nprice = "75,00" #!'),
    "a price with one decimal": STUDIO.replace("duration = 45", 'duration = 45\nprice = "7.5" #!'),
    "a service by nobody there is": STUDIO.replace("resources = [1]", "resources = [1, 2] #!"),
    "a service twice by one": STUDIO.replace("resources = [1]", "resources = [1, 1] #!"),
    "two services of one id": STUDIO
    + "\n[[services]]\nid = 1 #!\nname = 'B'\nduration = 30\nresources = []",
    "two resources of one id": STUDIO + "\n[[resources]]\nid = 1 #!\nname = 'Mike'",
    "an unknown kind": STUDIO.replace('name = "Sarah"', 'name = "Sarah"\nkind = "robot" #!'),
    "a text in a language that the page lacks": STUDIO.replace(
        "[[resources]]", "[services.translations.nl] #!\nname = 'Portret'\n\n[[resources]]"
    ),
    "a text in no language": STUDIO.replace(
        "[[resources]]", "[services.translations.'<b>'] #!\nname = 'x'\n\n[[resources]]"
    ),
    "a text in a language with a country": STUDIO.replace(
        "[[resources]]", "[services.translations.de-AT] #!\nname = 'x'\n\n[[resources]]"
    ),
    "an unknown text": STUDIO.replace(
        "[[resources]]", "[services.translations.de]\nabout = 'x' #!\n\n[[resources]]"
    ),
    "a text that is too long": STUDIO.replace(
        "[[resources]]", f"[services.translations.de]\nname = '{'x' * 201}' #!\n\n[[resources]]"
    ),
    "a text that turns what follows": STUDIO.replace(
        "[[resources]]", "[services.translations.ar]\nname = 'x\u202e' #!\n\n[[resources]]"
    ),
    "a blank text": STUDIO.replace(
        "[resources.hours]", "[resources.translations.de]\nname = ' ' #!\n\n[resources.hours]"
    ),
    "a number for a translated text": STUDIO.replace(
        "[[services]]", "[business.translations.de]\nplace = 5 #!\n\n[[services]]", 1
    ),
    "a translation that is no table": STUDIO.replace(
        "duration = 45", "duration = 45\ntranslations = 'Porträt' #!"
    ),
    "a translation into the language of the business": STUDIO.replace(
        "[[resources]]", "[services.translations.en] #!\nname = 'x'\n\n[[resources]]"
    ),
    "a category of no service": STUDIO + "\n[[categories]]\nname = 'Hair' #!",
    "a category twice": STUDIO.replace("duration = 45", "duration = 45\ncategory = 'Hair'")
    + "\n[[categories]]\nname = 'Hair'\n[[categories]]\nname = 'Hair' #!",
    "a category without its name in a language": STUDIO.replace(
        "duration = 45", "duration = 45\ncategory = 'Hair'"
    )
    + "\n[[categories]]\nname = 'Hair'\n[categories.translations.de] #!",
    "an unknown weekday": STUDIO.replace("sun = []", "sunday = [] #!"),
    "hours that are no list": STUDIO.replace("sun = []", 'sun = "09:00-12:00" #!'),
    "hours without minutes": STUDIO.replace("sun = []", 'sun = ["9-12"] #!'),
    "hours without an end": STUDIO.replace("sun = []", 'sun = ["09:00"] #!'),
    "hours after midnight": STUDIO.replace("sun = []", 'sun = ["20:00-25:00"] #!'),
    "minutes beyond sixty": STUDIO.replace("sun = []", 'sun = ["09:60-12:00"] #!'),
    "hours that end before they begin": STUDIO.replace("sun = []", 'sun = ["12:00-09:00"] #!'),
    "hours of nothing": STUDIO.replace("sun = []", 'sun = ["12:00-12:00"] #!'),
    "hours that overlap": STUDIO.replace("sun = []", 'sun = ["11:00-17:00", "09:00-12:00"] #!'),
    "hours that are there twice": STUDIO.replace(
        "sun = []", 'sun = ["9:00-12:00", "09:00-12:00"] #!'
    ),
    "an override of no day": STUDIO.replace('"2026-12-24" = []', '"2026-02-30" = [] #!'),
    "an override of a week": STUDIO.replace('"2026-12-24" = []', '"2026-W52-4" = [] #!'),
    "an override of odd hours": STUDIO.replace('"2026-12-24" = []', '"2026-12-24" = ["noon"] #!'),
    "a closure of nobody there is": STUDIO.replace("resource = 1", "resource = 2 #!"),
    "a closure that ends before it begins": STUDIO.replace(
        "to = 2026-11-25T14:00:00", "to = 2026-11-25T11:00:00 #!"
    ),
    "an address without a domain": STUDIO.replace("[business]", "[business]\nemail = 'desk' #!"),
    "an address of two lines": STUDIO.replace(
        "[business]", '[business]\nemail = "a@example.com\\nb" #!'
    ),
    "two addresses": STUDIO.replace(
        'name = "Sarah"', 'name = "Sarah"\nemail = "a@example.com, b@example.com" #!'
    ),
    "a letter that there is not": STUDIO.replace(
        'name = "Sarah"', 'name = "Sarah"\nemail = "a@example.com"\nletters = ["confirmed"] #!'
    ),
    "a letter that is there twice": STUDIO.replace(
        'name = "Sarah"', 'name = "Sarah"\nemail = "a@example.com"\nletters = ["new", "new"] #!'
    ),
    "letters to nobody": STUDIO.replace('name = "Sarah"', 'name = "Sarah"\nletters = ["new"] #!'),
    "letters to a business without an address": STUDIO.replace(
        "[business]", "[business]\nletters = ['moved'] #!"
    ),
    "a language by its name": STUDIO.replace("[business]", "[business]\nlanguage = 'German' #!"),
    "a language without letters": STUDIO.replace("[business]", "[business]\nlanguage = 'nl' #!"),
    "a language with an underline": STUDIO.replace(
        "[business]", "[business]\nlanguage = 'de_AT' #!"
    ),
    "a reminder at the start": STUDIO.replace("[business]", "[business]\nreminders = [0] #!"),
    "a reminder over 30 days before": STUDIO.replace(
        "duration = 45", "duration = 45\nreminders = [43201] #!"
    ),
    "a reminder in words": STUDIO.replace("duration = 45", 'duration = 45\nreminders = ["1d"] #!'),
    "a reminder that is no list": STUDIO.replace("[business]", "[business]\nreminders = 60 #!"),
    "a reminder that is there twice": STUDIO.replace(
        "[business]", "[business]\nreminders = [60, 60] #!"
    ),
    "six reminders": STUDIO.replace("[business]", "[business]\nreminders = [1, 2, 3, 4, 5, 6] #!"),
    "a blank place": STUDIO.replace("duration = 45", 'duration = 45\nplace = " " #!'),
    "a place without end": STUDIO.replace(
        "duration = 45", f'duration = 45\nplace = "{"x" * 501}" #!'
    ),
    "a control character in a place": STUDIO.replace(
        "duration = 45", 'duration = 45\nplace = "a\\u0007b" #!'
    ),
    "a closure in texts": STUDIO.replace("from = 2026-12-25", 'from = "2026-12-25" #!'),
    "a closure of times without a day": STUDIO.replace("from = 2026-12-25", "from = 12:00:00 #!"),
    "a closure with an offset": STUDIO.replace(
        "from = 2026-11-25T12:00:00", "from = 2026-11-25T12:00:00Z #!"
    ),
    "a closure with seconds": STUDIO.replace(
        "from = 2026-11-25T12:00:00", "from = 2026-11-25T12:00:30 #!"
    ),
    "a closure beyond the calendar": STUDIO.replace(
        "from = 2026-12-25\nto = 2026-12-26", "from = 9999-12-31 #!\nto = 9999-12-31"
    ),
}


@pytest.mark.parametrize("text", FAULTS.values(), ids=FAULTS.keys())
def test_a_fault_is_named_by_its_line(text: str) -> None:
    (line,) = (number for number, row in enumerate(text.split("\n"), 1) if HERE in row)
    with pytest.raises(CatalogInvalid) as refusal:
        parse(text)
    assert refusal.value.errors
    assert all(f"line {line}" in error for error in refusal.value.errors), refusal.value.errors


def test_all_faults_are_named_at_once() -> None:
    text = (
        STUDIO.replace("duration = 45", "duration = 0")
        .replace("sun = []", 'sun = ["noon"]')
        .replace('"Europe/Berlin"', '"Berlin"')
    )
    with pytest.raises(CatalogInvalid) as refusal:
        parse(text)
    assert [error.partition(":")[0] for error in refusal.value.errors] == [
        "line 4",
        "line 9",
        "line 18",
    ]
    assert refusal.value.detail == "\n".join(refusal.value.errors)


def test_the_second_table_of_a_kind_is_told_from_the_first() -> None:
    second = "\n[[services]]\nid = 2\nname = 'Long'\nduration = 0\nresources = [1]\n"
    with pytest.raises(CatalogInvalid, match=rf"^line {STUDIO.count(chr(10)) + 5}: services\.1\."):
        parse(STUDIO + second)


def test_hours_may_touch() -> None:
    touching = STUDIO.replace("sun = []", 'sun = ["09:00-12:00", "12:00-24:00"]')
    assert parse(touching).resources[1].weekly[7] == (
        WallInterval(540, 720),
        WallInterval(720, 1440),
    )


def test_a_description_may_have_lines() -> None:
    text = STUDIO.replace("duration = 45", 'duration = 45\ndescription = "one\\ntwo"')
    catalog = parse(text)
    assert catalog.services[1].description == "one\ntwo"
    assert parse(dump(catalog)) == catalog


def test_who_gets_which_letters() -> None:
    text = STUDIO.replace(
        "[business]",
        '[business]\nemail = " desk@bücher.example "\nletters = ["cancelled", "new"]\n'
        'reminders = [60, 43200, 1440]\nlanguage = "de-AT"',
    ).replace("duration = 45", 'duration = 45\nreminders = []\nplace = "Main Street 1\\nYard"')
    text = text.replace('name = "Sarah"', 'name = "Sarah"\nemail = "sarah@example.com"')
    catalog = parse(text)
    assert catalog.business.email == "desk@xn--bcher-kva.example"
    assert catalog.business.letters == ("new", "cancelled")
    assert catalog.business.reminders == (43200, 1440, 60)
    assert catalog.business.language == "de-AT"
    assert catalog.services[1].reminders == ()
    assert catalog.services[1].place == "Main Street 1\nYard"
    assert catalog.resources[1].email == "sarah@example.com"
    assert catalog.resources[1].letters == ("new", "moved", "cancelled", "declined")
    assert parse(dump(catalog)) == catalog


def test_without_these_keys_customers_are_reminded_a_day_before_and_others_get_no_letter() -> None:
    catalog = parse(STUDIO)
    assert (catalog.business.email, catalog.business.letters) == (None, ())
    assert catalog.business.reminders == (1440,)
    assert catalog.business.language == "en"
    assert (catalog.services[1].reminders, catalog.services[1].place) == (None, None)
    assert catalog.resources[1].email is None


def test_a_resource_without_an_address_may_say_that_it_wants_no_letters() -> None:
    catalog = parse(STUDIO.replace('name = "Sarah"', 'name = "Sarah"\nletters = []'))
    assert catalog.resources[1].letters == ()
    assert parse(dump(catalog)) == catalog


def test_a_mark_that_editors_put_before_a_text_is_no_fault() -> None:
    assert parse("\ufeff" + STUDIO) == parse(STUDIO)


def test_what_is_no_price_is_told_in_words() -> None:
    for price in ('"7,50"', "75.0", '"٧٥"', "true"):
        with pytest.raises(CatalogInvalid) as refusal:
            parse(STUDIO.replace("duration = 45", f"duration = 45\nprice = {price}"))
        (said,) = refusal.value.errors
        assert "services.0.price: write the amount in quotes, with two decimals or none" in said


def test_what_is_wrong_with_a_translation_is_told_in_words() -> None:
    text = f"{STUDIO}\n[[services]]\nid = 2\nname = 'B'\nduration = 30\nresources = []\n"
    for tag, said in (
        ("nl", "'nl' is no language of the booking page: ar, de, en, es, fr"),
        ("en", "the business writes in this language: leave these texts out, and change its own"),
    ):
        with pytest.raises(CatalogInvalid) as refusal:
            parse(f"{text}[services.translations.{tag}]\nname = 'x'")
        (fault,) = refusal.value.errors
        assert fault.startswith(f"line {len(text.splitlines()) + 1}: ")
        assert fault.endswith(said)


def test_what_is_too_long_is_told_in_words() -> None:
    for text, most in (
        (STUDIO.replace('"Portrait"', f'"{"x" * 201}"'), 200),
        (STUDIO.replace("duration = 45", f'duration = 45\ndescription = "{"x" * 2001}"'), 2000),
    ):
        with pytest.raises(CatalogInvalid) as refusal:
            parse(text)
        (said,) = refusal.value.errors
        assert said.endswith(f"it has more than {most} characters")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a = " + "[" * 100_000, "lists or tables are nested too deeply"),
        ("a = " + "{a = " * 100_000, "lists or tables are nested too deeply"),
        ("a = " + "9" * 100_000, "a number has too many digits"),
        ("\na" + ".a" * 100_000 + " = 1", "line 2: a key has more than 20 parts"),
        ("\n[" + "a . " * 100_000 + "a]", "line 2: a key has more than 20 parts"),
        ("\n[" + "'a'.\"b\"." * 100_000 + "a]", "line 2: a key has more than 20 parts"),
    ],
    ids=["lists", "tables", "number", "key", "header", "quoted header"],
)
def test_what_was_made_to_break_the_reader_is_refused_at_once(text: str, said: str) -> None:
    began = time.process_time()
    with pytest.raises(CatalogInvalid) as refusal:
        parse(text)
    assert refusal.value.errors == (said,)
    assert time.process_time() - began < 10


def test_dots_in_a_text_are_no_key() -> None:
    text = STUDIO.replace("duration = 45", f'duration = 45\ndescription = "{"so . . ." * 99}"')
    assert parse(text).services[1].description.startswith("so . . .")
