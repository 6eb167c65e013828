"""The week of all resources in the office, in real Chromium: live updates, keyboard, phones and
print."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.calendar_pages import DAY, book
from tests.browser.office_pages import Look, build_look, set_up_owner, sign_in
from tests.support.calendar_host import CalendarHost, calendar_host, calendar_of, hour
from tests.support.days import at, wire
from tests.support.office import OfficeBrowser
from tests.support.server import Server
from tests.support.waiting import until

OpenCalendar = Callable[..., Page]
WEEK = "&view=week"


@pytest.fixture
def look(pytestconfig: pytest.Config) -> Look:
    return build_look(pytestconfig)


@pytest.fixture
def host() -> Iterator[CalendarHost]:
    with calendar_host() as found:
        yield found


def cell(page: Page, resource: int) -> Locator:
    return page.locator(f'[data-cell="{resource}/{DAY}"]')


def line(page: Page, resource: int, text: str) -> Locator:
    return cell(page, resource).locator(".cal-week-line").filter(has_text=text)


def close(owner: OfficeBrowser, reason: str, resource: int | None, begin: str, end: str) -> None:
    times = {"starts_at": wire(at(begin)), "ends_at": wire(at(end))}
    answer = owner.post("/closures", {"resource_id": resource, "reason": reason, **times})
    assert answer.status_code == 201, answer.text


@pytest.mark.parametrize(
    ("width", "height", "dark"), [(1280, 860, False), (1280, 860, True), (390, 844, False)]
)
def test_all_that_is_known_of_a_week_is_shown_and_stays_live(
    start_server: Callable[..., Server],
    new_page: Callable[..., Page],
    host: CalendarHost,
    look: Look,
    width: int,
    height: int,
    dark: bool,
) -> None:
    server = start_server(calendar_hosts=f"localhost:{host.port}")
    owner = set_up_owner(server)
    host.files["/a.ics"] = calendar_of(hour(at("15:00"), "Choir"))
    about = {"resource_id": 1, "name": "Private", "address": f"{host.url}/a.ics"}
    assert owner.post("/calendar-subscriptions", about).status_code == 201
    book(owner, "09:00")
    close(owner, "Dentist", 2, "14:00", "15:00")
    page = new_page(width, height, dark)
    sign_in(page, server, f"/calendar?day={DAY}{WEEK}")
    shown = page.locator(".cal-week-line, .cal-line")
    for text in ("Ann Lee", "Closed: Dentist", "Busy elsewhere: Choir"):
        expect(shown.filter(has_text=text)).to_have_count(1)
    # Changes by others appear at once, and the address of the page stays the same.
    assert server.visitor().hold("10:00").status_code == 201
    expect(shown.filter(has_text="Someone is choosing")).to_be_visible()
    assert server.visitor().check_out("11:00").status_code == 201
    expect(shown.filter(has_text="Being booked")).to_be_visible()
    later = book(owner, "13:00", "Bo Other", service_id=2, resource_id=2)
    expect(shown.filter(has_text="Bo Other")).to_be_visible()
    look(page, f"week-of-all-{'dark' if dark else 'light'}")
    assert owner.post(f"/bookings/{later['reference']}/cancel").is_success
    expect(shown.filter(has_text="Bo Other")).to_have_count(0)
    owner.close()


def test_the_week_is_walked_by_arrow_keys_and_booked_by_enter(
    owner: OfficeBrowser, open_calendar: OpenCalendar
) -> None:
    book(owner, "10:00")
    book(owner, "11:00", "Bo Other", service_id=2, resource_id=2)
    page = open_calendar(WEEK)
    expect(line(page, 1, "Ann Lee")).to_be_visible()
    table = page.get_by_role("table")
    expect(table.locator('[tabindex="0"]')).to_have_count(1)
    expect(table.locator("thead th")).to_have_count(7)
    table.locator("thead a").first.focus()
    for _ in range(DAY.weekday()):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    expect(line(page, 1, "Ann Lee")).to_be_focused()
    expect(table.locator('[tabindex="0"]')).to_have_count(1)
    page.keyboard.press("ArrowDown")
    expect(cell(page, 1).get_by_role("button", name="New booking")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(line(page, 2, "Bo Other")).to_be_focused()
    page.keyboard.press("Enter")
    details = page.get_by_role("dialog", name="Bo Other")
    expect(details).to_be_visible()
    page.keyboard.press("Escape")
    expect(line(page, 2, "Bo Other")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="New booking")
    dialog.get_by_label("Name").fill("Kay Board")
    dialog.get_by_label("Name").press("Enter")
    expect(line(page, 2, "Kay Board")).to_be_visible()
    expect(cell(page, 2).get_by_role("button", name="New booking")).to_be_focused()
    page.keyboard.press("Home")
    expect(page.get_by_role("link", name="Mike Wilson")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".cal-head")).to_have_count(7)
    expect(page).to_have_url(re.compile("who=2"))


def test_who_closes_a_dialog_and_goes_on_at_once_keeps_the_focus(
    owner: OfficeBrowser, open_calendar: OpenCalendar
) -> None:
    """The browser says that a dialog is closed only after it has given the focus back."""
    book(owner, "10:00")
    page = open_calendar(WEEK)
    line(page, 1, "Ann Lee").click()
    expect(page.get_by_role("dialog", name="Ann Lee")).to_be_visible()
    add = cell(page, 1).get_by_role("button", name="New booking")
    add.evaluate("add => { document.querySelector('dialog[open]').close(); add.focus(); }")
    expect(page.locator("dialog")).to_have_count(0)
    expect(add).to_be_focused()


def test_the_week_runs_from_right_to_left(
    owner: OfficeBrowser, open_calendar: OpenCalendar, look: Look
) -> None:
    book(owner, "10:00", "مريم العلي")
    page = open_calendar(WEEK, direction="rtl")
    expect(line(page, 1, "مريم العلي")).to_be_visible()
    heads = page.locator(".cal-week thead a")
    first, last = heads.first.bounding_box(), heads.last.bounding_box()
    assert first is not None
    assert last is not None
    assert first["x"] > last["x"]
    heads.first.focus()
    page.keyboard.press("ArrowLeft")
    expect(heads.nth(1)).to_be_focused()
    look(page, "week-of-all-right-to-left")


def test_some_people_are_chosen_and_their_days_are_a_click_away(
    owner: OfficeBrowser, open_calendar: OpenCalendar
) -> None:
    book(owner, "10:00")
    page = open_calendar(WEEK)
    rows = page.locator(".cal-week tbody tr")
    expect(rows).to_have_count(4)
    page.locator("summary").filter(has_text="Everybody").click()
    page.get_by_role("checkbox", name="Sarah Johnson").check()
    page.get_by_role("checkbox", name="Mike Wilson").check()
    expect(rows).to_have_count(2)
    expect(page).to_have_url(re.compile(r"who=1,2$"))
    page.keyboard.press("Escape")
    expect(page.get_by_role("checkbox", name="Mike Wilson")).to_be_hidden()
    expect(page.locator("summary").filter(has_text="2 of 4")).to_be_visible()
    # The chosen resources stay chosen in the day view and after a reload.
    page.locator(".cal-week thead a").nth(DAY.weekday()).click()
    heads = page.locator(".cal-head")
    expect(heads).to_have_count(2)
    page.reload()
    expect(heads).to_have_count(2)
    page.locator("summary").filter(has_text="2 of 4").click()
    page.get_by_role("radio", name="Everybody").check()
    expect(heads).to_have_count(4)


def test_a_full_day_is_cut_and_leads_to_the_whole_of_it(
    owner: OfficeBrowser, open_calendar: OpenCalendar
) -> None:
    for number in range(14):
        clock = f"{9 + number // 2:02}:{30 * (number % 2):02}"
        book(owner, clock, f"Guest {number}")
    page = open_calendar(WEEK)
    expect(cell(page, 1).locator(".cal-week-line")).to_have_count(11)
    cell(page, 1).get_by_role("link", name="and 3 more").click()
    expect(page.locator(".cal-block:not(.cal-ghost)")).to_have_count(14)
    expect(page.locator(".cal-head")).to_have_count(1)


def test_the_week_is_printed_day_by_day(owner: OfficeBrowser, open_calendar: OpenCalendar) -> None:
    book(owner, "10:00")
    book(owner, "11:00", "Bo Other", service_id=2, resource_id=2)
    close(owner, "Dentist", 2, "14:00", "15:00")
    page = open_calendar(WEEK)
    expect(line(page, 1, "Ann Lee")).to_be_visible()
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    paper = page.locator(".cal-paper")
    expect(paper.get_by_role("heading", level=2)).to_have_count(7)
    for text in ("Ann Lee", "Bo Other", "Closed: Dentist"):
        expect(paper.get_by_text(text)).to_be_visible()
    expect(page.locator(".cal-week")).to_be_hidden()
    page.evaluate("dispatchEvent(new Event('afterprint'))")


def test_staff_see_their_own_week_on_the_grid(
    server: Server, owner: OfficeBrowser, open_office: Callable[..., Page]
) -> None:
    book(owner, "10:00")
    about = {"name": "Sarah", "email": "sarah@example.com", "role": "staff", "resource_id": 1}
    made = owner.post("/users", about)
    assert made.status_code == 201, made.text
    sarah = OfficeBrowser(server.url)
    token = made.json()["link"].partition("#")[2]
    assert sarah.use_link(token).status_code == 201
    page = open_office(f"/calendar?day={DAY}{WEEK}", browser=sarah)
    expect(page.locator(".cal-block").filter(has_text="Ann Lee")).to_be_visible()
    expect(page.locator(".cal-head")).to_have_count(7)
    until(lambda: page.locator(".cal-week").count() == 0, "there is no table of one person")
    sarah.close()
