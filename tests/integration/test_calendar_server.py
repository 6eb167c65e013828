"""A real calendar server accepts the entries of letters, and their changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from icalendar import Calendar

from dibs.letters.calendar_file import calendar_file
from dibs.letters.letter import Appointment, Business, LetterKind
from dibs.letters.samples import sample_letter
from dibs.letters.writer import LetterWriter
from tests.support.days import at, working_day
from tests.support.letters import calendar_of
from tests.support.mail import MailSink
from tests.support.radicale_server import RadicaleServer
from tests.support.server import Server
from tests.support.waiting import until

ANN = "ann@example.com"


@pytest.fixture(scope="module")
def radicale() -> Iterator[RadicaleServer]:
    server = RadicaleServer()
    yield server
    server.remove()


def write_calendar(kind: LetterKind, sequence: int) -> bytes:
    """Return the calendar file of a letter. Each change of the booking moves it an hour later."""
    letter = sample_letter(kind, "customer")
    later = timedelta(hours=sequence)
    appointment = replace(
        letter.appointment,
        service="Massage, 60 min; Zoë 🦊",
        sequence=sequence,
        starts_at=letter.appointment.starts_at + later,
        ends_at=letter.appointment.ends_at + later,
        changed_at=letter.appointment.changed_at + later,
    )
    return calendar_of(LetterWriter().write(replace(letter, appointment=appointment)))


def the_entry(radicale: RadicaleServer) -> Any:
    (entry,) = Calendar.from_ical(radicale.read_calendar()).walk("VEVENT")
    return entry


def test_a_move_replaces_the_entry_and_a_cancellation_ends_it(radicale: RadicaleServer) -> None:
    start = sample_letter("confirmed", "customer").appointment.starts_at
    steps: tuple[LetterKind, ...] = ("confirmed", "moved", "moved", "cancelled")
    for sequence, kind in enumerate(steps):
        assert radicale.put("entry", write_calendar(kind, sequence)) in (201, 204)
        entry = the_entry(radicale)
        assert entry["SEQUENCE"] == sequence
        assert str(entry["SUMMARY"]) == "Massage, 60 min; Zoë 🦊, Studio Linden"
        assert entry["DTSTART"].dt.astimezone(UTC) == start + timedelta(hours=sequence)
        assert str(entry["STATUS"]) == ("CANCELLED" if kind == "cancelled" else "CONFIRMED")
    # The server knows the entry by its UID, so it refuses a second entry with that UID.
    assert radicale.put("other", write_calendar("moved", 9)) == 409
    radicale.remove_entry("entry")


@pytest.fixture
def sink() -> Iterator[MailSink]:
    sink = MailSink()
    yield sink
    sink.stop()


def test_a_calendar_follows_the_letters_of_a_booking(
    radicale: RadicaleServer,
    sink: MailSink,
    start_server: Callable[..., Server],
) -> None:
    day = working_day()
    server = start_server(smtp_url=sink.url, mail_from="studio@dibs.example")
    ann = server.visitor()
    booking = ann.book(at("10:00", day), email=ANN).json()
    name = booking["reference"]
    assert radicale.put(name, invitation(sink, 1, "REQUEST")) == 201
    (entry,) = radicale.entries_at(at("10:00", day))
    ann.reschedule(booking, at("11:00", day))
    assert radicale.put(name, invitation(sink, 2, "REQUEST")) in (201, 204)
    ann.reschedule(booking, at("14:00", day))
    assert radicale.put(name, invitation(sink, 3, "REQUEST")) in (201, 204)
    assert radicale.entries_at(at("10:00", day)) == radicale.entries_at(at("11:00", day)) == []
    (moved,) = radicale.entries_at(at("14:00", day))
    assert (moved.uid, moved.start, moved.sequence) == (entry.uid, at("14:00", day), 2)
    ann.cancel(booking)
    assert radicale.put(name, invitation(sink, 4, "CANCEL")) in (201, 204)
    (cancelled,) = radicale.entries_at(at("14:00", day))
    assert (cancelled.uid, cancelled.status, cancelled.sequence) == (entry.uid, "CANCELLED", 3)
    radicale.remove_entry(name)


def invitation(sink: MailSink, count: int, method: str) -> bytes:
    """Return the calendar file of a letter, given the number of the letter and its expected
    method."""
    until(lambda: len(sink.messages_to(ANN)) >= count, f"{count} letters have come")
    letter = sink.messages_to(ANN)[count - 1]
    (part, attached) = (
        each for each in letter.walk() if each.get_content_type() == "text/calendar"
    )
    assert part.get_param("method") == attached.get_param("method") == method
    calendar = Calendar.from_ical(part.get_content())
    assert str(calendar["method"]) == method
    (event,) = calendar.walk("VEVENT")
    assert str(event["organizer"]) == "mailto:studio@example.com"
    assert str(event["attendee"]) == f"mailto:{ANN}"
    # Mail programs remove the method when they store an entry.
    del calendar["method"]
    stored: bytes = calendar.to_ical()
    return stored


@pytest.mark.parametrize(
    ("zone", "instant"),
    [
        ("Europe/Berlin", "2027-03-28T00:30+00:00"),  # half an hour before the clock is put forward
        ("Europe/Berlin", "2027-03-28T01:00+00:00"),  # the first instant after
        ("Europe/Berlin", "2027-10-31T00:30+00:00"),  # 02:30 for the first time
        ("Europe/Berlin", "2027-10-31T01:30+00:00"),  # 02:30 for the second time
        ("America/New_York", "2027-03-14T07:00+00:00"),
        ("America/New_York", "2027-11-07T05:30+00:00"),
        ("America/New_York", "2027-11-07T06:30+00:00"),
        ("Australia/Lord_Howe", "2027-04-03T14:45+00:00"),  # clocks turn by half an hour there
        ("Australia/Lord_Howe", "2027-10-02T15:30+00:00"),
    ],
)
def test_the_server_finds_an_entry_at_its_instant_on_days_of_clock_changes(
    radicale: RadicaleServer, zone: str, instant: str
) -> None:
    start = datetime.fromisoformat(instant)
    name = f"{zone.partition('/')[2]}-{start:%Y%m%d%H%M}"
    appointment = Appointment(
        *(name, "Haircut", "Mia", None, start, start + timedelta(minutes=10)),
        *("Ann Lee", "ann@example.com", None, "confirmed", 0, datetime(2027, 1, 1, tzinfo=UTC)),
    )
    business = Business("Studio", "studio@example.com", zone)
    file = calendar_file(business, [appointment], "REQUEST", "book.example")
    assert radicale.put(name, file) == 201
    (entry,) = radicale.entries_at(start)
    assert entry.uid == f"{name}@book.example"
    assert isinstance(entry.start, datetime)
    # Compare in UTC: a time that the clock shows twice never equals an instant in another zone in
    # Python.
    assert entry.start.astimezone(UTC) == start
    for hours in (-1, -0.5, 0.5, 1):
        assert radicale.entries_at(start + timedelta(hours=hours)) == []
    radicale.remove_entry(name)
