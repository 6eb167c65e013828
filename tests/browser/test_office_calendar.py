"""The calendar of the office in real Chromium: live updates, mouse and keyboard, phones and
print."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.browser.calendar_pages import DAY, block, book, drag, point, starts
from tests.browser.pages import choose, expect_state, open_times
from tests.support.days import at, wire
from tests.support.office import OfficeBrowser
from tests.support.server import Server
from tests.support.waiting import until

NewPage = Callable[..., Page]


@pytest.mark.scenario(58)
def test_a_visitor_s_hold_is_seen_and_booked_over_only_by_saying_so(
    server: Server, owner: OfficeBrowser, open_calendar: Callable[..., Page], new_page: NewPage
) -> None:
    page = open_calendar()
    visitor = new_page()
    open_times(visitor, server)
    choose(visitor, "10:00")
    expect(block(page, "Someone is choosing")).to_be_visible()
    block(page, "Someone is choosing").click()
    page.get_by_role("button", name="Book over it").click()
    expect(page.get_by_text("A visitor is choosing this time right now")).to_be_visible()
    page.get_by_label("Name").fill("Paul Phone")
    page.get_by_role("button", name="Book", exact=True).click()
    question = page.get_by_role("dialog", name="Do it all the same?")
    expect(question).to_contain_text("would lose it")
    assert starts(owner, "Paul Phone") == []
    question.get_by_role("button", name="Leave it").click()
    assert starts(owner, "Paul Phone") == []
    page.get_by_role("button", name="Book", exact=True).click()
    question.get_by_role("button", name="Do it").click()
    expect(block(page, "Paul Phone")).to_be_visible()
    expect(block(page, "Someone is choosing")).to_have_count(0)
    assert starts(owner, "Paul Phone") == [(1, "10:00", "10:30")]
    expect_state(visitor, "10:00", "taken")


def test_a_booking_is_dragged_while_a_visitor_looks(
    server: Server, owner: OfficeBrowser, open_calendar: Callable[..., Page], new_page: NewPage
) -> None:
    book(owner, "10:00")
    page = open_calendar()
    visitor = new_page()
    open_times(visitor, server)
    expect_state(visitor, "10:00", "taken")
    expect_state(visitor, "13:00", "free")
    x, y = point(page, 1, "10:10")
    drag(page, (x, y), point(page, 1, "13:10"))
    expect(page.locator(".cal-ghost")).to_contain_text("1:00")
    page.mouse.up()
    expect_state(visitor, "13:00", "taken")
    expect_state(visitor, "10:00", "free")
    expect(page.get_by_text("Moved to Sarah Johnson")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect_state(visitor, "10:00", "taken")
    assert starts(owner, "Ann Lee") == [(1, "10:00", "10:30")]


def test_what_is_in_the_way_is_shown_before_the_drop(
    owner: OfficeBrowser, open_calendar: Callable[..., Page]
) -> None:
    book(owner, "10:00")
    book(owner, "11:00", "Bo Other", service_id=2, resource_id=2)
    page = open_calendar()
    drag(page, point(page, 1, "10:10"), point(page, 2, "11:10"))
    ghost = page.locator(".cal-ghost")
    expect(ghost).to_have_class("cal-block cal-ghost is-refused")
    expect(ghost).to_contain_text("Bo Other is booked then")
    page.mouse.up()
    expect(page.get_by_text("Two bookings can’t have the same time")).to_be_visible()
    assert starts(owner, "Ann Lee") == [(1, "10:00", "10:30")]
    # A time outside opening hours is allowed after the user confirms it.
    drag(page, point(page, 1, "10:10"), point(page, 1, "17:10"))
    expect(ghost).to_contain_text("Outside opening hours")
    page.mouse.up()
    page.get_by_role("button", name="Do it").click()
    until(lambda: starts(owner, "Ann Lee") == [(1, "17:00", "17:30")], "it is moved")
    # Escape leaves the booking where it is.
    drag(page, point(page, 1, "17:10"), point(page, 1, "12:10"))
    page.keyboard.press("Escape")
    page.mouse.up()
    expect(ghost).to_be_hidden()
    assert starts(owner, "Ann Lee") == [(1, "17:00", "17:30")]


def test_a_booking_is_made_longer_by_its_lower_edge(
    owner: OfficeBrowser, open_calendar: Callable[..., Page]
) -> None:
    book(owner, "10:00")
    page = open_calendar()
    grip = block(page, "Ann Lee").locator("[data-grip]").bounding_box()
    assert grip is not None
    edge = (grip["x"] + grip["width"] / 2, grip["y"] + grip["height"] / 2)
    x, y = point(page, 1, "11:00")
    drag(page, edge, (x, y - 1))
    page.mouse.up()
    until(lambda: starts(owner, "Ann Lee") == [(1, "10:00", "11:00")], "it is longer")


def test_what_others_do_to_a_booking_that_is_dragged_is_not_lost(
    owner: OfficeBrowser, open_calendar: Callable[..., Page]
) -> None:
    booking = book(owner, "10:00")
    page = open_calendar()
    drag(page, point(page, 1, "10:10"), point(page, 1, "13:10"))
    path = f"/bookings/{booking['reference']}"
    assert owner.patch(path, {"starts_at": wire(at("15:00"))}).status_code == 200
    expect(block(page, "Ann Lee").filter(has_text="3:00")).to_be_visible()
    page.mouse.up()
    # The drop counts, because the user has seen where the booking went meanwhile.
    until(lambda: starts(owner, "Ann Lee") == [(1, "13:00", "13:30")], "the drop counts")


def test_a_walk_in_is_booked_by_a_click_and_taken_back(
    owner: OfficeBrowser, open_calendar: Callable[..., Page]
) -> None:
    page = open_calendar()
    page.mouse.click(*point(page, 2, "11:05"))
    dialog = page.get_by_role("dialog", name="New booking")
    expect(dialog.get_by_label("From")).to_have_value("11:00")
    dialog.get_by_label("Name").fill("<img src=x onerror=alert(1)> \u0645\u0631\u064a\u0645")
    dialog.get_by_label("Notes").fill("Came in\nwithout an appointment")
    dialog.get_by_role("button", name="Book", exact=True).click()
    expect(dialog).to_be_hidden()
    expect(block(page, "<img src=x onerror=alert(1)>")).to_be_visible()
    assert page.locator("img").count() == 0
    page.get_by_role("button", name="Undo").click()
    expect(block(page, "<img")).to_have_count(0)


def test_new_bookings_of_any_day_are_told_but_not_ones_own(
    server: Server, open_calendar: Callable[..., Page]
) -> None:
    page = open_calendar()
    page.mouse.click(*point(page, 1, "11:05"))
    dialog = page.get_by_role("dialog", name="New booking")
    dialog.get_by_label("Name").fill("Olga's friend")
    dialog.get_by_role("button", name="Book", exact=True).click()
    expect(block(page, "Olga's friend")).to_be_visible()
    later = at("11:00", DAY + timedelta(days=1))
    assert server.visitor().book(later).status_code == 201
    news = page.locator(".cal-message").filter(has_text="New booking:")
    expect(news).to_contain_text("Ann Lee, Consultation")
    expect(news).to_have_count(1)


def test_time_is_blocked_and_opened_again(
    owner: OfficeBrowser, open_calendar: Callable[..., Page]
) -> None:
    book(owner, "14:30")
    page = open_calendar()
    start, end = point(page, 1, "14:05"), point(page, 1, "15:50")
    drag(page, start, end)
    page.mouse.up()
    dialog = page.get_by_role("dialog", name="New booking")
    dialog.get_by_role("radio", name="Block time").click()
    expect(dialog.get_by_label("Until")).to_have_value("16:00")
    dialog.get_by_label("Reason").fill("Dentist")
    dialog.get_by_role("button", name="Block").click()
    expect(page.get_by_text("There are bookings in this time")).to_be_visible()
    page.get_by_role("button", name="Do it").click()
    closure = page.get_by_role("button", name="Closed: Dentist")
    expect(closure).to_be_visible()
    expect(block(page, "Ann Lee")).to_be_visible()
    undo = page.locator(".cal-message").get_by_role("button", name="Undo")
    undo.click()
    expect(closure).to_have_count(0)
    expect(page.get_by_text("Undone.")).to_be_visible()
    assert owner.get(f"/calendar?from={DAY}").json()["columns"][0]["closures"] == []

    until = {"starts_at": wire(at("15:00")), "ends_at": wire(at("16:00"))}
    blocked = {"resource_id": 1, "reason": "Dentist", **until}
    assert owner.post("/closures", blocked).status_code == 201
    expect(closure).to_be_visible()
    page.mouse.click(*point(page, 1, "15:30"))
    page.get_by_role("button", name="Open again").click()
    expect(closure).to_have_count(0)
    undo.last.click()
    expect(closure).to_be_visible()
    (again,) = owner.get(f"/calendar?from={DAY}").json()["columns"][0]["closures"]
    assert {name: again[name] for name in until} == until
    assert again["reason"] == "Dentist"


def test_everything_can_be_done_by_keyboard(
    owner: OfficeBrowser, open_calendar: Callable[..., Page]
) -> None:
    page = open_calendar()
    page.keyboard.press("n")
    dialog = page.get_by_role("dialog", name="New booking")
    expect(dialog).to_be_visible()
    dialog.get_by_label("Name").focus()
    page.keyboard.type("Kay Board")
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    (before,) = until(lambda: starts(owner, "Kay Board"), "it is booked")
    assert before == (1, "09:00", "09:30")
    # The whole calendar is one stop of the Tab key; arrow keys move within it.
    page.locator(".cal-head").first.focus()
    page.keyboard.press("ArrowDown")
    expect(block(page, "Kay Board")).to_be_focused()
    assert page.locator('.cal [tabindex="0"]').count() == 1
    page.keyboard.press("Alt+ArrowDown")
    page.keyboard.press("Alt+ArrowDown")
    until(lambda: starts(owner, "Kay Board") == [(1, "09:30", "10:00")], "it is moved")
    # If the second key came late, the calendar has sent two changes and shows two messages.
    expect(page.get_by_text("Moved to Sarah Johnson").first).to_be_visible()
    expect(block(page, "Kay Board")).to_be_focused()
    page.keyboard.press("Alt+Shift+ArrowDown")
    until(lambda: starts(owner, "Kay Board") == [(1, "09:30", "10:15")], "it is longer")
    expect(block(page, "Kay Board")).to_be_focused()
    page.keyboard.press("Enter")
    details = page.get_by_role("dialog", name="Kay Board")
    details.get_by_role("button", name="Change").press("Enter")
    details.get_by_label("From").fill("13:00")
    details.get_by_label("From").press("Enter")
    until(lambda: starts(owner, "Kay Board") == [(1, "13:00", "13:45")], "it is moved")
    page.keyboard.press("Escape")
    page.locator("body").click(position={"x": 5, "y": 5})
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(f"{page.url.partition('?')[0]}?day={DAY + timedelta(days=1)}")
    page.keyboard.press("w")
    expect(page.locator(".cal-week thead th")).to_have_count(7)


def test_without_a_connection_nothing_is_lost(
    owner: OfficeBrowser, open_calendar: Callable[..., Page]
) -> None:
    book(owner, "10:00")
    page = open_calendar()
    page.mouse.click(*point(page, 1, "13:05"))
    dialog = page.get_by_role("dialog", name="New booking")
    dialog.get_by_label("Name").fill("Paula Patient")
    page.context.set_offline(True)
    expect(page.get_by_text("No connection.").first).to_be_attached()
    dialog.get_by_role("button", name="Book", exact=True).click()
    expect(dialog.get_by_role("alert")).to_contain_text("There is no connection")
    expect(dialog.get_by_label("Name")).to_have_value("Paula Patient")
    page.context.set_offline(False)
    expect(page.get_by_text("Live")).to_be_attached()
    dialog.get_by_role("button", name="Book", exact=True).click()
    expect(block(page, "Paula Patient")).to_be_visible()
    assert len(starts(owner, "Paula Patient")) == 1


@pytest.mark.scenario(59)
def test_a_move_without_a_connection_is_taken_back(
    owner: OfficeBrowser, open_calendar: Callable[..., Page]
) -> None:
    book(owner, "10:00")
    page = open_calendar()
    page.route("**/api/v1/admin/bookings/**", lambda route: route.abort())
    drag(page, point(page, 1, "10:10"), point(page, 1, "13:10"))
    page.mouse.up()
    expect(page.get_by_text("Nothing was changed; try again.")).to_be_visible()
    expect(block(page, "Ann Lee")).to_contain_text("10:00")
    assert starts(owner, "Ann Lee") == [(1, "10:00", "10:30")]
