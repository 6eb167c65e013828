"""A broken entry hides no other entry, and is reported as unknown."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from dibs.busy_times import reader
from dibs.busy_times.reader import MAX_UNREAD, read_busy_times
from tests.unit.busy_times.test_reader import CUSTOM_ZONE, WINDOW, calendar, event

NINE = datetime(2026, 3, 10, 9, tzinfo=UTC)
GOOD = event("DTSTART:20260401T090000Z\nDTEND:20260401T100000Z\nSUMMARY:Good", "good")
GOOD_TIME = "04-01 09:00 04-01 10:00"
HOUR = "DTSTART:20260310T090000Z\nDTEND:20260310T100000Z"
DAILY = f"{HOUR}\nRRULE:FREQ=DAILY;COUNT=3"


def read(*parts: str) -> tuple[list[str], list[tuple[str, str]]]:
    """Return the times except that of the good entry, and the entries that can't be read."""
    found = read_busy_times(calendar(CUSTOM_ZONE, GOOD, *parts), WINDOW)
    times = [
        f"{each.starts_at:%m-%d %H:%M} {each.ends_at:%m-%d %H:%M}"
        for each in found.times
        if each.title != "Good"
    ]
    assert len(times) == len(found.times) - 1
    return times, [(each.title, each.reason) for each in found.unread]


@pytest.mark.parametrize(
    "line",
    [
        "DTEND:20260310T100000Z",
        "DTSTART:tomorrow",
        "DTSTART:00000310T090000Z",
        "DTSTART:20260310T090000Z\nDTSTART:20260311T090000Z",
        "DTSTART;VALUE=PERIOD:20260310T090000Z/20260310T100000Z",
        "RECURRENCE-ID:20260316T090000Z",
    ],
)
def test_an_entry_that_nobody_can_place_is_left_out_and_named(line: str) -> None:
    assert read(event(f"{line}\nSUMMARY:Dentist")) == ([], [("Dentist", "no_start")])


@pytest.mark.parametrize(
    "line",
    [
        "DTEND:later",
        "DTEND:20260310T100000Z\nDTEND:20260310T110000Z",
        "DURATION:an hour",
        "DURATION:P99999999999999W",
        "DURATION:-PT1H",
        "DTEND20260310T100000Z",
    ],
)
@pytest.mark.parametrize(
    ("start", "times"),
    [
        ("DTSTART:20260310T090000Z", ["03-10 09:00 03-11 00:00"]),
        ("DTSTART;TZID=Europe/Berlin:20260310T100000", ["03-10 09:00 03-10 23:00"]),
        ("DTSTART;TZID=Our office:20260310T143000", ["03-10 09:00 03-10 18:30"]),
        ("DTSTART:20260310T100000", ["03-10 09:00 03-10 23:00"]),
    ],
)
def test_an_entry_without_a_known_end_takes_the_rest_of_its_day(
    line: str, start: str, times: list[str]
) -> None:
    assert read(event(f"{start}\n{line}\nSUMMARY:Dentist")) == (times, [("Dentist", "no_end")])


def test_a_day_without_a_known_end_is_one_day() -> None:
    found = read(event("DTSTART;VALUE=DATE:20260310\nDTEND:later"))
    assert found == (["03-09 23:00 03-10 23:00"], [("", "no_end")])


def test_each_time_of_a_series_without_a_known_end_takes_the_rest_of_its_day() -> None:
    daily = event("DTSTART:20260310T090000Z\nDTEND:later\nRRULE:FREQ=DAILY;COUNT=2")
    assert read(daily)[0] == ["03-10 09:00 03-11 00:00", "03-11 09:00 03-12 00:00"]


@pytest.mark.parametrize("length", ["P1000000D", "P5000D", "PT99999999M"])
def test_a_length_of_many_years_is_until_the_end_of_the_window(length: str) -> None:
    found = read(event(f"DTSTART:20260310T090000Z\nDURATION:{length}"))
    assert found == (["03-10 09:00 05-01 00:00"], [])


@pytest.mark.parametrize(
    "line",
    ["RRULE:FREQ=NEVER", "RRULE:nonsense", "RRULE:FREQ=DAILY;UNTIL=soon", "RDATE:soon"],
)
def test_a_series_that_nobody_can_repeat_takes_the_time_that_is_known(line: str) -> None:
    found = read(event(f"{HOUR}\n{line}\nSUMMARY:Yoga"))
    assert found == (["03-10 09:00 03-10 10:00"], [("Yoga", "no_repetition")])


