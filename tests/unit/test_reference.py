"""The reference pages match the code."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from dibs import reference
from dibs.availability.hours import open_walls
from dibs.availability.slots import slots
from dibs.catalog_file import parse
from dibs.catalog_file.tables import CatalogFile
from dibs.ledger import sign_in
from dibs.ledger.catalog import write_hours
from dibs.notify.codes import CodeHash
from dibs.settings import Settings

ROOT = Path(__file__).parents[2]
PAGES = ROOT / "docs" / "reference"


@pytest.mark.parametrize(
    ("page", "made"),
    [
        ("errors.md", reference.errors),
        ("settings.md", reference.settings),
        ("catalog.md", reference.catalog),
    ],
)
def test_a_page_is_what_the_code_says(page: str, made: Callable[[], str]) -> None:
    assert (PAGES / page).read_text() == made(), "run scripts/reference"


def test_the_page_of_the_catalog_tells_every_table_and_key() -> None:
    tables = CatalogFile.model_json_schema()["$defs"]
    assert set(reference.SECTIONS.values()) == set(tables)
    told = reference.catalog()
    for header, name in reference.SECTIONS.items():
        section = told.partition(f"## `{header}`\n")[2].partition("\n## ")[0]
        for key in tables[name]["properties"]:
            assert f"| `{key}` |" in section


@pytest.mark.parametrize(
    ("resource", "day", "opened"),
    [
        (1, date(2026, 12, 15), "09:00-12:30 13:30-18:00"),
        (1, date(2026, 12, 18), ""),
        (1, date(2026, 12, 22), "12:00-15:00 16:00-20:00"),
        (1, date(2026, 12, 23), ""),
        (1, date(2026, 12, 24), ""),
        (2, date(2026, 12, 19), "10:00-14:00"),
        (2, date(2026, 12, 26), ""),
        (2, date(2027, 1, 2), "10:00-14:00"),
    ],
)
def test_the_example_of_the_catalog_is_open_as_its_page_says(
    resource: int, day: date, opened: str
) -> None:
    example = reference.catalog().partition("```toml\n")[2].partition("```")[0]
    assert write_hours(open_walls(parse(example).hours[resource], day)) == opened


def test_the_class_of_the_example_starts_as_its_page_says() -> None:
    example = parse(reference.EXAMPLE)
    service, saturday = example.services[2], date(2026, 12, 19)
    zone = example.zone_of(2)
    starts = [each.starts_at for each in slots(example.hours[2], saturday, example.rules[2])]
    assert [f"{each.astimezone(zone):%H:%M}" for each in starts] == ["10:00", "11:30"]
    assert service.capacity == 6


def test_the_guesses_at_a_sign_in_code_are_as_few_as_told() -> None:
    codes = Settings().max_code_rate_per_mailbox.count
    guesses = codes * sign_in.MAX_TRIES
    assert Settings().max_code_rate_per_mailbox.period == timedelta(hours=1)
    hashes = CodeHash("key")
    assert all(100_000 <= int(hashes.new(str(salt))) <= 999_999 for salt in range(100))
    told = " ".join((ROOT / "SECURITY.md").read_text().split())
    for words in (
        "one of 900,000 numbers of six digits",
        f"can be tried {sign_in.MAX_TRIES} times",
        f"can together request {codes} codes an hour",
        f"at most {guesses} guesses an hour",
        f"most one in {900_000 // guesses:,} an hour, or one in {900_000 // guesses // 24} a day",
        f"{codes} codes an hour for all of them together",
        f"{2 * guesses} guesses an hour: a chance of one in {900_000 // guesses // 2:,}",
    ):
        assert words in told
