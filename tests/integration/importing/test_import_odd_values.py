"""Any value in the plugin's tables is either understood or reported as meaningless."""

from __future__ import annotations

import json
from collections.abc import Sized
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dibs.appointease.importer import weeks
from dibs.appointease.importer.mysql import Source
from dibs.appointease.importer.plugin_data import Plugin
from dibs.appointease.importer.rows import interpret_rows
from dibs.appointease.importer.serialized import NotSerialized, unserialize
from dibs.appointease.importer.values import (
    Row,
    Unreadable,
    read_minute,
    read_number,
    read_price,
    read_wall_time,
)
from dibs.availability.hours import WallInterval
from dibs.errors import CannotStart

steady = settings(derandomize=True, deadline=None)
NUMBERS = st.integers(-1, 9).map(str) | st.sampled_from(
    ["", "01", "1_0", " 7", "2.0", "1e3", "nan", "-inf", "٣", "²", "9" * 20, "9" * 5000]
)
TIMES = st.sampled_from(
    ["09:00", "9:00 pm", "24:00:00", "25:00", "2026-02-30", "2026-12-02 10:00:00.5", "9999-12-31"]
)
TEXTS = st.text(max_size=8) | NUMBERS | TIMES
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=8,
)
PIECES = st.sampled_from(
    [
        "a:1:{",
        "a:2:{",
        "}",
        "i:0;",
        "i:",
        "d:nan;",
        "b:1;",
        "N;",
        's:1:"x";',
        's:-2:"',
        '";',
        "9",
        ":",
    ]
)

KNOWN: dict[str, list[Row]] = {
    "services": [{"id": "1", "name": "Cut", "duration": "30"}],
    "staff": [{"id": "1", "name": "Ann"}],
}


def serialize(value: Any) -> str:
    """Return a value as PHP serializes it."""
    match value:
        case None:
            return "N;"
        case bool():
            return f"b:{value:d};"
        case int():
            return f"i:{value};"
        case float():
            return f"d:{value};"
        case str():
            return f's:{len(value.encode())}:"{value}";'
        case list():
            return serialize(dict(enumerate(value)))
        case dict():
            pairs = "".join(serialize(key) + serialize(each) for key, each in value.items())
            return f"a:{len(value)}:{{{pairs}}}"
    raise AssertionError(value)


def interpret(options: dict[str, str] | None = None, **tables: list[Row]) -> Plugin:
    return interpret_rows(Source("appointease studio.example wp_", tables, options or {}))


@steady
@given(st.lists(PIECES).map("".join) | VALUES.map(serialize) | st.text())
def test_what_is_serialised_is_read_or_is_none(text: str) -> None:
    with suppress(NotSerialized):
        unserialize(text)


@steady
@given(TEXTS)
def test_single_values_are_read_or_unreadable(text: str) -> None:
    for read in (
        lambda: read_number(text, "id"),
        lambda: read_price(text),
        lambda: read_wall_time(text, "date"),
        lambda: read_minute(text),
    ):
        with suppress(Unreadable):
            read()


@steady
@given(TEXTS | VALUES.map(json.dumps))
def test_weeks_of_staff_are_read_or_unreadable(text: str) -> None:
    with suppress(Unreadable):
        weeks.read_staff_week(text)


def rows(*columns: str) -> st.SearchStrategy[list[Row]]:
    row = st.fixed_dictionaries({}, optional=dict.fromkeys(columns, st.none() | TEXTS))
    return st.lists(row, max_size=3)


TABLES = st.fixed_dictionaries(
    {
        "services": rows("id", "name", "duration", "price", "capacity", "advance_booking_days"),
        "staff": rows("id", "name", "working_hours"),
        "availability": rows("staff_id", "day_of_week", "start_time", "end_time", "is_available"),
        "blackouts": rows("id", "start_date", "end_date", "reason"),
        "time_off": rows("id", "staff_id", "start_date", "end_date"),
        "customers": rows("id", "name", "email", "phone"),
        "categories": rows("id"),
        "appointments": rows(
            "id",
            "name",
            "email",
            "appointment_date",
            "status",
            "service_id",
            "employee_id",
            "customer_id",
            "total_amount",
            "strong_id",
            "created_at",
            "rescheduled_at",
            "original_date",
        ),
    }
)
OPTIONS = st.fixed_dictionaries(
    {},
    optional={
        "appointease_options": st.fixed_dictionaries(
            {},
            optional=dict.fromkeys(
                ("working_days", "start_time", "end_time", "slot_duration", "advance_booking"),
                VALUES,
            ),
        ).map(serialize),
        "blogname": TEXTS,
        "timezone_string": st.just("") | st.just("Europe/Berlin") | TEXTS,
        "gmt_offset": TEXTS,
    },
)


