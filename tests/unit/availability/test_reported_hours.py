"""Opening hours with which other booking software is reported to go wrong, and the right starts."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from dibs.availability.hours import Hours, WallInterval
from dibs.availability.slots import Rules, is_in_window, slots
from dibs.availability.wall import day_of, local_day
from tests.support.offers import is_offered
from tests.unit.availability.factories import at, closure, daily, walls

MONDAY = date(2026, 3, 2)
HOUR = Rules(60, 60)


def clocks(hours: Hours, rules: Rules, day: date = MONDAY) -> str:
    return " ".join(
        f"{slot.starts_at.astimezone(hours.zone):%H:%M}" for slot in slots(hours, day, rules)
    )


def weekly(zone: str, **days: str) -> Hours:
    names = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    open_on = {names.index(name) + 1: walls(text) for name, text in days.items()}
    return Hours(ZoneInfo(zone), open_on, {}, ())


# --- the grid


def test_the_second_interval_of_a_day_begins_a_grid_of_its_own() -> None:
    assert clocks(daily("08:00-12:00 12:30-17:30"), HOUR) == (
        "08:00 09:00 10:00 11:00 12:30 13:30 14:30 15:30 16:30"
    )


def test_a_service_longer_than_the_step_has_a_start_at_each_step() -> None:
    assert clocks(daily("09:00-12:00"), Rules(45, 15)) == (
        "09:00 09:15 09:30 09:45 10:00 10:15 10:30 10:45 11:00 11:15"
    )


def test_the_last_start_leaves_room_for_the_whole_service() -> None:
    assert clocks(daily("09:00-18:00"), Rules(50, 50)) == (
        "09:00 09:50 10:40 11:30 12:20 13:10 14:00 14:50 15:40 16:30"
    )


@pytest.mark.parametrize(
    ("opening", "starts"),
    [
        ("09:05-12:00", "09:05 09:35 10:05 10:35 11:05"),
        ("09:50-12:00", "09:50 10:20 10:50 11:20"),
    ],
)
def test_an_odd_opening_is_the_first_start(opening: str, starts: str) -> None:
    assert clocks(daily(opening), Rules(40, 30)) == starts


# --- several intervals, breaks


def test_each_of_several_short_intervals_has_its_hour() -> None:
    assert clocks(daily("09:00-10:00 11:00-12:00 13:00-14:00"), HOUR) == "09:00 11:00 13:00"


@pytest.mark.parametrize("opening", ["09:00-10:00 10:00-11:00", "09:00-10:20 10:00-11:00"])
def test_intervals_that_touch_or_overlap_are_one(opening: str) -> None:
    hours = daily(opening, "UTC")
    assert clocks(hours, Rules(90, 30)) == "09:00 09:30"
    assert is_offered(hours, at("2026-03-02 09:30Z"), Rules(90, 30))
    assert not is_offered(hours, at("2026-03-02 10:00Z"), Rules(90, 30))


@pytest.mark.parametrize("opening", ["10:00-10:00", "11:00-10:00"])
def test_an_interval_that_ends_as_it_begins_or_before_is_refused(opening: str) -> None:
    with pytest.raises(ValueError, match="open before they close"):
        walls(opening)


def test_no_service_runs_into_the_break() -> None:
    hours, rules = daily("09:00-12:00 12:30-15:00", "UTC"), Rules(60, 30)
    assert clocks(hours, rules) == "09:00 09:30 10:00 10:30 11:00 12:30 13:00 13:30 14:00"
    assert is_offered(hours, at("2026-03-02 11:00Z"), rules)
    assert not is_offered(hours, at("2026-03-02 11:30Z"), rules)


@pytest.mark.parametrize(
    ("step", "after", "left"),
    [
        (10, 0, "09:00 09:10 09:20 09:30 09:40 10:15 10:25 10:35"),
        # The 15 minutes for cleaning after a class may lie in a closure.
        (20, 15, "09:00 09:20 09:40 10:15 10:35"),
    ],
)
def test_a_closure_within_a_class_removes_it(step: int, after: int, left: str) -> None:
    hours = daily("09:00-11:00", "UTC", closures=(closure("2026-03-02 10:05", "2026-03-02 10:15"),))
    assert clocks(hours, Rules(20, step, after=after)) == left


# --- weekdays and dates


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Pacific/Kiritimati", "Pacific/Pago_Pago"])
@pytest.mark.parametrize("weekday", range(1, 8))
def test_open_on_one_weekday_is_open_on_that_weekday(zone: str, weekday: int) -> None:
    hours = Hours(ZoneInfo(zone), {weekday: (WallInterval(0, 1440),)}, {}, ())
    days = [date(2026, 11, 16) + timedelta(days=n) for n in range(28)]
    offered = [day for day in days if slots(hours, day, HOUR)]
    assert [day.isoweekday() for day in offered] == [weekday] * 4
    for day in offered:
        begins = [slot.starts_at.astimezone(hours.zone) for slot in slots(hours, day, HOUR)]
        assert {each.isoweekday() for each in begins} == {weekday}
        assert f"{begins[0]:%H:%M} {begins[-1]:%H:%M}" == "00:00 23:00"


@pytest.mark.parametrize(
    "zone", ["Pacific/Pago_Pago", "America/Los_Angeles", "Pacific/Tongatapu", "Pacific/Kiritimati"]
)
def test_a_day_off_is_exactly_that_local_day(zone: str) -> None:
    off = closure("2026-12-25 00:00", "2026-12-26 00:00")
    hours = daily("00:00-24:00", zone, closures=(off,))
    start, end = local_day(date(2026, 12, 25), hours.zone)
    days = [date(2026, 12, 23) + timedelta(days=n) for n in range(5)]
    open_days = [day for day in days if slots(hours, day, HOUR)]
    assert open_days == [date(2026, 12, day) for day in (23, 24, 26, 27)]
    assert is_offered(hours, start - timedelta(hours=1), HOUR)
    assert is_offered(hours, end, HOUR)
    assert not any(is_offered(hours, start + n * timedelta(hours=1), HOUR) for n in range(24))


@pytest.mark.parametrize("zone", ["Pacific/Pago_Pago", "Pacific/Kiritimati"])
def test_special_hours_are_those_of_exactly_that_local_day(zone: str) -> None:
    hours = daily("", zone, overrides={"2026-12-25": "10:00-12:00"})
    days = [date(2026, 12, 23) + timedelta(days=n) for n in range(5)]
    assert {str(day): clocks(hours, HOUR, day) for day in days if slots(hours, day, HOUR)} == {
        "2026-12-25": "10:00 11:00"
    }


@pytest.mark.parametrize("viewed_from", ["Pacific/Tongatapu", "Pacific/Pago_Pago"])
def test_no_weekly_time_is_missing_at_the_end_of_a_month(viewed_from: str) -> None:
    hours = weekly("Europe/Berlin", mon="10:00-10:30", tue="15:00-15:30")
    days = [date(2026, 11, 1) + timedelta(days=n) for n in range(92)]
    found = [slot.starts_at for day in days for slot in slots(hours, day, Rules(30, 30))]
    local = [f"{start.astimezone(hours.zone):%m-%d %H:%M}" for start in found]
    assert local[8:10] == ["11-30 10:00", "12-01 15:00"]
    assert local[-2:] == ["01-25 10:00", "01-26 15:00"]
    assert len(found) == 26
    zone = ZoneInfo(viewed_from)
    shown = [start for day in _around(days) for start in found if day_of(start, zone) == day]
    assert shown == found


def _around(days: list[date]) -> list[date]:
    return [days[0] - timedelta(days=1), *days, days[-1] + timedelta(days=1)]


# --- clock changes


def test_an_afternoon_after_the_change_is_as_long_as_any() -> None:
    hours = weekly("America/New_York", sun="13:00-18:00")
    found = slots(hours, date(2027, 3, 14), HOUR)
    assert found[0].starts_at == at("2027-03-14 17:00Z")
    assert found[-1].ends_at == at("2027-03-14 22:00Z")
    assert len(found) == 5


def test_hours_over_the_skipped_hour_have_one_start_less() -> None:
    hours = weekly("Europe/Berlin", sun="00:30-04:30")
    assert clocks(hours, HOUR, date(2027, 3, 28)) == "00:30 01:30 03:30"
    assert clocks(hours, HOUR, date(2027, 3, 21)) == "00:30 01:30 02:30 03:30"


def test_intervals_on_either_side_of_the_change_keep_their_clocks() -> None:
    hours = weekly("Europe/Berlin", sun="00:00-02:00 09:00-11:00")
    day = date(2027, 3, 28)
    assert clocks(hours, HOUR, day) == "00:00 01:00 09:00 10:00"
    assert [slot.starts_at for slot in slots(hours, day, HOUR)] == [
        at("2027-03-27 23:00Z"),
        at("2027-03-28 00:00Z"),
        at("2027-03-28 07:00Z"),
        at("2027-03-28 08:00Z"),
    ]


def test_a_closure_across_the_change_ends_by_the_clock() -> None:
    off = closure("2027-03-28 01:00", "2027-03-28 04:00")
    hours = daily("00:00-06:00", closures=(off,))
    assert clocks(hours, HOUR, date(2027, 3, 28)) == "00:00 04:00 05:00"


def test_buffers_across_the_change_are_elapsed_time() -> None:
    hours = daily("03:00-05:00")
    first, *_ = slots(hours, date(2027, 3, 28), Rules(60, 60, before=30, after=30))
    assert first.guarded.start == at("2027-03-28 00:30Z")  # 01:30 on the clock
    assert first.guarded.end == at("2027-03-28 02:30Z")


@pytest.mark.parametrize(
    ("now", "first"),
    [
        ("2027-03-27 10:00+01:00", "2027-03-28 11:00+02:00"),  # 24 hours, not the same clock
        ("2027-10-30 10:00+02:00", "2027-10-31 09:00+01:00"),
    ],
)
def test_a_notice_of_24_hours_that_ends_on_the_day_of_the_change(now: str, first: str) -> None:
    rules, zone = Rules(30, 30, minimum_notice=24 * 60), ZoneInfo("Europe/Berlin")
    assert is_in_window(at(first), at(now), rules, zone)
    assert not is_in_window(at(first) - timedelta(minutes=1), at(now), rules, zone)


@pytest.mark.parametrize("zone", ["Asia/Kathmandu", "Australia/Eucla", "Pacific/Chatham"])
def test_a_zone_of_quarter_hours_has_its_starts_on_its_own_full_hours(zone: str) -> None:
    hours = daily("09:00-17:00", zone)
    found = slots(hours, MONDAY, HOUR)
    assert clocks(hours, HOUR) == "09:00 10:00 11:00 12:00 13:00 14:00 15:00 16:00"
    assert {slot.starts_at.minute for slot in found} == {15}
    assert [slot.guarded.end for slot in found[:-1]] == [slot.starts_at for slot in found[1:]]
