"""How far a clock is ahead of UTC, for each part of a time span."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from dibs.availability.intervals import Interval
from dibs.availability.wall import offsets_within

ZONES = ["UTC", "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Pacific/Apia"]
starts = st.datetimes(datetime(2000, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC))
lengths = st.integers(1, 800 * 24 * 3600 * 1_000_000).map(lambda each: timedelta(microseconds=each))


def test_the_clocks_of_berlin_change_twice_a_year() -> None:
    year = Interval(datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))
    found = offsets_within(year, ZoneInfo("Europe/Berlin"))
    assert [(part.start, offset / timedelta(hours=1)) for part, offset in found] == [
        (year.start, 1),
        (datetime(2026, 3, 29, 1, tzinfo=UTC), 2),
        (datetime(2026, 10, 25, 1, tzinfo=UTC), 1),
    ]


@given(starts, lengths, st.sampled_from(ZONES), st.data())
def test_each_part_has_one_offset(
    start: datetime, length: timedelta, zone: str, data: st.DataObject
) -> None:
    time = Interval(start, start + length)
    found = offsets_within(time, ZoneInfo(zone))
    parts = [part for part, _ in found]
    assert (parts[0].start, parts[-1].end) == (time.start, time.end)
    assert all(part.end == after.start for part, after in pairwise(parts))
    for part, offset in found:
        within = data.draw(
            st.timedeltas(timedelta(0), part.end - part.start - timedelta.resolution)
        )
        for instant in (part.start, part.start + within, part.end - timedelta.resolution):
            assert instant.astimezone(ZoneInfo(zone)).utcoffset() == offset
