"""What calendar programs read in the files: times, changes and attendees."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import vobject
from icalendar import Calendar

from dibs.letters.calendar_file import calendar_file
from dibs.letters.calendar_links import google_url, outlook_url
from dibs.letters.letter import Business
from dibs.letters.samples import sample_appointment, sample_business, sample_letter
from dibs.letters.writer import LetterWriter
from tests.support.letters import calendar_of, unfold, with_names

HOST = "book.example.com"
#: The days on which the clock changes, in both directions.
CHANGE_DAYS = [
    ("Europe/Berlin", datetime(2027, 3, 27, 20, tzinfo=UTC)),
    ("Europe/Berlin", datetime(2027, 10, 30, 20, tzinfo=UTC)),
    ("America/New_York", datetime(2027, 3, 14, 2, tzinfo=UTC)),
    ("America/New_York", datetime(2027, 11, 7, 1, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2027, 4, 3, 9, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2027, 10, 2, 9, tzinfo=UTC)),
]


@pytest.mark.parametrize(("zone", "first"), CHANGE_DAYS)
def test_every_start_around_a_clock_change_is_that_instant(zone: str, first: datetime) -> None:
    """The times are read by the rules in the file alone: no program knows the zone's name."""
    business = Business("Studio", "a@example.com", zone)
    starts = [first + timedelta(minutes=30 * step) for step in range(24)]
    shown = [
        replace(
            sample_appointment(),
            reference=f"R{number}",
            starts_at=start,
            ends_at=start + timedelta(minutes=30),
        )
        for number, start in enumerate(starts)
    ]
    file = calendar_file(business, shown, None, HOST).decode()
    unknown = file.replace(zone, f"Nowhere/{zone}-{first:%Y-%m}")
    one: Any = Calendar.from_ical(unknown)
    rules = one.timezones[0].to_tz(lookup_tzid=False)
    entries = zip(one.walk("VEVENT"), vobject.readOne(unknown).vevent_list, starts, strict=True)
    for event, other, start in entries:
        for field, instant in (("DTSTART", start), ("DTEND", start + timedelta(minutes=30))):
            value = event[field].dt
            if "TZID" in event[field].params:
                value = value.replace(tzinfo=rules)
            assert value.astimezone(UTC) == instant
            assert getattr(other, field.lower()).value.astimezone(UTC) == instant


def test_the_entry_has_the_wall_time_of_the_business() -> None:
    written = LetterWriter().write(sample_letter("confirmed", "customer"))
    lines = unfold(calendar_of(written))
    assert "DTSTART;TZID=Europe/Berlin:20261202T140000" in lines
    assert "TZID:Europe/Berlin" in lines


def test_moves_and_a_cancellation_are_of_one_entry() -> None:
    writer = LetterWriter()
    first = sample_letter("confirmed", "customer")
    files = []
    for sequence, kind in enumerate(("confirmed", "moved", "moved", "moved", "cancelled")):
        appointment = replace(
            first.appointment,
            sequence=sequence,
            changed_at=first.appointment.changed_at + timedelta(hours=sequence),
            status="cancelled" if kind == "cancelled" else "confirmed",
        )
        letter = replace(sample_letter(kind, "customer"), appointment=appointment)  # type: ignore[arg-type]
        written = writer.write(letter)
        file = Calendar.from_ical(calendar_of(written))
        assert file["METHOD"] == written.calendar_method
        files.append(file)
    events: list[Any] = [file.walk("VEVENT")[0] for file in files]
    assert {str(event["UID"]) for event in events} == {f"K7QF-3XWD@{HOST}"}
    assert [event["SEQUENCE"] for event in events] == [0, 1, 2, 3, 4]
    stamps = [event["DTSTAMP"].dt for event in events]
    assert stamps == sorted(set(stamps))
    assert [str(file["METHOD"]) for file in files] == ["REQUEST"] * 4 + ["CANCEL"]
    assert [str(event["STATUS"]) for event in events] == ["CONFIRMED"] * 4 + ["CANCELLED"]
    for event in events:
        assert event["ORGANIZER"] == "mailto:hello@example.com"
        assert event["ATTENDEE"] == "mailto:ann@example.org"


@pytest.mark.parametrize("method", ["REQUEST", "CANCEL", None])
@pytest.mark.parametrize(
    "name", ['O\'Neil, "Zoë"; \\n <b>', "🌊" * 60, "x" * 66, "x" * 67, "מרים\u200f", "two\nlines"]
)
def test_a_file_is_written_as_the_library_that_reads_it_writes_it(
    name: str, method: str | None
) -> None:
    letter = with_names(sample_letter("cancelled", "customer"), name.replace("\n", " "))
    shown = [replace(letter.appointment, place=name), sample_appointment()]
    for for_staff in (True, False):
        file = calendar_file(letter.business, shown, method, HOST, for_staff=for_staff)
        read: Any = Calendar.from_ical(file)
        assert read.to_ical() == file
        (first, _) = read.walk("VEVENT")
        assert str(first["LOCATION"]) == name


def test_two_guests_of_a_class_know_nothing_of_each_other() -> None:
    business = sample_business()
    ann = sample_appointment()
    ben = replace(ann, reference="BEN", customer_name="Ben", customer_email="ben@example.org")
    files = [calendar_file(business, [each], "REQUEST", HOST).decode() for each in (ann, ben)]
    assert "ben@" not in files[0]
    assert "ann@" not in files[1]
    assert len({line for file in files for line in file.split("\r\n") if "UID" in line}) == 2


def test_staff_and_a_business_without_an_address_get_a_file_to_keep() -> None:
    """These files invite nobody, so no calendar program sends an answer."""
    staff = sample_letter("confirmed", "staff")
    customer = sample_letter("confirmed", "customer")
    nameless = replace(customer, business=replace(customer.business, email=None))
    for letter in (staff, nameless):
        written = LetterWriter().write(letter)
        lines = unfold(calendar_of(written))
        assert written.calendar_method == "PUBLISH"
        assert "METHOD:PUBLISH" in lines
        assert not [line for line in lines if line.startswith("ATTENDEE")]


def test_a_reminder_has_no_calendar_file() -> None:
    assert LetterWriter().write(sample_letter("reminder", "customer")).calendar is None


def test_links_carry_the_appointment_whatever_signs_it_has() -> None:
    name = "R&D + 1, Zoë 🦊 #?"
    appointment = replace(sample_appointment(), service=name, place=name)
    google = parse_qs(urlsplit(google_url(sample_business(), appointment)).query)
    outlook = parse_qs(urlsplit(outlook_url(sample_business(), appointment)).query)
    assert google["text"] == outlook["subject"] == [f"{name}, Studio Linden"]
    assert google["location"] == outlook["location"] == [name]
    assert google["dates"] == ["20261202T130000Z/20261202T140000Z"]
    assert outlook["startdt"] == ["2026-12-02T13:00:00Z"]
    assert "+" not in outlook_url(sample_business(), appointment)
