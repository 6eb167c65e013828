"""Which bookings a change of the catalog affects, and which services nobody can ever book."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from dibs import catalog_file
from dibs.desk.catalog_effects import Concern, find_concerned, find_unbookable
from dibs.ledger.bookings import Booking, Customer

STUDIO = """
[business]
name = "Studio"
time_zone = "Europe/Berlin"

[[services]]
id = 1
name = "Haircut"
duration = 60
resources = [1, 2]

[[services]]
id = 2
name = "Yoga"
duration = 60
capacity = 5
resources = [1]

[[resources]]
id = 1
name = "Mia"
[resources.hours]
mon = ["09:00-17:00"]

[[resources]]
id = 2
name = "Zoe"
[resources.hours]
mon = ["09:00-17:00"]
"""
NOW = datetime(2026, 12, 1, tzinfo=UTC)
NOON = datetime(2026, 12, 7, 11, tzinfo=UTC)  # in Berlin, on a Monday
MONDAY = date(2026, 12, 7)


def build_booking(number: int = 1, service: int = 1, starts_at: datetime = NOON) -> Booking:
    return Booking(
        id=number,
        reference=f"AAAAA-{number:05}",
        status="confirmed",
        token=str(number),
        claim="",
        visitor=None,
        deadline=None,
        service_id=service,
        resource_id=1,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=1),
        price=None,
        customer=Customer("Ann Lee", "ann@example.com"),
    )


def list_concerned(changed: str, *upcoming: Booking, before: str = STUDIO) -> list[Concern]:
    return find_concerned(catalog_file.parse(before), catalog_file.parse(changed), upcoming, NOW)


def change(*pairs: tuple[str, str]) -> str:
    text = STUDIO
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new, 1)
    return text


def cut_text(begin: str, end: str, text: str = STUDIO) -> str:
    before, _, rest = text.partition(begin)
    return before + rest[rest.index(end) :]


CLOSURE = "[[closures]]\nfrom = 2026-12-07T11:30:00\nto = 2026-12-07T16:00:00\n"
CLOSED = "it is closed from 2026-12-07 11:30 to 2026-12-07 16:00 Europe/Berlin"
MONDAYS = 'mon = ["09:00-17:00"]'


@pytest.mark.parametrize(
    ("changed", "reasons"),
    [
        (STUDIO + CLOSURE, [CLOSED]),
        (STUDIO + CLOSURE + 'reason = "Repairs"\nresource = 1\n', [CLOSED + " (Repairs)"]),
        (change((MONDAYS, 'mon = ["09:00-12:30"]')), ["it is outside the opening hours"]),
        (
            change((MONDAYS, f'{MONDAYS}\n[resources.overrides]\n"{MONDAY}" = []')),
            ["it is outside the opening hours"],
        ),
        (change(("Europe/Berlin", "Asia/Tokyo")), ["it is outside the opening hours"]),
        (cut_text("[[services]]\nid = 1", "[[services]]\nid = 2"), ["the service is retired"]),
        (
            cut_text(
                "[[resources]]\nid = 1",
                "[[resources]]\nid = 2",
                change(("[1, 2]", "[2]"), ("resources = [1]", "resources = [2]")),
            ),
            ["Mia is retired"],
        ),
        (change(("[1, 2]", "[2]")), ["Mia no longer offers the service"]),
        (
            change(("[1, 2]", "[2]")) + CLOSURE,
            ["Mia no longer offers the service", CLOSED],
        ),
    ],
)
def test_a_booking_that_no_longer_fits_is_named_with_the_reasons(
    changed: str, reasons: list[str]
) -> None:
    (found,) = list_concerned(changed, build_booking())
    assert found.reference == "AAAAA-00001"
    assert list(found.reasons) == reasons
    assert (found.service, found.resource) == ("Haircut", "Mia")
    assert found.starts_at == NOON
    assert found.time_zone == catalog_file.parse(changed).business.time_zone
    assert "Ann" not in repr(found)


@pytest.mark.parametrize(
    ("change_of_class", "reason"),
    [
        ("duration = 60\ncapacity = 1", "the class has fewer seats now (1) than are booked (2)"),
        (
            "duration = 65\ncapacity = 5",
            "the class lasts 65 minutes now, and the booking keeps its 60",
        ),
        (
            "duration = 60\nbuffer_after = 10\ncapacity = 5",
            "the buffers of the class are others now, and the booking keeps the old ones",
        ),
    ],
)
def test_the_seats_of_a_class_that_becomes_another_are_named(
    change_of_class: str, reason: str
) -> None:
    changed = change(("duration = 60\ncapacity = 5", change_of_class))
    found = list_concerned(changed, build_booking(1, 2), build_booking(2, 2), build_booking(3, 1))
    assert [(each.reference[-1], each.reasons) for each in found] == [
        ("1", (reason,)),
        ("2", (reason,)),
    ]


@pytest.mark.parametrize(
    "changed",
    [
        STUDIO,
        change(("Haircut", "Cut")),
        change(
            (
                "[business]",
                "[business]\nemail = 'a@example.com'\nletters = ['new']\nreminders = []",
            ),
            ("duration = 60", "duration = 60\nreminders = [60]\nplace = 'Main Street'"),
            ('name = "Mia"', 'name = "Mia"\nemail = "mia@example.com"'),
        ),
        change(("duration = 60", "duration = 60\nprice = '20.00'")),
        change(("duration = 60", "duration = 45")),
        change(("capacity = 5", "capacity = 9")),
        change(("capacity = 5", "capacity = 1")),
        change((MONDAYS, 'mon = ["12:00-13:00"]')),
        STUDIO + "[[closures]]\nfrom = 2026-12-08\nto = 2026-12-09\n",
        STUDIO + "[[closures]]\nfrom = 2026-12-07T13:00:00\nto = 2026-12-07T14:00:00\n",
        STUDIO + CLOSURE + "resource = 2\n",
    ],
)
def test_a_booking_that_still_fits_is_not_named(changed: str) -> None:
    assert list_concerned(changed, build_booking(), build_booking(2, 2)) == []


def test_what_was_so_before_is_not_named_again() -> None:
    closed = STUDIO + CLOSURE
    later = closed + "[[closures]]\nfrom = 2026-12-21\nto = 2026-12-21\n"
    assert list_concerned(later, build_booking(), before=closed) == []
    night = build_booking(starts_at=NOON + timedelta(hours=10))
    assert list_concerned(change((MONDAYS, 'mon = ["10:00-17:00"]')), night) == []


@pytest.mark.parametrize(
    ("pairs", "reason"),
    [
        ([("[1, 2]", "[]")], "it has no resources"),
        (
            [("duration = 60", "duration = 60\nminimum_notice = 4320\nbooking_window_days = 2")],
            "its minimum_notice of 4320 minutes is longer than its booking_window_days of 2",
        ),
        (
            [("duration = 60", "duration = 500")],
            "it lasts 500 minutes, and its resources are open for 480 at a stretch at most",
        ),
        ([(MONDAYS, ""), (MONDAYS, "")], "none of its resources has opening hours"),
    ],
)
def test_a_service_that_can_never_be_booked_is_named(
    pairs: list[tuple[str, str]], reason: str
) -> None:
    first, *_ = find_unbookable(catalog_file.parse(change(*pairs)), MONDAY)
    assert first == f"service 1 Haircut can never be booked: {reason}"


@pytest.mark.parametrize(
    "pairs",
    [
        [],
        [("duration = 60", "duration = 480")],
        [("duration = 60", "duration = 60\nminimum_notice = 4319\nbooking_window_days = 2")],
        [("duration = 60", "duration = 60\nminimum_notice = 500000")],
        [("duration = 60", "duration = 500"), (MONDAYS, 'mon = ["08:00-12:00", "12:00-17:00"]')],
        [
            ("duration = 60", "duration = 500"),
            (MONDAYS, 'sun = ["19:00-24:00"]\nmon = ["00:00-04:00"]'),
        ],
        [
            ("duration = 60", "duration = 500"),
            (MONDAYS, f'{MONDAYS}\n[resources.overrides]\n"{MONDAY}" = ["08:00-17:00"]'),
        ],
        [(MONDAYS, f'{MONDAYS}\n[resources.overrides]\n"9999-12-31" = []\n"{MONDAY}" = []')],
    ],
)
def test_a_service_that_can_be_booked_some_day_is_not_named(pairs: list[tuple[str, str]]) -> None:
    assert list(find_unbookable(catalog_file.parse(change(*pairs)), MONDAY)) == []
