"""Reading calendar files, in the window of spring 2026, for a resource in Berlin."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from dibs.busy_times.busy_time import BusyTime, ReadingRequest
from dibs.busy_times.reader import (
    MAX_BUSY_TIMES,
    MAX_ENTRIES,
    NoCalendar,
    TooManyTimes,
    read_busy_times,
)

BERLIN = ZoneInfo("Europe/Berlin")
WINDOW = ReadingRequest(
    datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 5, 1, tzinfo=UTC), BERLIN, "book.example"
)

CUSTOM_ZONE = """
BEGIN:VTIMEZONE
TZID:Our office
BEGIN:STANDARD
DTSTART:19700101T000000
TZOFFSETFROM:+0530
TZOFFSETTO:+0530
TZNAME:OWN
END:STANDARD
END:VTIMEZONE
"""


def calendar(*parts: str) -> bytes:
    lines = "\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//x//x//EN", *parts])
    text = "\n".join(line for line in f"{lines}\nEND:VCALENDAR".splitlines() if line)
    return (text + "\n").replace("\n", "\r\n").encode()


def event(text: str, uid: str = "1@example.com") -> str:
    return f"BEGIN:VEVENT\nUID:{uid}\nDTSTAMP:20260101T000000Z\n{text.strip()}\nEND:VEVENT"


def read(*parts: str) -> list[BusyTime]:
    return list(read_busy_times(calendar(*parts), WINDOW).times)


def starts(*parts: str) -> list[str]:
    return [f"{each.starts_at:%m-%d %H:%M}" for each in read(*parts)]


def times(*parts: str) -> list[str]:
    return [f"{each.starts_at:%m-%d %H:%M} {each.ends_at:%m-%d %H:%M}" for each in read(*parts)]


def test_an_event_in_utc_with_its_title() -> None:
    found = read(event("DTSTART:20260310T090000Z\nDTEND:20260310T100000Z\nSUMMARY:Den\\, tist"))
    ten = datetime(2026, 3, 10, 10, tzinfo=UTC)
    assert found == [BusyTime(datetime(2026, 3, 10, 9, tzinfo=UTC), ten, "Den, tist")]


def test_a_duration_instead_of_an_end() -> None:
    found = times(event("DTSTART:20260310T090000Z\nDURATION:PT90M"))
    assert found == ["03-10 09:00 03-10 10:30"]


def test_an_event_without_length_keeps_nothing_busy() -> None:
    assert read(event("DTSTART:20260310T090000Z")) == []


@pytest.mark.parametrize(
    "line", ["TRANSP:TRANSPARENT", "STATUS:CANCELLED", "X-MICROSOFT-CDO-BUSYSTATUS:FREE"]
)
def test_what_keeps_nobody_busy(line: str) -> None:
    assert read(event(f"DTSTART:20260310T090000Z\nDTEND:20260310T100000Z\n{line}")) == []


@pytest.mark.parametrize("kind", ["PRIVATE", "CONFIDENTIAL"])
def test_a_private_event_has_no_title(kind: str) -> None:
    [found] = read(
        event(f"DTSTART:20260310T090000Z\nDTEND:20260310T100000Z\nSUMMARY:Doctor\nCLASS:{kind}")
    )
    assert found.title == ""


def test_our_own_bookings_are_left_out() -> None:
    text = "DTSTART:20260310T090000Z\nDTEND:20260310T100000Z"
    assert read(event(text, "AB12CD@book.example")) == []


def test_a_wall_time_follows_the_change_of_the_clock() -> None:
    """The entry is at ten in Berlin, before and after the clock change of 29 March."""
    weekly = (
        "DTSTART;TZID=Europe/Berlin:20260325T100000\nDTEND;TZID=Europe/Berlin:20260325T110000\n"
        "RRULE:FREQ=WEEKLY;COUNT=2"
    )
    assert starts(event(weekly)) == ["03-25 09:00", "04-01 08:00"]


def test_recurring_events_with_exceptions() -> None:
    weekly = (
        "DTSTART:20260302T090000Z\nDTEND:20260302T100000Z\nRRULE:FREQ=WEEKLY;COUNT=5\n"
        "EXDATE:20260309T090000Z"
    )
    moved = "RECURRENCE-ID:20260316T090000Z\nDTSTART:20260317T140000Z\nDTEND:20260317T150000Z"
    gone = "RECURRENCE-ID:20260323T090000Z\nDTSTART:20260323T090000Z\nDTEND:20260323T100000Z"
    found = starts(event(weekly), event(moved), event(f"{gone}\nSTATUS:CANCELLED"))
    assert found == ["03-02 09:00", "03-17 14:00", "03-30 09:00"]


def test_an_occurrence_may_be_free_while_its_series_is_not() -> None:
    daily = "DTSTART:20260302T090000Z\nDTEND:20260302T100000Z\nRRULE:FREQ=DAILY;COUNT=2"
    free = "RECURRENCE-ID:20260303T090000Z\nDTSTART:20260303T090000Z\nDTEND:20260303T100000Z"
    assert starts(event(daily), event(f"{free}\nTRANSP:TRANSPARENT")) == ["03-02 09:00"]


def test_additional_dates() -> None:
    found = starts(event("DTSTART:20260302T090000Z\nDURATION:PT1H\nRDATE:20260305T120000Z"))
    assert found == ["03-02 09:00", "03-05 12:00"]


def test_a_rule_without_an_end_is_read_until_the_end_of_the_window() -> None:
    """The rule began long before the window."""
    found = starts(
        event("DTSTART:20190101T090000Z\nDTEND:20190101T100000Z\nRRULE:FREQ=MONTHLY;BYMONTHDAY=15")
    )
    assert found == ["03-15 09:00", "04-15 09:00"]


def test_a_whole_day_is_one_of_the_resources_zone() -> None:
    found = times(
        event("DTSTART;VALUE=DATE:20260329\nDTEND;VALUE=DATE:20260330"),
        event("DTSTART;VALUE=DATE:20260310", "2@example.com"),
    )
    # The clock is put forward on 29 March: that day has 23 hours.
    assert found == ["03-09 23:00 03-10 23:00", "03-28 23:00 03-29 22:00"]


def test_times_without_a_zone_are_those_of_the_resources_zone() -> None:
    found = times(event("DTSTART:20260310T090000\nDTEND:20260310T100000"))
    assert found == ["03-10 08:00 03-10 09:00"]


def test_a_zone_that_only_the_file_knows() -> None:
    text = "DTSTART;TZID=Our office:20260310T100000\nDTEND;TZID=Our office:20260310T110000"
    assert times(CUSTOM_ZONE, event(text)) == ["03-10 04:30 03-10 05:30"]


def test_a_zone_that_nobody_knows_is_that_of_the_resource() -> None:
    text = "DTSTART;TZID=Nowhere/Land:20260310T100000\nDTEND;TZID=Nowhere/Land:20260310T110000"
    assert starts(event(text)) == ["03-10 09:00"]


def test_what_is_in_the_window_is_read_and_nothing_else() -> None:
    found = times(
        event("DTSTART:20260228T230000Z\nDTEND:20260301T010000Z", "a"),
        event("DTSTART:20260228T220000Z\nDTEND:20260301T000000Z", "b"),
        event("DTSTART:20260501T000000Z\nDTEND:20260501T010000Z", "c"),
        event("DTSTART:19000101T000000Z\nDTEND:29991231T010000Z", "d"),
    )
    assert found == ["03-01 00:00 03-01 01:00", "03-01 00:00 05-01 00:00"]


@pytest.mark.parametrize("end", [":99991231T000000Z", ";VALUE=DATE:99991231", ":40000229T000000"])
def test_until_further_notice_is_until_the_end_of_the_window(end: str) -> None:
    good = event("DTSTART:20260310T090000Z\nDTEND:20260310T100000Z", "a")
    without_end = event(f"DTSTART:20260401T000000Z\nDTEND{end}", "b")
    assert times(good, without_end) == ["03-10 09:00 03-10 10:00", "04-01 00:00 05-01 00:00"]


def test_the_same_time_twice_is_read_once() -> None:
    text = "DTSTART:20260310T090000Z\nDTEND:20260310T100000Z"
    assert starts(event(text, "a"), event(text, "b")) == ["03-10 09:00"]


@pytest.mark.parametrize(
    "file",
    [
        b"",
        b"<!doctype html><title>Sign in</title>",
        b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART:20260310T0900",
        calendar(event("DTSTART:20260310T090000Z"))[: -len("END:VCALENDAR\r\n")],
        calendar(event("DTSTART:20260310T090000Z"), "END:VEVENT"),
        calendar(CUSTOM_ZONE.replace("19700101", "tomorrow"), event("DTSTART:20260310T090000Z")),
        b"BEGIN:VEVENT\r\nDTSTART:20260310T090000Z\r\nEND:VEVENT\r\n",
        bytes(range(256)),
    ],
)
def test_what_is_no_calendar(file: bytes) -> None:
    with pytest.raises(NoCalendar):
        read_busy_times(file, WINDOW)


def test_an_empty_calendar_keeps_nothing_busy() -> None:
    assert read() == []


def test_titles_are_one_printable_line_of_limited_length() -> None:
    [found] = read(
        event(f"DTSTART:20260310T090000Z\nDURATION:PT1H\nSUMMARY:a\\n\x07 b {'x' * 500}")
    )
    assert found.title.startswith("a b xxx")
    assert len(found.title) == 200


def test_more_busy_times_than_are_read() -> None:
    every_ten_minutes = "DTSTART:20260101T000000Z\nDURATION:PT5M\nRRULE:FREQ=MINUTELY;INTERVAL=10"
    with pytest.raises(TooManyTimes):
        read(event(every_ten_minutes))
    assert MAX_BUSY_TIMES < 61 * 24 * 6


def test_more_entries_than_are_read() -> None:
    with pytest.raises(TooManyTimes):
        read_busy_times(b"BEGIN:VCALENDAR\r\n" + b"BEGIN:VEVENT\r\n" * (MAX_ENTRIES + 1), WINDOW)
