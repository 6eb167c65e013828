"""Which starts are free beside what is busy: edges, and seats of classes."""

import pytest

from dibs.availability.free_starts import BusyTime, Starts, find_free, select, select_between
from dibs.availability.slots import Rules

MINUTE = 60_000_000
CLASS, OTHER = 1, 2
#: Starts every 30 minutes from 0 to 120. A booking lasts 30 minutes, with buffers of 10 before and
#: 5 after.
STARTS = Starts([n * 30 * MINUTE for n in range(5)], Rules(30, 30, before=10, after=5))


def busy(start: float, end: float, service: int = OTHER, slot: float = 0) -> BusyTime:
    return (round(start * MINUTE), round(end * MINUTE), service, round(slot * MINUTE))


def free(times: list[BusyTime], capacity: int = 1) -> list[int]:
    some = find_free(STARTS, times, CLASS, capacity)
    return [start // MINUTE for start in select(STARTS.at, some)]


@pytest.mark.parametrize(
    ("time", "expected"),
    [
        ((-100, -10), [0, 30, 60, 90, 120]),
        ((-100, -9.999), [30, 60, 90, 120]),
        ((155, 200), [0, 30, 60, 90, 120]),
        ((154.999, 200), [0, 30, 60, 90]),
        ((35, 50), [0, 60, 90, 120]),
        ((34.999, 50.001), [90, 120]),
        ((-1000, 1000), []),
    ],
)
def test_a_slot_needs_its_time_with_the_buffers(
    time: tuple[float, float], expected: list[int]
) -> None:
    assert free([busy(*time)]) == expected


def seat(start: int, service: int = CLASS, longer: float = 0) -> BusyTime:
    """Return a sold seat, which has the buffers of the class."""
    return busy(start - 10, start + 35 + longer, service, start)


def test_a_class_has_seats_until_they_are_sold() -> None:
    assert 60 in free([seat(60)] * 2, capacity=3)
    assert 60 not in free([seat(60)] * 3, capacity=3)
    assert 60 not in free([seat(60)], capacity=1)


def test_what_overlaps_a_class_leaves_no_seat_in_others() -> None:
    assert free([seat(60)], capacity=2) == [0, 60, 120]


def test_a_class_of_another_service_or_start_has_no_seats_for_this_one() -> None:
    assert 60 not in free([seat(60, OTHER)], capacity=3)
    assert 60 not in free([busy(50, 95, CLASS, 61)], capacity=3)


def test_nothing_else_may_be_in_the_way_of_a_class() -> None:
    assert 60 not in free([seat(60), busy(50, 55)], capacity=3)
    assert 60 not in free([seat(60, longer=10), seat(60), busy(94, 110)], capacity=3)
    assert 60 in free([seat(60), busy(95, 110)], capacity=3)


def test_starts_from_one_instant_until_before_another() -> None:
    def starts(first: int, last: int | None) -> list[int]:
        some = select_between(first * MINUTE, None if last is None else last * MINUTE, STARTS.at)
        return [start // MINUTE for start in select(STARTS.at, some)]

    assert starts(30, 90) == [30, 60]
    assert starts(31, None) == [60, 90, 120]
    assert starts(200, 300) == starts(60, 30) == []
    assert list(select(STARTS.at, 0b10110, 1, 4)) == [STARTS.at[1], STARTS.at[2]]
