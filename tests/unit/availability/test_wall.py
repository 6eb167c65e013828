from datetime import date
from zoneinfo import ZoneInfo

import pytest

from dibs.availability.wall import day_of, days_of, exists, local_day, to_instant
from tests.unit.availability.factories import at, between

BERLIN = ZoneInfo("Europe/Berlin")  # 2026: 29 March 02:00 → 03:00, 25 October 03:00 → 02:00
APIA = ZoneInfo("Pacific/Apia")  # 2011: 29 December 24:00 → 31 December 00:00
ST_JOHNS = ZoneInfo("America/St_Johns")  # 2010: 7 November 00:01 → 6 November 23:01


@pytest.mark.parametrize(
    ("wall", "instant"),
    [("2026-01-15 09:00", "2026-01-15 08:00Z"), ("2026-07-15 09:00", "2026-07-15 07:00Z")],
)
def test_a_wall_time_follows_the_offset_of_its_day(wall: str, instant: str) -> None:
    assert to_instant(at(wall), BERLIN) == at(instant)
    assert exists(at(wall), BERLIN)


@pytest.mark.parametrize("wall", ["02:00", "02:30", "02:59:59.999999", "03:00"])
def test_a_skipped_hour_shrinks_to_the_jump(wall: str) -> None:
    assert to_instant(at(f"2026-03-29 {wall}"), BERLIN) == at("2026-03-29 01:00Z")


def test_only_a_skipped_wall_time_does_not_exist() -> None:
    assert exists(at("2026-03-29 01:59:59.999999"), BERLIN)
    assert not exists(at("2026-03-29 02:00"), BERLIN)
    assert not exists(at("2026-03-29 02:59:59.999999"), BERLIN)
    assert exists(at("2026-03-29 03:00"), BERLIN)
    assert exists(at("2026-10-25 02:30"), BERLIN)


def test_a_repeated_wall_time_is_its_first_occurrence() -> None:
    assert to_instant(at("2026-10-25 02:30"), BERLIN) == at("2026-10-25 00:30Z")
    assert to_instant(at("2026-10-25 02:30").replace(fold=1), BERLIN) == at("2026-10-25 00:30Z")
    assert to_instant(at("2026-10-25 03:00"), BERLIN) == at("2026-10-25 02:00Z")


@pytest.mark.parametrize(
    ("zone", "day", "start", "end"),
    [
        ("Europe/Berlin", "2026-03-29", "2026-03-28 23:00Z", "2026-03-29 22:00Z"),
        ("Europe/Berlin", "2026-10-25", "2026-10-24 22:00Z", "2026-10-25 23:00Z"),
        ("America/Sao_Paulo", "2018-11-04", "2018-11-04 03:00Z", "2018-11-05 02:00Z"),
        ("America/Sao_Paulo", "2018-02-17", "2018-02-17 02:00Z", "2018-02-18 03:00Z"),
        ("Australia/Lord_Howe", "2026-10-04", "2026-10-03 13:30Z", "2026-10-04 13:00Z"),
        ("Asia/Kathmandu", "2026-03-29", "2026-03-28 18:15Z", "2026-03-29 18:15Z"),
    ],
)
def test_a_local_day_lasts_from_midnight_to_midnight(
    zone: str, day: str, start: str, end: str
) -> None:
    assert local_day(date.fromisoformat(day), ZoneInfo(zone)) == (at(start), at(end))


def test_a_skipped_day_has_no_instant() -> None:
    start, end = local_day(date(2011, 12, 30), APIA)
    assert start == end == at("2011-12-30 10:00Z")
    around = between("2011-12-30 09:00Z", "2011-12-30 11:00Z")
    assert days_of(around, APIA) == (date(2011, 12, 29), date(2011, 12, 31))


def test_a_day_that_has_begun_stays_when_the_clock_is_put_back_across_midnight() -> None:
    start, _ = local_day(date(2010, 11, 7), ST_JOHNS)
    assert start == at("2010-11-07 02:30Z")
    back = at("2010-11-07 02:31Z")
    assert back.astimezone(ST_JOHNS).date() == date(2010, 11, 6)
    assert day_of(back, ST_JOHNS) == date(2010, 11, 7)


def test_an_interval_across_midnight_touches_both_days() -> None:
    night = between("2026-03-02 22:30Z", "2026-03-02 23:30Z")
    assert days_of(night, BERLIN) == (date(2026, 3, 2), date(2026, 3, 3))


def test_an_interval_that_ends_at_midnight_does_not_touch_the_next_day() -> None:
    evening = between("2026-03-02 22:00Z", "2026-03-02 23:00Z")
    assert days_of(evening, BERLIN) == (date(2026, 3, 2),)
