"""A visitor requests a time, and the owner approves or declines the request, in real Chromium."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.calendar_pages import DAY, block, drag, point, starts
from tests.browser.office_pages import Look, build_look
from tests.browser.pages import book, choose, expect_state, fill_in, go_on, open_times, part
from tests.support.days import at, wire
from tests.support.office import OfficeBrowser
from tests.support.server import Server, run_dibs
from tests.support.waiting import until

NewPage = Callable[..., Page]
SIZES = [(390, 844, True), (1280, 860, False)]
PHONE = {"width": 390, "height": 844}
MOVED_ANEW = "The business has to agree to the new time."


@pytest.fixture
def look(pytestconfig: pytest.Config) -> Look:
    return build_look(pytestconfig)


@pytest.fixture
def server(start_server: Callable[..., Server], tmp_path: Path) -> Server:
    """Start a Dibs with the demo's catalog, whose first service has to be approved."""
    server = start_server()
    text = run_dibs("catalog", "export", "--data", str(server.data)).stdout
    head = "[[services]]\nid = 1\n"
    (file := tmp_path / "asked.toml").write_text(
        text.replace(head, f"{head}approve_within = 600\n")
    )
    assert run_dibs("catalog", "apply", str(file), "--data", str(server.data)).returncode == 0
    return server


@pytest.mark.parametrize(("width", "height", "dark"), SIZES)
def test_a_request_is_approved(
    server: Server,
    new_page: NewPage,
    open_office: Callable[..., Page],
    look: Look,
    width: int,
    height: int,
    dark: bool,
) -> None:
    window = {"width": width, "height": height, "dark": dark}
    ann, bob = new_page(**window), new_page()
    open_times(ann, server)
    open_times(bob, server)
    choose(ann, "10:00")
    go_on(ann)
    expect(ann.get_by_text("the business still has to agree")).to_be_visible()
    look(ann, "request-details")
    fill_in(ann)
    part(ann, "confirm").click()
    expect(ann.get_by_role("heading", name="We have your request, Ann Lee")).to_be_focused()
    expect(part(ann, "answer-until")).to_contain_text("You will hear by")
    expect(ann.get_by_text("You’re booked")).to_have_count(0)
    look(ann, "request-done")
    expect_state(bob, "10:00", "taken")
    link = part(ann, "manage-link").get_attribute("href")
    ann.goto(str(link))
    expect(ann.get_by_role("heading", name="Your request")).to_be_visible()
    expect(part(ann, "move")).to_be_visible()
    expect(part(ann, "cancel")).to_have_text("Withdraw request")
    look(ann, "request-managed")

    owner = open_office("/bookings", **window)
    owner.get_by_role("button", name="To approve (1)").click()
    expect(owner).to_have_url(re.compile("status=requested"))
    look(owner, "request-list")
    owner.locator(".booking-link").click()
    expect(owner.get_by_text("It waits for your answer.")).to_be_visible()
    look(owner, "request-booking")
    owner.get_by_role("button", name="Approve").click()
    expect(owner.locator(".page-head .status")).to_have_text("Booked")
    expect(owner.get_by_text("Request approved")).to_be_visible()
    ann.reload()
    expect(ann.get_by_role("heading", name="Your booking")).to_be_visible()
    expect(part(ann, "answer-until")).to_have_count(0)
    expect(part(ann, "move")).to_be_visible()
    expect_state(bob, "10:00", "taken")


def test_a_request_is_declined_with_a_reason(
    server: Server, new_page: NewPage, open_office: Callable[..., Page], look: Look
) -> None:
    ann = new_page()
    open_times(ann, server)
    link = book(ann, "10:00")
    bob = new_page()
    open_times(bob, server)
    expect_state(bob, "10:00", "taken")
    owner = open_office("/bookings?status=requested&when=all", **PHONE)
    owner.locator(".booking-link").click()
    owner.get_by_role("button", name="Decline").click()
    owner.get_by_label("Reason").fill("<b>Closed</b> then")
    look(owner, "request-decline")
    owner.get_by_role("dialog").get_by_role("button", name="Decline").click()
    expect(owner.locator(".page-head .status")).to_have_text("Declined")
    expect(owner.get_by_text("“<b>Closed</b> then”")).to_be_visible()
    expect_state(bob, "10:00", "free")
    ann.goto(link)
    expect(ann.get_by_role("heading", name="Request declined")).to_be_visible()
    look(ann, "request-declined")


def test_a_request_is_withdrawn(server: Server, new_page: NewPage, owner: OfficeBrowser) -> None:
    ann = new_page()
    open_times(ann, server)
    ann.goto(book(ann, "10:00"))
    part(ann, "cancel").click()
    expect(ann.get_by_text("Withdraw this request for good?")).to_be_visible()
    part(ann, "cancel-yes").click()
    expect(ann.get_by_role("heading", name="Booking cancelled")).to_be_visible()
    assert owner.get("/bookings").json()["to_approve"] == 0


