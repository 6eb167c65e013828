from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from dibs.availability.hours import Hours
from dibs.availability.slots import Rules, grid, is_in_window, slot_at, slots
from tests.support.offers import is_offered
from tests.unit.availability.factories import at, between, closure, daily

BERLIN = ZoneInfo("Europe/Berlin")
NEW_YORK = ZoneInfo("America/New_York")
MONDAY = date(2026, 3, 2)
SPRING = date(2026, 3, 29)  # 02:00 → 03:00 at 01:00Z
AUTUMN = date(2026, 10, 25)  # 03:00 → 02:00 at 01:00Z


def starts(hours: Hours, rules: Rules, day: date = MONDAY, zone: ZoneInfo | None = None) -> str:
    """Return the starts on offer as a clock in `zone` shows them, by default in the resource's
    zone."""
    return " ".join(
        f"{slot.starts_at.astimezone(zone or hours.zone):%H:%M}"
        for slot in slots(hours, day, rules)
    )


def test_starts_are_one_slot_interval_apart_and_the_service_fits() -> None:
    assert starts(daily("09:00-11:00"), Rules(45, 30)) == "09:00 09:30 10:00"


def test_starts_are_counted_from_each_opening() -> None:
    assert starts(daily("09:10-10:10 13:00-14:00"), Rules(30, 30)) == "09:10 09:40 13:00 13:30"


def test_starts_are_counted_anew_after_a_closure() -> None:
    hours = daily("09:00-12:00", closures=(closure("2026-03-02 09:45", "2026-03-02 10:20"),))
    assert starts(hours, Rules(30, 30)) == "09:00 10:20 10:50 11:20"


def test_a_service_does_not_run_through_a_break() -> None:
    assert starts(daily("09:00-10:00 10:30-11:00"), Rules(60, 30)) == "09:00"


def test_the_grid_is_there_whatever_the_duration() -> None:
    hours = daily("09:00-10:00", "UTC")
    assert grid(hours, MONDAY, 30) == (at("2026-03-02 09:00Z"), at("2026-03-02 09:30Z"))
    assert starts(hours, Rules(61, 30)) == ""


def test_buffers_reach_outside_open_time() -> None:
    slot, *others = slots(daily("09:00-10:00", "UTC"), MONDAY, Rules(60, 30, before=15, after=90))
    assert others == []
    assert (slot.starts_at, slot.ends_at) == (at("2026-03-02 09:00Z"), at("2026-03-02 10:00Z"))
    assert slot.guarded == between("2026-03-02 08:45Z", "2026-03-02 11:30Z")


def test_a_slot_can_be_made_for_any_start() -> None:
    slot = slot_at(at("2026-03-02 09:07Z"), Rules(20, 30, before=5))
    assert slot.ends_at == at("2026-03-02 09:27Z")
    assert slot.guarded == between("2026-03-02 09:02Z", "2026-03-02 09:27Z")


def test_a_service_runs_past_midnight_if_both_days_are_open_there() -> None:
    both = daily("00:00-01:00 23:00-24:00")
    assert starts(both, Rules(60, 30)) == "00:00 23:00 23:30"
    assert starts(daily("23:00-24:00"), Rules(60, 30)) == "23:00"
    closed_next = daily("00:00-01:00 23:00-24:00", overrides={"2026-03-03": ""})
    assert starts(closed_next, Rules(60, 30)) == "00:00 23:00"


def test_a_whole_day_fits_across_a_skipped_day() -> None:
    apia = daily("00:00-24:00", "Pacific/Apia", overrides={"2012-01-01": ""})
    assert starts(apia, Rules(1440, 720), date(2011, 12, 29)) == "00:00 12:00"
    assert starts(apia, Rules(1440, 720), date(2011, 12, 30)) == ""
    assert starts(apia, Rules(1440, 720), date(2011, 12, 31)) == "00:00"


def test_nothing_is_offered_in_the_skipped_hour() -> None:
    assert starts(daily("01:00-05:00"), Rules(60, 30), SPRING) == "01:00 01:30 03:00 03:30 04:00"


def test_starts_are_counted_even_from_a_skipped_opening() -> None:
    assert starts(daily("02:30-05:00"), Rules(30, 40), SPRING) == "03:10 03:50 04:30"


def test_a_repeated_hour_is_offered_once_the_first() -> None:
    hours = daily("01:30-03:30")
    assert starts(hours, Rules(30, 30), AUTUMN) == "01:30 02:00 02:30 03:00"
    assert grid(hours, AUTUMN, 30)[2:] == (at("2026-10-25 00:30Z"), at("2026-10-25 02:00Z"))
    assert is_offered(hours, at("2026-10-25 00:30Z"), Rules(30, 30))
    assert not is_offered(hours, at("2026-10-25 01:30Z"), Rules(30, 30))


