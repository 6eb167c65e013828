"""Reports as programs and browsers ask for them."""

from __future__ import annotations

import csv
import io
import re

import pytest

from tests.support.answers import fields, refusal_of
from tests.support.office import OfficeBrowser

NAMES = (
    "utilisation",
    "bookings",
    "hours",
    "lead-times",
    "no-shows",
    "cancellations",
    "revenue",
    "conversion",
)
MAY = {"from": "2026-05-01", "to": "2026-05-31"}


@pytest.mark.parametrize("name", NAMES)
def test_a_report_is_one_table_in_json_and_in_csv(owner: OfficeBrowser, name: str) -> None:
    found = owner.get(f"/reports/{name}", params=MAY).json()
    assert (found["name"], found["from"], found["to"]) == (name, "2026-05-01", "2026-05-31")
    assert (found["before"]["from"], found["before"]["to"]) == ("2026-04-01", "2026-04-30")
    assert found["before"]["totals"].keys() == found["totals"].keys()
    assert all(list(row) == found["columns"] for row in found["rows"])
    saved = owner.get(f"/reports/{name}.csv", params=MAY)
    assert saved.headers["content-type"] == "text/csv; charset=utf-8"
    file = f'attachment; filename="{name}-2026-05-01-2026-05-31.csv"'
    assert saved.headers["content-disposition"] == file
    lines = list(csv.reader(io.StringIO(saved.content.decode("utf-8-sig"), newline="")))
    assert lines[0] == found["columns"]
    expected = [
        ["" if value is None else harmless(str(value)) for value in row.values()]
        for row in found["rows"]
    ]
    assert lines[1:] == expected


def harmless(text: str) -> str:
    """Return a text as a cell that no spreadsheet reads as a formula: other tests use such
    names."""
    is_number = re.fullmatch(r"-?\d+(\.\d+)?", text)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@") and not is_number else text


@pytest.mark.parametrize(
    ("query", "faults"),
    [
        ({}, {"from": "required", "to": "required"}),
        ({"from": "2026-05-02", "to": "2026-05-01"}, {"to": "before_from"}),
        ({"from": "2000-01-01", "to": "2199-12-31"}, {"to": "too_far"}),
        (
            {"from": "0001-01-01", "to": "9999-12-31"},
            {"from": "invalid_date", "to": "invalid_date"},
        ),
        (
            {"from": "2026-02-30", "to": "12026-01-01"},
            {"from": "invalid_date", "to": "invalid_date"},
        ),
        ({"from": "'; DROP TABLE", "to": "2026-05-01"}, {"from": "invalid_date"}),
    ],
)
@pytest.mark.parametrize("name", ["bookings", "bookings.csv"])
def test_bad_ranges_are_refused_with_their_field(
    owner: OfficeBrowser, name: str, query: dict[str, str], faults: dict[str, str]
) -> None:
    answer = owner.get(f"/reports/{name}", params=query)
    assert refusal_of(answer) == (422, "invalid")
    assert fields(answer) == faults


@pytest.mark.parametrize("name", ["profits", "profits.csv", "bookings.xml", "..", "%00", "x" * 41])
def test_there_is_no_other_report(owner: OfficeBrowser, name: str) -> None:
    answer = owner.get(f"/reports/{name}", params=MAY)
    assert answer.status_code in (404, 422), answer.text