@pytest.mark.parametrize(("width", "height", "dark"), SIZES)
def test_a_request_is_moved_by_its_customer(
    server: Server,
    owner: OfficeBrowser,
    new_page: NewPage,
    open_office: Callable[..., Page],
    look: Look,
    width: int,
    height: int,
    dark: bool,
) -> None:
    ann = new_page(width=width, height=height, dark=dark)
    open_times(ann, server)
    ann.goto(book(ann, "10:00"))
    (before,) = owner.get("/bookings").json()["bookings"]
    office = open_office(f"/bookings/{before['reference']}")
    expect(office.get_by_role("button", name="Approve")).to_be_visible()
    part(ann, "move").click()
    expect(ann.get_by_text(MOVED_ANEW)).to_be_visible()
    choose(ann, "14:00")
    look(ann, "request-move")
    part(ann, "confirm").click()
    expect(part(ann, "notice")).to_contain_text("You now ask for")
    expect(ann.get_by_role("heading", name="Your request")).to_be_visible()
    expect(part(ann, "answer-until")).to_be_visible()
    look(ann, "request-moved")
    office.get_by_role("button", name="Approve").click()
    expect(office.get_by_role("alert")).to_contain_text("changed")
    (after,) = owner.get("/bookings").json()["bookings"]
    assert after["status"] == "requested"
    assert after["starts_at"] != before["starts_at"]


def test_an_approved_booking_is_moved_by_asking_anew(
    server: Server, owner: OfficeBrowser, new_page: NewPage, look: Look
) -> None:
    ann = new_page(width=390, height=844)
    open_times(ann, server)
    ann.goto(book(ann, "10:00"))
    (asked,) = owner.get("/bookings").json()["bookings"]
    assert owner.post(f"/bookings/{asked['reference']}/approve").status_code == 200
    ann.reload()
    expect(ann.get_by_role("heading", name="Your booking")).to_be_visible()
    part(ann, "move").click()
    expect(ann.get_by_text(MOVED_ANEW)).to_be_visible()
    choose(ann, "14:00")
    look(ann, "request-again-move")
    part(ann, "confirm").click()
    expect(part(ann, "notice")).to_contain_text("You now ask for")
    expect(ann.get_by_role("heading", name="Your request")).to_be_visible()
    assert owner.get("/bookings").json()["to_approve"] == 1


def test_a_request_is_dragged_and_stays_one(
    server: Server, open_calendar: Callable[..., Page], owner: OfficeBrowser
) -> None:
    page = open_calendar()
    server.visitor().book("10:00")
    request = block(page, "Ann Lee")
    expect(request).to_contain_text("To approve")
    drag(page, point(page, 1, "10:10"), point(page, 1, "13:10"))
    page.mouse.up()
    expect(request).to_contain_text("1:00 –")
    expect(request).to_contain_text("To approve")
    # The calendar shows the new time before the server has answered, so wait for the server.
    until(lambda: starts(owner, "Ann Lee") == [(1, "13:00", "13:30")], "the request is moved")
    (moved,) = owner.get("/bookings").json()["bookings"]
    assert (moved["status"], moved["starts_at"]) == ("requested", wire(at("13:00")))
    page.get_by_role("button", name="Undo").click()
    expect(request).to_contain_text("10:00")
    request.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Change", exact=True).click()
    dialog.locator('input[name="from"]').fill("14:00")
    dialog.get_by_role("button", name="Save").click()
    expect(request).to_contain_text("2:00 –")
    expect(request).to_contain_text("To approve")


def test_a_request_is_answered_in_the_calendar(
    server: Server, open_calendar: Callable[..., Page], look: Look
) -> None:
    owner = open_calendar()
    server.visitor().book("10:00")
    request = block(owner, "Ann Lee")
    expect(request).to_contain_text("To approve")
    expect(owner.get_by_text("New request: Ann Lee")).to_be_visible()
    look(owner, "request-calendar")
    request.click()
    dialog = owner.get_by_role("dialog")
    expect(dialog).to_contain_text("It waits for your answer.")
    look(owner, "request-dialog")
    dialog.get_by_role("button", name="Decline").click()
    dialog.get_by_role("button", name="Back").click()
    dialog.get_by_role("button", name="Approve").click()
    expect(owner.get_by_text("The request of Ann Lee is approved.")).to_be_visible()
    expect(request).not_to_contain_text("To approve")


def test_a_service_is_made_one_that_has_to_be_approved(
    owner: OfficeBrowser, open_office: Callable[..., Page], look: Look
) -> None:
    page = open_office("/services/2", width=390, height=844)
    page.get_by_label("Customers ask, and we approve or decline").check()
    amount = page.locator('input[name="approve_within"]')
    expect(amount).to_have_value("1")
    amount.fill("0")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("It must be at least 1.")).to_be_visible()
    amount.fill("2")
    look(page, "request-service")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved. Customers see it now.")).to_be_visible()
    tables = [each["table"] for each in owner.get("/catalog").json()["services"]]
    assert [each["approve_within"] for each in tables if each["id"] == 2] == [2880]


def test_many_requests_are_answered_from_the_list(
    server: Server, owner: OfficeBrowser, open_office: Callable[..., Page]
) -> None:
    ann = server.visitor()
    for clock in ("10:00", "12:00"):
        assert ann.book(clock).json()["status"] == "requested"
    page = open_office("/bookings?status=requested&when=all")
    page.get_by_label("Select all that are shown").check()
    bar = page.locator(".bulk-bar")
    expect(bar.get_by_role("button", name="Completed")).to_have_count(0)
    bar.get_by_role("button", name="Approve").click()
    expect(bar).to_contain_text("2 bookings approved.")
    listed = owner.get(f"/bookings?status=confirmed&from={DAY}&until={DAY}").json()["bookings"]
    assert len(listed) == 2