def test_a_duration_is_elapsed_time() -> None:
    assert starts(daily("01:00-04:00"), Rules(120, 60), SPRING) == "01:00"
    assert starts(daily("01:00-04:00"), Rules(120, 60), AUTUMN) == "01:00 02:00"
    assert starts(daily("01:00-04:00"), Rules(180, 60), AUTUMN) == "01:00 02:00"


@pytest.mark.scenario(27)
@pytest.mark.parametrize(
    ("day", "berlin", "new_york"),
    [
        (date(2026, 3, 2), "15:00 16:00", "09:00 10:00"),
        (date(2026, 3, 8), "15:00 16:00", "10:00 11:00"),  # New York has changed
        (date(2026, 3, 29), "15:00 16:00", "09:00 10:00"),  # Berlin has followed
        (date(2026, 10, 25), "15:00 16:00", "10:00 11:00"),
        (date(2026, 11, 1), "15:00 16:00", "09:00 10:00"),
    ],
)
def test_a_slot_is_one_instant_wherever_it_is_read(day: date, berlin: str, new_york: str) -> None:
    hours = daily("15:00-17:00")
    assert starts(hours, Rules(60, 60), day) == berlin
    assert starts(hours, Rules(60, 60), day, NEW_YORK) == new_york


@pytest.mark.scenario(26)
@pytest.mark.parametrize(
    ("instant", "offered"),
    [
        ("2026-03-02 08:00Z", True),
        ("2026-03-02 09:00+01:00", True),
        ("2026-03-02 09:30Z", True),
        ("2026-03-02 10:00Z", False),  # 45 min don't fit before the break
        ("2026-03-02 08:15Z", False),  # between two starts
        ("2026-03-02 08:00:30Z", False),
        ("2026-03-02 08:00:00.000001Z", False),
        ("2026-03-02 10:30Z", False),  # closed
        ("2026-03-01 08:00Z", False),  # closed that date
    ],
)
def test_a_start_made_by_hand_obeys_the_same_rules(instant: str, offered: bool) -> None:
    hours = daily("09:00-11:30 13:00-17:00", overrides={"2026-03-01": ""})
    assert is_offered(hours, at(instant), Rules(45, 30, before=10)) == offered


@pytest.mark.scenario(26)
@pytest.mark.parametrize(
    ("starts_at", "notice", "bookable"),
    [
        ("2026-03-02 08:00Z", 0, True),
        ("2026-03-02 07:59:59.999999Z", 0, False),
        ("2026-03-02 10:00Z", 120, True),
        ("2026-03-02 09:59:59.999999Z", 120, False),
    ],
)
def test_a_start_lies_after_the_notice(starts_at: str, notice: int, bookable: bool) -> None:
    now = at("2026-03-02 08:00Z")
    assert (
        is_in_window(at(starts_at), now, Rules(30, 30, minimum_notice=notice), BERLIN) == bookable
    )


@pytest.mark.scenario(26)
@pytest.mark.parametrize(
    ("starts_at", "horizon", "bookable"),
    [
        ("2026-03-02 22:59Z", 0, True),  # today 23:59 in Berlin
        ("2026-03-02 23:00Z", 0, False),
        ("2026-04-01 21:59Z", 30, True),  # summer time by then
        ("2026-04-01 22:00Z", 30, False),
        ("2126-03-02 08:00Z", None, True),
    ],
)
def test_the_last_day_of_the_horizon_can_be_booked_whole(
    starts_at: str, horizon: int | None, bookable: bool
) -> None:
    now = at("2026-03-02 08:00Z")
    assert is_in_window(at(starts_at), now, Rules(30, 30, window_days=horizon), BERLIN) == bookable


@pytest.mark.parametrize(
    "numbers",
    [
        {"duration": 0},
        {"duration": 1441},
        {"every": 0},
        {"before": -1},
        {"before": 1441},
        {"after": -1},
        {"after": 1441},
        {"minimum_notice": -1},
        {"window_days": -1},
    ],
)
def test_rules_out_of_range_are_refused(numbers: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r".+"):
        Rules(**{"duration": 30, "every": 30, **numbers})


@pytest.mark.parametrize("every", [0, -30])
def test_a_grid_without_a_step_is_refused(every: int) -> None:
    with pytest.raises(ValueError, match="apart"):
        grid(daily("09:00-17:00"), MONDAY, every)
