"""Files that take long to read, in a process of its own."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from dibs.busy_times.busy_time import BusyTime, Reading, UnreadEntry
from dibs.busy_times.faults import CalendarFault
from dibs.busy_times.reading_process import read_in_process
from tests.unit.busy_times.test_reader import WINDOW, calendar, event

pytestmark = pytest.mark.anyio


async def test_it_gives_what_the_reader_gives() -> None:
    file = calendar(
        event("DTSTART:20260310T090000Z\nDURATION:PT1H\nSUMMARY:Prüfung"),
        event("SUMMARY:Wann?", "b"),
        event("DTSTART:20260310T080000Z\nDURATION:PT1H\nRRULE:x\nSUMMARY:Wie oft?", "c"),
    )
    nine, hour = datetime(2026, 3, 10, 9, tzinfo=UTC), timedelta(hours=1)
    assert await read_in_process(file, WINDOW) == Reading(
        (BusyTime(nine - hour, nine, "Wie oft?"), BusyTime(nine, nine + hour, "Prüfung")),
        (
            UnreadEntry("Wie oft?", "no_repetition", nine - hour),
            UnreadEntry("Wann?", "no_start"),
        ),
    )


@pytest.mark.parametrize(
    ("file", "reason"),
    [
        (b"<html>", "no_calendar"),
        (
            calendar(
                event("DTSTART:20260301T000000Z\nDURATION:PT1M\nRRULE:FREQ=MINUTELY;INTERVAL=10")
            ),
            "too_many",
        ),
    ],
)
async def test_it_says_why_nothing_was_read(file: bytes, reason: str) -> None:
    with pytest.raises(CalendarFault) as fault:
        await read_in_process(file, WINDOW)
    assert fault.value.reason == reason


async def test_a_rule_that_stands_for_millions_of_times_is_given_up() -> None:
    every_second = "DTSTART:19000101T000000Z\nDURATION:PT1S\nRRULE:FREQ=SECONDLY"
    long = replace(WINDOW, end=WINDOW.start + timedelta(days=3000))
    with pytest.raises(CalendarFault) as fault:
        await read_in_process(calendar(event(every_second)), long, longest=3.0)
    assert fault.value.reason == "too_much_work"


async def test_a_file_of_ten_megabytes_is_read() -> None:
    """Nearly all of it is long past, as in a calendar of many years."""
    past = event(f"DTSTART:20100310T090000Z\nDURATION:PT1H\nDESCRIPTION:{'x' * 1000}")
    now = event("DTSTART:20260310T090000Z\nDURATION:PT1H", "now")
    many = [past.replace("UID:1", f"UID:{number}") for number in range(9_000)]
    file = calendar(*many, now)
    assert len(file) > 9_500_000
    [found] = (await read_in_process(file, WINDOW)).times
    assert found.starts_at == datetime(2026, 3, 10, 9, tzinfo=UTC)
