from datetime import date
from zoneinfo import ZoneInfo

import pytest

from dibs.availability.hours import Closure, Hours, WallInterval, open_time, open_walls
from tests.unit.availability.factories import at, between, clock, closure, daily, walls

MONDAY = date(2026, 3, 2)


def opening_hours(hours: Hours, day: date = MONDAY) -> str:
    return " ".join(map(clock, open_walls(hours, day)))


def test_a_break_is_a_gap_between_opening_hours() -> None:
    assert open_time(daily("09:00-12:00 13:00-17:00"), MONDAY) == (
        between("2026-03-02 08:00Z", "2026-03-02 11:00Z"),
        between("2026-03-02 12:00Z", "2026-03-02 16:00Z"),
    )


def test_a_weekday_without_hours_is_closed() -> None:
    hours = Hours(ZoneInfo("UTC"), {2: walls("09:00-17:00")}, {}, ())
    assert open_time(hours, MONDAY) == ()
    assert opening_hours(hours, date(2026, 3, 3)) == "09:00-17:00"


def test_opening_hours_are_sorted_and_joined() -> None:
    hours = daily("14:00-18:00 09:00-12:00 12:00-13:00 10:00-11:00")
    assert opening_hours(hours) == "09:00-13:00 14:00-18:00"


def test_an_override_replaces_the_weekly_hours_of_its_date() -> None:
    hours = daily("09:00-17:00", overrides={"2026-03-02": "11:00-12:00"})
    assert opening_hours(hours) == "11:00-12:00"
    assert opening_hours(hours, date(2026, 3, 3)) == "09:00-17:00"


def test_an_empty_override_closes_its_date() -> None:
    assert open_time(daily("09:00-17:00", overrides={"2026-03-02": ""}), MONDAY) == ()


@pytest.mark.parametrize(
    ("starts", "ends", "left"),
    [
        ("2026-03-02 12:00", "2026-03-02 13:00", "09:00-12:00 13:00-17:00"),
        ("2026-03-02 08:00", "2026-03-02 10:30", "10:30-17:00"),
        ("2026-03-02 16:00", "2026-03-04 00:00", "09:00-16:00"),
        ("2026-02-23 00:00", "2026-03-09 00:00", ""),
        ("2026-03-01 00:00", "2026-03-02 09:00", "09:00-17:00"),
        ("2026-03-02 17:00", "2026-03-03 00:00", "09:00-17:00"),
        ("2026-03-10 00:00", "2026-03-20 00:00", "09:00-17:00"),
    ],
)
def test_a_closure_is_taken_out_of_opening_hours(starts: str, ends: str, left: str) -> None:
    assert opening_hours(daily("09:00-17:00", closures=(closure(starts, ends),))) == left


def test_a_closure_leaves_later_opening_hours_as_they_are() -> None:
    break_off = closure("2026-03-02 10:00", "2026-03-02 11:00")
    hours = daily("09:00-12:00 13:00-17:00", closures=(break_off,))
    assert opening_hours(hours) == "09:00-10:00 11:00-12:00 13:00-17:00"


def test_a_closure_wins_over_an_override() -> None:
    hours = daily(
        "",
        overrides={"2026-03-02": "09:00-17:00"},
        closures=(closure("2026-03-02 00:00", "2026-03-02 16:00"),),
    )
    assert opening_hours(hours) == "16:00-17:00"


def test_hours_that_open_in_the_skipped_hour_begin_with_the_jump() -> None:
    assert open_time(daily("02:30-05:00"), date(2026, 3, 29)) == (
        between("2026-03-29 01:00Z", "2026-03-29 03:00Z"),
    )


def test_hours_that_are_skipped_whole_are_not_open() -> None:
    assert open_time(daily("02:15-02:45"), date(2026, 3, 29)) == ()
    assert opening_hours(daily("02:15-02:45"), date(2026, 3, 29)) == "02:15-02:45"


def test_hours_on_either_side_of_the_skipped_hour_touch() -> None:
    assert open_time(daily("00:00-02:00 03:00-05:00"), date(2026, 3, 29)) == (
        between("2026-03-28 23:00Z", "2026-03-29 03:00Z"),
    )


def test_hours_over_the_repeated_hour_last_an_hour_longer() -> None:
    assert open_time(daily("01:00-04:00"), date(2026, 10, 25)) == (
        between("2026-10-24 23:00Z", "2026-10-25 03:00Z"),
    )


def test_hours_that_close_in_the_repeated_hour_close_the_first_time() -> None:
    assert open_time(daily("01:00-02:30"), date(2026, 10, 25)) == (
        between("2026-10-24 23:00Z", "2026-10-25 00:30Z"),
    )


def test_a_skipped_day_is_never_open() -> None:
    assert open_time(daily("00:00-24:00", "Pacific/Apia"), date(2011, 12, 30)) == ()


@pytest.mark.parametrize(("opens", "closes"), [(-1, 60), (60, 60), (61, 60), (1380, 1441)])
def test_opening_hours_lie_within_one_day(opens: int, closes: int) -> None:
    with pytest.raises(ValueError, match="within one day"):
        WallInterval(opens, closes)


@pytest.mark.parametrize(
    ("starts", "ends"),
    [
        ("2026-03-02 09:00", "2026-03-02 09:00"),
        ("2026-03-02 09:00Z", "2026-03-02 10:00Z"),
        ("2026-03-02 09:00:01", "2026-03-02 10:00"),
        ("2026-03-02 09:00", "2026-03-02 10:00:00.000001"),
    ],
)
def test_a_closure_is_made_of_whole_naive_minutes(starts: str, ends: str) -> None:
    with pytest.raises(ValueError, match="a closure"):
        Closure(at(starts), at(ends))


@pytest.mark.parametrize("weekday", [0, 8])
def test_weekdays_are_iso_weekdays(weekday: int) -> None:
    with pytest.raises(ValueError, match="weekdays"):
        Hours(ZoneInfo("UTC"), {weekday: ()}, {}, ())