@steady
@given(OPTIONS, TABLES)
def test_each_row_is_understood_or_a_fault(
    options: dict[str, str], tables: dict[str, list[Row]]
) -> None:
    for kind, known in KNOWN.items():
        tables[kind] = [*known, *tables[kind]]
    try:
        plugin = interpret(options, **tables)
    except CannotStart:
        return
    found: list[Sized] = [plugin.services, plugin.staff, plugin.closures]
    found += [plugin.time_off, plugin.appointments]
    kinds = ("services", "staff", "blackouts", "time_off", "appointments")
    assert sum(map(len, [*found, plugin.faults])) == sum(len(tables[kind]) for kind in kinds)
    origins = [each.origin for each in plugin.appointments]
    origins += [each.origin for each in plugin.faults]
    assert len(set(origins)) == len(origins)
    assert all(len(each.reason.splitlines()) == 1 for each in plugin.faults)


@pytest.mark.parametrize(
    "text",
    [
        "a:1:{a:0:{}i:1;}",
        "a:1:{i:0;" * 5000 + "N;" + "}" * 5000,
        's:-2:"";',
        "a:-1:{}",
        "i:1;",
        "",
    ],
    ids=["an array as a key", "nested", "length", "count", "a number", "nothing"],
)
def test_settings_that_mean_nothing_are_noted(text: str) -> None:
    notes = interpret({"appointease_options": text}).notes
    assert any(note.startswith("appointease_options can't be read") for note in notes)


@pytest.mark.parametrize("offset", ["nan", "inf", "-inf", "1e400", "5.5", "15", "east"])
def test_an_offset_that_no_zone_has_asks_for_one(offset: str) -> None:
    with pytest.raises(CannotStart, match="say --zone"):
        interpret({"gmt_offset": offset})


def test_hours_nested_too_deeply_are_noted_shortly() -> None:
    staff: Row = {"id": "1", "name": "Ann", "working_hours": "[" * 5000}
    [note] = [note for note in interpret(staff=[staff]).notes if note.startswith("staff 1 Ann")]
    assert len(note) < 300


@pytest.mark.parametrize(
    ("named", "weekdays"),
    [
        ({0: "0", 1: "3"}, [3, 7]),
        ("1,2,3", [1, 2, 3]),
        (" 6, 0 ", [6, 7]),
        ("0", [7]),
        ({}, [1, 2, 3, 4, 5]),
        ("", [1, 2, 3, 4, 5]),
        (",", [1, 2, 3, 4, 5]),
        (None, [1, 2, 3, 4, 5]),
    ],
)
def test_working_days_are_a_list_or_a_text_or_those_of_a_fresh_plugin(
    named: Any, weekdays: list[int]
) -> None:
    settings = {"working_days": named, "start_time": "10:00", "end_time": "16:00"}
    plugin = interpret({"appointease_options": serialize(settings)}, **KNOWN)
    assert plugin.staff["1"].weekly == dict.fromkeys(weekdays, (WallInterval(600, 960),))
    note = "business hours: no day is named; Monday to Friday are taken, as in the plugin"
    assert (note in plugin.notes) == (named in ({}, "", ",", None))


def test_of_rows_with_one_id_the_first_is_taken_and_no_other_is_dropped() -> None:
    appointment: Row = {"appointment_date": "2026-12-02 10:00", "service_id": "1"}
    appointment["employee_id"] = "1"
    ids = ("1", "01", "1", None, None)
    rows: list[Row] = [{"id": each, **appointment} for each in ids]
    plugin = interpret(None, **KNOWN, appointments=rows)
    assert [each.source_id for each in plugin.appointments] == ["1"]
    assert [(each.source_id, each.reason) for each in plugin.faults] == [
        ("1 (2)", "another row has the same id"),
        ("1 (3)", "another row has the same id"),
        ("", "it has no id"),
        (" (2)", "another row has the same id"),
    ]
