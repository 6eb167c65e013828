"""The reports of the office, in real Chromium: pictures, tables, date ranges, files and print."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.office_pages import Look, build_look, set_up_owner, sign_in
from tests.support.office import OfficeBrowser
from tests.support.server import Server

NewPage = Callable[..., Page]
#: In London the clock was put forward on 29 March 2026.
FIRST, DAYS = datetime(2026, 3, 1, tzinfo=UTC), 61
MARCH_TO_APRIL = "from=2026-03-01&to=2026-04-30"
EVIL = '=<img src=x onerror="document.title=1">\u202eevil'


@pytest.fixture
def look(pytestconfig: pytest.Config) -> Look:
    return build_look(pytestconfig)


@pytest.fixture
def books(server: Server) -> Server:
    """Start a server with two months of appointments of every kind and three days of visits."""
    set_up_owner(server).close()
    server.sql("UPDATE business SET time_zone = 'Europe/London', version = version + 1")
    statuses = ("completed",) * 8 + ("no_show", "cancelled", "confirmed", "completed")
    number = 0
    for day in range(DAYS):
        if (FIRST + timedelta(days=day)).isoweekday() == 7:
            continue
        for nth in range(2 + (day * 5) % 7):
            number += 1
            starts = FIRST + timedelta(days=day, hours=9 + (nth * 3 + day) % 8)
            server.sql(
                "INSERT INTO bookings (reference, status, token, claim, service_id, resource_id,"
                " starts_at, ends_at, price, customer_email, created_at, changed_at)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                f"R{number}",
                statuses[number % len(statuses)],
                f"R{number}",
                f"R{number}",
                number % 3 + 1,
                number % 2 + 1,
                starts,
                starts + timedelta(minutes=30),
                "45.50" if number % 5 else None,
                "ann@example.com",
                starts - timedelta(hours=number % 200),
                starts,
            )
    for day in (28, 29, 30):
        server.sql(
            "INSERT INTO visit_counts (day, held, checked_out, booked) VALUES (?, 20, 12, 9)",
            f"2026-04-{day}",
        )
    return server


@pytest.mark.parametrize(("width", "height", "dark"), [(390, 844, False), (1280, 860, True)])
def test_an_owner_looks_at_two_months(
    books: Server,
    new_page: NewPage,
    watch_errors: Callable[[Page], None],
    look: Look,
    width: int,
    height: int,
    dark: bool,
) -> None:
    page = new_page(width, height, dark)
    watch_errors(page)
    sign_in(page, books, f"/reports?{MARCH_TO_APRIL}")
    expect(page.locator(".report[aria-busy=false]")).to_have_count(8)
    expect(page.get_by_text("Compared with")).to_contain_text("Europe/London")
    look(page, "reports")

    days = page.get_by_role("region", name="Appointments by day")
    table = days.get_by_role("table")
    expect(table.get_by_role("row")).to_have_count(DAYS + 2)
    (total,) = books.sql(
        "SELECT count(*) FROM bookings WHERE status IN ('confirmed', 'completed', 'no_show')"
    )[0]
    expect(table.get_by_role("row").last.get_by_role("cell").first).to_have_text(str(total))
    expect(days.locator("svg rect.bar")).to_have_count(DAYS)
    days.get_by_role("button", name="as a table").click()
    expect(days.locator("svg")).to_have_count(0)
    look(page, "reports-table")

    funnel = page.get_by_role("region", name="From a first click to a booking")
    expect(funnel).to_contain_text("Counted on 3 of 61 days.")
    expect(funnel.get_by_role("row", name="Chose a time")).to_contain_text("60")
    expect(funnel.get_by_role("row", name="Booked")).to_contain_text("45%")

    with page.expect_download() as saving:
        days.get_by_role("link", name="Save “Appointments by day” as CSV").click()
    saved = Path(saving.value.path()).read_bytes().decode("utf-8-sig")
    lines = list(csv.DictReader(io.StringIO(saved)))
    assert len(lines) == DAYS
    assert sum(int(line["booked"]) for line in lines) == total


def test_ranges_are_chosen_by_name_and_by_day(books: Server, new_page: NewPage) -> None:
    page = new_page()
    sign_in(page, books, "/reports")
    expect(page.get_by_label("Range")).to_have_value("last30")
    page.get_by_label("Range").select_option("year")
    expect(page.get_by_label("From", exact=True)).to_have_value(f"{datetime.now(UTC).year}-01-01")
    expect(page.get_by_role("heading", name="Appointments by week")).to_be_visible()
    page.get_by_label("From", exact=True).fill("2026-03-29")
    page.get_by_label("To", exact=True).fill("2026-03-29")
    expect(page).to_have_url(f"{books.url}/office/reports?from=2026-03-29&to=2026-03-29")
    expect(page.get_by_label("Range")).to_have_value("other")
    expect(page.get_by_text("None in this range.").first).to_be_visible()
    page.get_by_label("To", exact=True).fill("2026-03-28")
    expect(page.get_by_text("The range ends before it begins.")).to_be_visible()
    page.get_by_label("To", exact=True).fill("2026-04-28")
    expect(page.get_by_text("The range ends before it begins.")).to_have_count(0)
    page.get_by_label("From", exact=True).fill("2015-04-28")
    expect(page.get_by_role("alert").first).to_be_visible()
    page.get_by_label("Range").select_option("lastMonth")
    expect(page.get_by_role("alert")).to_have_count(0)
    page.reload()
    expect(page.get_by_label("Range")).to_have_value("lastMonth")


def test_what_was_not_counted_is_unknown(books: Server, new_page: NewPage) -> None:
    page = new_page()
    sign_in(page, books, "/reports?from=2026-03-01&to=2026-03-31")
    funnel = page.get_by_role("region", name="From a first click to a booking")
    expect(funnel).to_contain_text("Nothing was counted on these days.")
    share = page.locator(".overview > div", has_text="Visits with a booking")
    expect(share.locator("dd").first).to_have_text("unknown")


def test_names_are_names(books: Server, new_page: NewPage, look: Look) -> None:
    """Names are never markup or formulas, and a character that turns the text direction affects
    only its own cell."""
    books.sql("UPDATE resources SET name = ?, version = version + 1 WHERE id = 1", EVIL)
    books.sql("UPDATE services SET name = ? WHERE id = 1", EVIL + "x" * 150)
    books.sql("UPDATE business SET version = version + 1")
    page = new_page(390, 844)
    sign_in(page, books, f"/reports?{MARCH_TO_APRIL}")
    use = page.get_by_role("region", name="Open time that is booked")
    expect(use.get_by_text(EVIL, exact=True)).to_be_visible()
    expect(page).to_have_title("Reports · Office")
    look(page, "reports-evil")
    owner = OfficeBrowser(books.url)
    owner.http.cookies.update({each["name"]: each["value"] for each in page.context.cookies()})
    text = owner.get(f"/reports/utilisation.csv?{MARCH_TO_APRIL}").content.decode("utf-8-sig")
    owner.close()
    names = [line["name"] for line in csv.DictReader(io.StringIO(text))]
    assert f"'{EVIL}" in names
    assert not any(name.startswith("=") for name in names)


def test_reports_at_twice_the_size_from_right_to_left_and_on_paper(
    books: Server, new_page: NewPage, look: Look
) -> None:
    page = new_page(640, 430)
    sign_in(page, books, f"/reports?{MARCH_TO_APRIL}")
    page.evaluate("document.documentElement.dir = 'rtl'")
    expect(page.locator(".report[aria-busy=false]")).to_have_count(8)
    look(page, "reports-rtl")
    page.emulate_media(media="print")
    expect(page.locator(".menu")).to_be_hidden()
    expect(page.get_by_role("region", name="Revenue")).to_be_visible()
    expect(page.locator(".print-only")).to_be_visible()
