"""All rules of time together: the package agrees with somebody who watches the clock."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dibs.availability import hours, intervals, slots, wall
from dibs.availability.hours import Closure, Hours, WallInterval
from dibs.availability.intervals import Interval
from dibs.availability.slots import Rules
from dibs.clock import microseconds
from tests.support.offers import is_offered
from tests.unit.availability import minute_oracle

CLOCK_CHANGES = [
    ("Europe/Berlin", "2026-03-29"),
    ("Europe/Berlin", "2026-10-25"),
    ("America/New_York", "2026-03-08"),
    ("America/New_York", "2026-11-01"),
    ("Australia/Lord_Howe", "2026-04-05"),  # half an hour
    ("Australia/Lord_Howe", "2026-10-04"),
    ("America/Sao_Paulo", "2018-02-17"),  # at midnight
    ("America/Sao_Paulo", "2018-11-04"),
    ("Africa/Cairo", "2026-04-24"),
    ("Africa/Cairo", "2026-10-29"),
    ("Asia/Beirut", "2026-03-29"),
    ("Asia/Beirut", "2026-10-24"),
    ("America/Havana", "2026-11-01"),  # back to midnight
    ("America/St_Johns", "2010-11-07"),  # back across midnight
    ("Antarctica/Casey", "2010-03-05"),  # three hours back across midnight
    ("Antarctica/Troll", "2026-03-29"),  # two hours
    ("Antarctica/Troll", "2026-10-25"),
    ("Pacific/Apia", "2011-12-30"),  # a skipped day
    ("Pacific/Kwajalein", "1993-08-21"),
    ("Asia/Kathmandu", "1986-01-01"),  # a quarter of an hour
    ("Asia/Kathmandu", "2026-03-29"),  # no change
]
zones = st.sampled_from(sorted(available_timezones())).map(ZoneInfo)
minutes = st.integers(0, 1440) | st.integers(0, 48).map(lambda n: 30 * n)


def steady(examples: int) -> settings:
    """Return settings with the same examples in every run, and no time limit."""
    return settings(derandomize=True, deadline=None, max_examples=examples)


def clock_change_days(zone: ZoneInfo, year: int) -> list[date]:
    noons = [datetime(year, 1, 1, 12, tzinfo=UTC) + timedelta(days=n) for n in range(365)]
    offsets = [noon.astimezone(zone).utcoffset() for noon in noons]
    return [noons[n].date() for n in range(1, 365) if offsets[n] != offsets[n - 1]]


@st.composite
def days(draw: st.DrawFn, zone: ZoneInfo) -> date:
    """Draw any day; about half of them are near a clock change."""
    day = draw(st.dates(date(1975, 1, 1), date(2060, 12, 31)))
    changes = clock_change_days(zone, day.year)
    near_a_change = draw(st.booleans())
    if changes and near_a_change:
        return draw(st.sampled_from(changes)) + timedelta(days=draw(st.integers(-2, 2)))
    return day


@st.composite
def zoned_days(draw: st.DrawFn) -> tuple[ZoneInfo, date]:
    zone = draw(zones)
    return zone, draw(days(zone))


@st.composite
def wall_intervals(draw: st.DrawFn) -> WallInterval:
    opens, closes = sorted(draw(st.lists(minutes, min_size=2, max_size=2, unique=True)))
    return WallInterval(opens, closes)


opening = st.just((WallInterval(0, 1440),)) | st.lists(wall_intervals(), max_size=4).map(tuple)


@st.composite
def closures(draw: st.DrawFn, day: date) -> Closure:
    midnight = datetime.combine(day, time.min)
    starts = midnight + timedelta(minutes=draw(st.integers(-1440, 2880)))
    return Closure(starts, starts + timedelta(minutes=draw(st.integers(1, 600))))


@st.composite
def hours_around(draw: st.DrawFn, zone: ZoneInfo, day: date) -> Hours:
    near = st.integers(-1, 2).map(lambda n: day + timedelta(days=n))
    return Hours(
        zone,
        draw(st.dictionaries(st.integers(1, 7), opening, min_size=4)),
        draw(st.dictionaries(near, opening, max_size=2)),
        tuple(draw(st.lists(closures(day), max_size=3))),
    )


rules_of_services = st.builds(
    Rules,
    duration=st.integers(1, 180) | st.integers(1, 24).map(lambda n: 60 * n),
    every=st.sampled_from([5, 7, 15, 20, 30, 45, 60, 90, 1000]),
    before=st.integers(0, 60),
    after=st.integers(0, 60),
)


def minutes_in(open_time: tuple[Interval, ...]) -> list[datetime]:
    return [
        interval.start + n * minute_oracle.MINUTE
        for interval in open_time
        for n in range((interval.end - interval.start) // minute_oracle.MINUTE)
    ]


def check_wall_times(zone: ZoneInfo, day: date) -> None:
    watched = minute_oracle.watch(zone, day)
    shown = {minute.shown for minute in watched}
    pages = iter(watched)
    page = next(pages)
    for reading in minute_oracle.clock_of(day):
        while page.page < reading:
            page = next(pages)
        assert wall.to_instant(reading, zone) == page.instant
        assert wall.exists(reading, zone) == (reading in shown)
    for minute in watched[1440:4320:5]:
        assert wall.day_of(minute.instant, zone) == minute.page.date()
        start, end = wall.local_day(minute.page.date(), zone)
        assert start <= minute.instant < end


def check_open_time(openings: Hours, day: date) -> None:
    open_time = hours.open_time(openings, day)
    assert minutes_in(open_time) == minute_oracle.open_minutes(openings, day)
    assert open_time == intervals.union(open_time)
    assert [
        reading
        for reading in minute_oracle.clock_of(day)
        if any(
            interval.opens <= reading.hour * 60 + reading.minute < interval.closes
            for interval in hours.open_walls(openings, day)
        )
    ] == [
        reading
        for reading in minute_oracle.clock_of(day)
        if minute_oracle.is_open(openings, reading)
    ]


def check_slots(openings: Hours, day: date, rules: Rules) -> None:
    assert list(slots.grid(openings, day, rules.every)) == minute_oracle.grid(
        openings, day, rules.every
    )
    offered = slots.slots(openings, day, rules)
    assert [slot.starts_at for slot in offered] == minute_oracle.starts_that_fit(
        openings, day, rules
    )
    starts = [microseconds(slot.starts_at) for slot in offered]
    assert list(slots.slot_starts(openings, day, rules)) == starts


@pytest.mark.parametrize(("name", "day"), CLOCK_CHANGES)
def test_wall_times_and_days_around_a_clock_change(name: str, day: str) -> None:
    for n in (-1, 0, 1):
        check_wall_times(ZoneInfo(name), date.fromisoformat(day) + timedelta(days=n))


@steady(40)
@given(zoned_days())
def test_wall_times_and_days_in_any_zone(zoned_day: tuple[ZoneInfo, date]) -> None:
    check_wall_times(*zoned_day)


@steady(100)
@given(zoned_days(), st.integers(0, 2000), st.integers(1, 4000))
def test_an_interval_touches_the_days_of_its_minutes(
    zoned_day: tuple[ZoneInfo, date], start: int, length: int
) -> None:
    zone, day = zoned_day
    touched = minute_oracle.watch(zone, day)[1440 + start : 1440 + start + length]
    interval = Interval(touched[0].instant, touched[-1].instant + minute_oracle.MINUTE)
    assert wall.days_of(interval, zone) == tuple(sorted({each.page.date() for each in touched}))


@pytest.mark.parametrize(("name", "day"), CLOCK_CHANGES)
def test_open_time_and_slots_around_a_clock_change(name: str, day: str) -> None:
    zone, change = ZoneInfo(name), date.fromisoformat(day)

    @steady(4)
    @given(hours_around(zone, change), rules_of_services, st.integers(-1, 1))
    def check(openings: Hours, rules: Rules, n: int) -> None:
        check_open_time(openings, change + timedelta(days=n))
        check_slots(openings, change + timedelta(days=n), rules)

    check()


@steady(100)
@given(st.data())
def test_open_time_and_slots_in_any_zone(data: st.DataObject) -> None:
    zone, day = data.draw(zoned_days())
    openings = data.draw(hours_around(zone, day))
    check_open_time(openings, day)
    check_slots(openings, day, data.draw(rules_of_services))


@pytest.mark.scenario(26)
@steady(80)
@given(st.data())
def test_what_may_be_booked_is_what_is_listed(data: st.DataObject) -> None:
    zone, day = data.draw(zoned_days())
    openings = data.draw(hours_around(zone, day))
    rules = data.draw(rules_of_services)
    near = (day + timedelta(days=n) for n in range(-1, 3))
    listed = {slot.starts_at for each in near for slot in slots.slots(openings, each, rules)}
    noon = datetime.combine(day, time(12), UTC)
    by_hand = st.integers(-720, 719).map(lambda n: noon + timedelta(minutes=n))
    off_grid = st.sampled_from([timedelta(microseconds=1), timedelta(seconds=-1)])
    for instant in {*data.draw(st.lists(by_hand, max_size=8)), *sorted(listed)[:8]}:
        assert is_offered(openings, instant, rules) == (instant in listed)
        assert not is_offered(openings, instant + data.draw(off_grid), rules)


@steady(100)
@given(st.lists(st.tuples(st.integers(0, 60), st.integers(1, 10)), max_size=8))
def test_a_union_has_the_same_minutes_and_covers_exactly_them(spans: list[tuple[int, int]]) -> None:
    epoch = datetime(2026, 1, 1, tzinfo=UTC)

    def interval(start: int, length: int) -> Interval:
        return Interval(epoch + timedelta(minutes=start), epoch + timedelta(minutes=start + length))

    joined = intervals.union(interval(*span) for span in spans)
    members = {n for start, length in spans for n in range(start, start + length)}
    assert minutes_in(joined) == [epoch + timedelta(minutes=n) for n in sorted(members)]
    assert all(one.end < other.start for one, other in pairwise(joined))
    for start in range(72):
        for length in (1, 3, 12):
            fits = members.issuperset(range(start, start + length))
            assert intervals.covers(joined, interval(start, length)) == fits
