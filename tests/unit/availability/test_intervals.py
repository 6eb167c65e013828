from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from dibs.availability.intervals import Interval, covers, union
from tests.unit.availability.factories import at, between

NINE_TO_TEN = between("2026-03-02 09:00Z", "2026-03-02 10:00Z")
TEN_TO_ELEVEN = between("2026-03-02 10:00Z", "2026-03-02 11:00Z")
NINE_TO_ELEVEN = between("2026-03-02 09:00Z", "2026-03-02 11:00Z")
HALF_PAST_NINE = between("2026-03-02 09:30Z", "2026-03-02 10:30Z")
ONE_TO_TWO = between("2026-03-02 13:00Z", "2026-03-02 14:00Z")


def test_intervals_that_share_an_instant_overlap() -> None:
    assert NINE_TO_TEN.overlaps(HALF_PAST_NINE)
    assert HALF_PAST_NINE.overlaps(NINE_TO_TEN)


def test_intervals_that_only_touch_do_not_overlap() -> None:
    assert not NINE_TO_TEN.overlaps(TEN_TO_ELEVEN)
    assert not TEN_TO_ELEVEN.overlaps(NINE_TO_TEN)


def test_an_interval_contains_itself_and_what_lies_within() -> None:
    assert NINE_TO_ELEVEN.contains(NINE_TO_ELEVEN)
    assert NINE_TO_ELEVEN.contains(HALF_PAST_NINE)
    assert not HALF_PAST_NINE.contains(NINE_TO_ELEVEN)
    assert not NINE_TO_TEN.contains(HALF_PAST_NINE)


def test_a_union_sorts_and_joins_what_touches_or_overlaps() -> None:
    assert union([ONE_TO_TWO, TEN_TO_ELEVEN, NINE_TO_TEN]) == (NINE_TO_ELEVEN, ONE_TO_TWO)
    assert union([NINE_TO_ELEVEN, HALF_PAST_NINE]) == (NINE_TO_ELEVEN,)
    assert union([]) == ()


def test_a_union_covers_what_lies_within_one_of_its_intervals() -> None:
    open_time = union([NINE_TO_TEN, TEN_TO_ELEVEN, ONE_TO_TWO])
    assert covers(open_time, HALF_PAST_NINE)
    assert covers(open_time, ONE_TO_TWO)
    assert not covers(open_time, between("2026-03-02 10:30Z", "2026-03-02 13:30Z"))
    assert not covers(open_time, between("2026-03-02 08:30Z", "2026-03-02 09:30Z"))
    assert not covers((), NINE_TO_TEN)


@pytest.mark.parametrize("end", ["2026-03-02 09:00Z", "2026-03-02 08:00Z"])
def test_an_interval_is_never_empty(end: str) -> None:
    with pytest.raises(ValueError, match="before it ends"):
        between("2026-03-02 09:00Z", end)


@pytest.mark.parametrize("start", ["2026-03-02 09:00", "2026-03-02 09:00+01:00"])
def test_an_interval_is_made_of_utc_instants(start: str) -> None:
    with pytest.raises(ValueError, match="UTC"):
        between(start, "2026-03-02 10:00Z")
    with pytest.raises(ValueError, match="UTC"):
        Interval(at("2026-03-01 10:00Z"), at(start))


def test_utc_by_another_name_is_utc() -> None:
    named = datetime(2026, 3, 2, 9, tzinfo=ZoneInfo("UTC"))
    assert Interval(named, datetime(2026, 3, 2, 10, tzinfo=UTC)) == NINE_TO_TEN
