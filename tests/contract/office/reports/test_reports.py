"""The figures of reports, for few enough bookings to count by hand, on both databases."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert

from dibs.availability.wall import local_day
from dibs.desk import administration
from dibs.desk.office.reports import MAX_DAYS, DayRange, range_before
from dibs.errors import FieldError, Invalid, NotFound
from dibs.ledger.database import Transaction
from dibs.ledger.tables import audit
from tests.contract.office.conftest import Scene
from tests.contract.office.reports.books import (
    BERLIN,
    LEFT,
    MIA,
    RETIRED,
    ROOM,
    YOGA,
    Books,
    berlin,
    catalog,
)

pytestmark = pytest.mark.anyio
HOUR = timedelta(hours=1)


def of(rows: list[dict[str, Any]], group: str, number: int) -> dict[str, Any]:
    (found,) = (row for row in rows if (row["group"], row["id"]) == (group, number))
    return found


async def test_what_is_booked_is_counted_by_day(books: Books) -> None:
    await books.add("2026-05-04 00:00")
    await books.add("2026-05-04 23:30", "completed")
    await books.add("2026-05-05 10:00", "no_show")
    await books.add("2026-05-05 11:00", "cancelled")
    # Checkouts are not bookings: neither live ones, nor those that expired or were given up.
    await books.add("2026-05-05 12:00", "expired", customer_email=None, visitor="v")
    await books.add("2026-05-05 13:00", "cancelled", customer_email=None, visitor="v")
    deadline = datetime.now(UTC) + HOUR
    await books.add("2026-05-05 14:00", "pending", customer_email=None, deadline=deadline)
    # An erased customer still counts.
    await books.add("2026-05-05 15:00", "cancelled", customer_email=None, visitor=None)
    await books.add("2026-05-07 00:00")
    report = await books.report("bookings", "2026-05-04", "2026-05-06")
    assert report.table.rows == [
        {"day": "2026-05-04", "booked": 2, "cancelled": 0},
        {"day": "2026-05-05", "booked": 1, "cancelled": 2},
        {"day": "2026-05-06", "booked": 0, "cancelled": 0},
    ]
    assert report.table.totals == {"booked": 3, "cancelled": 2}
    assert report.before == DayRange(date(2026, 5, 1), date(2026, 5, 3))
    assert report.totals_before == {"booked": 0, "cancelled": 0}


@pytest.mark.parametrize(("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25)])
async def test_a_day_on_which_the_clock_changes_is_one_day(
    books: Books, day: str, hours: int
) -> None:
    """Each booking counts on its local day, and in the hour that the clock shows."""
    first, _ = local_day(date.fromisoformat(day), BERLIN)
    for number in range(-1, hours + 1):
        await books.add(first + number * HOUR)
    (row,) = await books.rows("bookings", day, day)
    assert row["booked"] == hours
    around = await books.report("bookings", "2026-03-01", "2026-10-31")
    assert {row["day"]: row["booked"] for row in around.table.rows if row["booked"]} == {
        str(date.fromisoformat(day) - timedelta(days=1)): 1,
        day: hours,
        str(date.fromisoformat(day) + timedelta(days=1)): 1,
    }
    shown = await books.rows("hours", day, day)
    counts = {row["hour"]: row["booked"] for row in shown if row["weekday"] == 7}
    assert len(shown) == 7 * 24
    assert sum(row["booked"] for row in shown) == hours
    assert counts == dict.fromkeys(range(24), 1) | {2: 0 if hours == 23 else 2}
    used = await books.rows("utilisation", day, day)
    assert of(used, "resource", MIA) == {
        "group": "resource",
        "id": MIA,
        "name": "Mia",
        "booked_minutes": hours * 60,
        "open_minutes": hours * 60,
        "share": 1.0,
    }


async def test_hours_are_those_of_the_business(books: Books) -> None:
    """In winter 23:30 UTC is half past midnight of the next day in Berlin, in summer half past
    one."""
    await books.add(datetime(2026, 1, 4, 23, 30, tzinfo=UTC))
    await books.add(datetime(2026, 7, 5, 23, 30, tzinfo=UTC))
    rows = await books.rows("hours", "2026-01-01", "2026-12-31")
    found = {(row["weekday"], row["hour"]): row["booked"] for row in rows if row["booked"]}
    assert found == {(1, 0): 1, (1, 1): 1}


@pytest.mark.parametrize(
    ("zone", "day", "hour"),
    [
        ("Pacific/Kiritimati", "2026-06-02", 0),
        ("America/Los_Angeles", "2026-06-01", 3),
        ("Asia/Kathmandu", "2026-06-01", 15),
        ("UTC", "2026-06-01", 10),
    ],
)
async def test_another_zone_has_other_days(
    scene: Scene, books: Books, zone: str, day: str, hour: int
) -> None:
    await administration.apply(scene.database, catalog(time_zone=zone))
    await books.add(datetime(2026, 6, 1, 10, tzinfo=UTC))
    rows = await books.rows("bookings", "2026-05-31", "2026-06-03")
    assert [row["day"] for row in rows if row["booked"]] == [day]
    hours = await books.rows("hours", "2026-05-31", "2026-06-03")
    assert [row["hour"] for row in hours if row["booked"]] == [hour]


async def test_a_booking_over_midnight_is_used_time_of_both_days(books: Books) -> None:
    await books.add("2026-05-04 23:30", minutes=60)
    for day in ("2026-05-04", "2026-05-05"):
        row = of(await books.rows("utilisation", day, day), "resource", MIA)
        assert (row["booked_minutes"], row["open_minutes"]) == (30, 1440)


async def test_the_seats_of_a_class_use_its_room_once(books: Books) -> None:
    for status in ("confirmed", "completed", "no_show", "cancelled"):
        await books.add("2026-05-04 10:00", status, service_id=YOGA, resource_id=ROOM)
    report = await books.report("utilisation", "2026-05-04", "2026-05-10")
    rows = list(report.table.rows)
    assert of(rows, "resource", ROOM)["booked_minutes"] == 60
    assert of(rows, "resource", ROOM)["open_minutes"] == 5 * 8 * 60
    assert of(rows, "service", YOGA)["share"] == round(60 / 2400, 4)
    assert of(rows, "resource", MIA)["booked_minutes"] == 0
    assert report.table.totals["open_minutes"] == 7 * 1440 + 2400


async def test_how_long_what_is_retired_was_open_is_unknown(scene: Scene, books: Books) -> None:
    await administration.apply(scene.database, catalog(with_retired=True))
    await books.add("2026-05-04 10:00", service_id=RETIRED, resource_id=LEFT)
    await administration.apply(scene.database, catalog())
    report = await books.report("utilisation", "2026-05-04", "2026-05-04")
    for group, number, name in (("resource", LEFT, "Leo"), ("service", RETIRED, "Perm")):
        row = of(list(report.table.rows), group, number)
        assert (row["name"], row["booked_minutes"]) == (name, 60)
        assert (row["open_minutes"], row["share"]) == (None, None)
    assert report.table.totals["booked_minutes"] == 0


async def test_lead_times_are_parted_and_have_a_middle(books: Books) -> None:
    leads = [-HOUR, timedelta(0), timedelta(minutes=59), HOUR, timedelta(days=1), 27 * 24 * HOUR]
    for number, lead in enumerate((*leads, 28 * 24 * HOUR)):
        await books.add(f"2026-05-04 {number + 8:02}:00", lead=lead)
    await books.add("2026-05-04 20:00", "cancelled", lead=90 * 24 * HOUR)
    report = await books.report("lead-times", "2026-05-04", "2026-05-04")
    counts = {row["from_minutes"]: row["booked"] for row in report.table.rows}
    assert list(counts.values()) == [1, 2, 1, 0, 1, 0, 0, 1, 1]
    assert report.table.totals == {"booked": 7, "median_minutes": 60}
    await books.add("2026-05-04 21:00", lead=3 * HOUR)
    report = await books.report("lead-times", "2026-05-04", "2026-05-04")
    assert report.table.totals["median_minutes"] == 120
    empty = await books.report("lead-times", "2026-06-04", "2026-06-04")
    assert empty.table.totals == {"booked": 0, "median_minutes": None}


async def test_no_shows_are_a_share_of_those_that_are_known(scene: Scene, books: Books) -> None:
    today = scene.clock.now()
    for days, status in enumerate(("completed", "completed", "completed", "no_show", "confirmed")):
        await books.add(today - timedelta(days=days + 1), status)
    await books.add(today + HOUR)
    first, last = str((today - timedelta(days=9)).date()), str((today + timedelta(days=2)).date())
    report = await books.report("no-shows", first, last)
    expected = {"over": 5, "completed": 3, "no_shows": 1, "unmarked": 1, "share": 0.25}
    assert report.table.totals == expected
    assert of(list(report.table.rows), "resource", MIA).items() >= expected.items()


async def test_it_is_told_who_cancelled(scene: Scene, books: Books) -> None:
    def say(tx: Transaction, number: int, actor: str) -> None:
        values = {"at": tx.now, "actor": actor, "action": "booking.cancelled", "details": "{}"}
        tx.connection.execute(insert(audit).values(booking_id=number, **values))

    for hour, actor in enumerate(("customer", "customer", "user", "owner", "key", "import", None)):
        number = await books.add(f"2026-05-04 {hour:02}:00", "cancelled")
        if actor is not None:
            await scene.database.write(say, number, actor)
    await books.add("2026-05-04 20:00", "completed")
    report = await books.report("cancellations", "2026-05-04", "2026-05-04")
    assert report.table.totals == {
        "booked": 8,
        "cancelled": 7,
        "by_customer": 2,
        "by_business": 3,
        "by_others": 2,
        "share": 0.875,
    }


async def test_requests_are_counted_by_what_became_of_them(scene: Scene, books: Books) -> None:
    """A request counts as a cancellation only if it was approved and then cancelled."""
    ends = {
        "approved": ("confirmed", [("booking.approved", "user")]),
        "approved, then cancelled": (
            "cancelled",
            [("booking.approved", "user"), ("booking.cancelled", "customer")],
        ),
        "declined": ("declined", [("booking.declined", "user")]),
        "declined by a program": ("declined", [("booking.declined", "key")]),
        "lapsed": ("declined", [("booking.declined", "clock")]),
        "withdrawn": ("cancelled", [("booking.withdrawn", "customer")]),
        "waiting": ("requested", []),
        "approved, moved and approved again": (
            "confirmed",
            [("booking.approved", "user"), ("booking.approved", "user")],
        ),
        "approved, moved and waiting": ("requested", [("booking.approved", "user")]),
        "approved, moved and declined": (
            "declined",
            [("booking.approved", "user"), ("booking.declined", "user")],
        ),
    }

    def say(tx: Transaction, number: int, action: str, actor: str) -> None:
        values = {"at": tx.now, "actor": actor, "action": action, "details": "{}"}
        tx.connection.execute(insert(audit).values(booking_id=number, **values))

    for hour, (status, said) in enumerate(ends.values()):
        start = f"2026-05-04 {hour:02}:00"
        until: dict[str, Any] = {"answer_until": berlin(start)} if status == "requested" else {}
        number = await books.add(start, status, **until)
        for action, actor in (("booking.requested", "visitor"), *said):
            await scene.database.write(say, number, action, actor)
    await books.add("2026-05-04 20:00")
    report = await books.report("requests", "2026-05-04", "2026-05-04")
    expected = {
        "requests": 10,
        "approved": 3,
        "declined": 3,
        "lapsed": 1,
        "withdrawn": 1,
        "waiting": 2,
        "share": 0.375,
    }
    assert report.table.totals == expected
    assert of(list(report.table.rows), "resource", MIA).items() >= expected.items()
    cancelled = (await books.report("cancellations", "2026-05-04", "2026-05-04")).table.totals
    assert (cancelled["booked"], cancelled["cancelled"], cancelled["by_customer"]) == (4, 1, 1)
    days = await books.report("bookings", "2026-05-04", "2026-05-04")
    assert days.table.totals == {"booked": 3, "cancelled": 1}


async def test_revenue_is_of_the_prices_that_were_kept(scene: Scene, books: Books) -> None:
    """The sums stay exact for amounts without an exact binary form; bookings without a price are
    included."""
    for hour in range(3):
        await books.add(f"2026-05-04 {hour:02}:00", "completed", price="0.10")
    await books.add("2026-05-04 04:00", "completed", price="999999999.99")
    await books.add("2026-05-04 05:00", price="75")
    await books.add("2026-05-04 06:00", price=None)
    await books.add("2026-05-04 07:00", "no_show", price="40.00")
    await books.add("2026-05-04 08:00", "cancelled", price="40.00")
    report = await books.report("revenue", "2026-05-04", "2026-05-04")
    assert report.table.totals == {
        "currency": "EUR",
        "completed": "1000000000.29",
        "expected": "75.00",
        "revenue": "1000000075.29",
        "bookings": 6,
        "unpriced": 1,
    }


async def test_bad_ranges_are_refused(books: Books) -> None:
    for first, last, code in (
        ("2026-05-02", "2026-05-01", "before_from"),
        ("2000-01-01", "2199-12-31", "too_far"),
        ("2026-01-01", str(date(2026, 1, 1) + timedelta(days=MAX_DAYS)), "too_far"),
    ):
        with pytest.raises(Invalid) as refused:
            await books.report("bookings", first, last)
        assert refused.value.errors == (FieldError("to", code),)
    with pytest.raises(NotFound):
        await books.report("profits", "2026-05-01", "2026-05-01")
    longest = str(date(2026, 1, 1) + timedelta(days=MAX_DAYS - 1))
    assert len(await books.rows("bookings", "2026-01-01", longest)) == MAX_DAYS


@pytest.mark.parametrize(
    ("days", "before"),
    [
        ("2026-05-04 2026-05-10", "2026-04-27 2026-05-03"),
        ("2026-03-01 2026-03-31", "2026-02-01 2026-02-28"),
        ("2026-01-01 2026-01-31", "2025-12-01 2025-12-31"),
        ("2026-01-01 2026-12-31", "2025-01-01 2025-12-31"),
        ("2025-12-01 2026-02-28", "2025-09-01 2025-11-30"),
        ("2000-01-01 2000-01-01", "1999-12-31 1999-12-31"),
    ],
)
def test_the_range_before_is_as_long(days: str, before: str) -> None:
    first, last = map(date.fromisoformat, days.split())
    assert range_before(DayRange(first, last)) == tuple(map(date.fromisoformat, before.split()))
