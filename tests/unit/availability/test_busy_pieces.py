"""Busy times cut into pieces that can be allocated."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from dibs.availability.busy_pieces import cut_into_pieces
from dibs.availability.intervals import Interval

BERLIN = ZoneInfo("Europe/Berlin")


def at(text: str) -> datetime:
    return datetime.strptime(f"2026-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=UTC)


def span(start: str, end: str) -> Interval:
    return Interval(at(start), at(end))


def pieces(times: list[Interval], *taken: Interval) -> list[tuple[str, str, int]]:
    found = cut_into_pieces([(time, n) for n, time in enumerate(times)], taken, BERLIN)
    return [
        (f"{each.start:%m-%d %H:%M}", f"{each.end:%m-%d %H:%M}", owner)
        for each, owner in found.items()
    ]


def test_a_time_that_is_free_is_one_piece() -> None:
    assert pieces([span("11-25 09:00", "11-25 10:00")]) == [("11-25 09:00", "11-25 10:00", 0)]


def test_bookings_are_cut_out() -> None:
    taken = [span("11-25 11:00", "11-25 12:00"), span("11-25 08:00", "11-25 09:30")]
    assert pieces([span("11-25 09:00", "11-25 15:00")], *taken) == [
        ("11-25 09:30", "11-25 11:00", 0),
        ("11-25 12:00", "11-25 15:00", 0),
    ]


def test_a_booking_may_have_all_of_it() -> None:
    assert pieces([span("11-25 09:00", "11-25 10:00")], span("11-25 08:00", "11-25 11:00")) == []


def test_times_that_overlap_share_no_piece() -> None:
    times = [
        span("11-25 09:00", "11-25 11:00"),
        span("11-25 09:30", "11-25 10:00"),
        span("11-25 10:00", "11-25 12:00"),
    ]
    assert pieces(times) == [("11-25 09:00", "11-25 11:00", 0), ("11-25 11:00", "11-25 12:00", 2)]


def test_each_piece_is_within_one_local_day() -> None:
    """The clock of Berlin is put back on 25 October: midnight is at 22:00 UTC before it, and at
    23:00 after it."""
    assert pieces([span("10-24 20:00", "10-26 23:30")]) == [
        ("10-24 20:00", "10-24 22:00", 0),
        ("10-24 22:00", "10-25 23:00", 0),
        ("10-25 23:00", "10-26 23:00", 0),
        ("10-26 23:00", "10-26 23:30", 0),
    ]