def test_exceptions_that_are_not_known_are_taken_and_the_others_are_free() -> None:
    daily = event(f"{DAILY}\nEXDATE:20260311T090000Z\nEXDATE:soon\nSUMMARY:Yoga")
    times, unread = read(daily)
    assert times == ["03-10 09:00 03-10 10:00", "03-12 09:00 03-12 10:00"]
    assert unread == [("Yoga", "no_exceptions")]


def test_a_moved_time_that_does_not_say_which_it_was_is_taken_beside_all_of_its_series() -> None:
    moved = "RECURRENCE-ID:soon\nDTSTART:20260311T140000Z\nDTEND:20260311T150000Z"
    times, unread = read(event(f"{DAILY}\nSUMMARY:Yoga"), event(f"{moved}\nSUMMARY:Yoga"))
    assert times == [
        "03-10 09:00 03-10 10:00",
        "03-11 09:00 03-11 10:00",
        "03-11 14:00 03-11 15:00",
        "03-12 09:00 03-12 10:00",
    ]
    assert unread == [("Yoga", "no_exceptions")]


def test_a_time_whose_new_time_is_not_known_stays_where_it_was() -> None:
    moved = "RECURRENCE-ID:20260311T090000Z\nDTSTART:soon\nSUMMARY:Moved"
    times, unread = read(event(DAILY), event(moved))
    assert "03-11 09:00 03-11 10:00" in times
    assert unread == [("Moved", "no_start")]


@pytest.mark.parametrize(
    "line", ["TRANSP:TRANSPARENT", "STATUS:CANCELLED", "X-IS:OWN", "DTSTART:20300101"]
)
def test_what_keeps_nobody_busy_is_not_told(line: str) -> None:
    entry = event(f"DTEND:soon\n{line}", "x@book.example" if "OWN" in line else "b")
    assert read(entry) == ([], [])


def test_what_is_over_is_not_told_unless_it_may_go_on() -> None:
    assert read(event("DTSTART:20100310T090000Z\nDURATION:x")) == ([], [])
    assert read(event("DTSTART:20300310T090000Z\nRRULE:x")) == ([], [])
    assert read(event("DTSTART:20100310T090000Z\nDURATION:PT1H\nRRULE:x"))[1] != []


def test_a_private_entry_is_told_without_its_title() -> None:
    private = event(f"{HOUR}\nRRULE:x\nCLASS:PRIVATE\nSUMMARY:Doctor")
    [unread] = read_busy_times(calendar(private), WINDOW).unread
    assert (unread.title, unread.starts_at) == ("", NINE)


@pytest.mark.parametrize(
    "other",
    [
        "BEGIN:VTODO\nDUE:nonsense\nEND:VTODO",
        "BEGIN:VFREEBUSY\nFREEBUSY:nonsense\nEND:VFREEBUSY",
        "BEGIN:X-OTHER\nDTSTART:nonsense\nBEGIN:X-PART\nDUE:x\nEND:X-PART\nEND:X-OTHER",
        "LAST-MODIFIED:nonsense\n of two lines",
        event(f"{HOUR}\nBEGIN:VALARM\nTRIGGER:nonsense\nEND:VALARM\nSTATUS:CANCELLED"),
    ],
)
def test_a_fault_in_what_is_no_entry_does_no_harm(other: str) -> None:
    assert read(other) == ([], [])


def test_what_the_library_can_not_read_is_found_among_many_and_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The cause doesn't matter: two of many entries make the library raise."""
    expand = reader._busy_time_of

    def fail(entry: object, wanted: object) -> object:
        found = expand(entry, wanted)  # type: ignore[arg-type]
        if found is not None and found.title.startswith("Bad"):
            raise ArithmeticError
        return found

    monkeypatch.setattr(reader, "_busy_time_of", fail)
    many = [event(f"{HOUR}\nSUMMARY:{each}", str(each)) for each in range(50)]
    bad = [event(f"{HOUR}\nSUMMARY:Bad {each}", f"bad {each}") for each in range(2)]
    times, unread = read(*many[:20], bad[0], *many[20:], bad[1])
    assert len(times) == 50
    assert unread == [("Bad 0", "unreadable"), ("Bad 1", "unreadable")]


def test_not_more_are_named_than_anybody_reads() -> None:
    many = [event(f"SUMMARY:{each}", str(each)) for each in range(MAX_UNREAD + 1)]
    assert len(read(*many)[1]) == MAX_UNREAD
