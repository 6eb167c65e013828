"""Addresses and the Back button: each Back is one step, and a link opens what it says."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.pages import choose, confirm, expect_state, fill_in, go_on, open_day, part
from tests.support.days import working_day
from tests.support.server import Server
from tests.support.waiting import until

NewPage = Callable[..., Page]


def steps(page: Page) -> int:
    length: int = page.evaluate("history.length")
    return length


@pytest.mark.scenario(42)
def test_each_back_is_one_step_and_the_last_one_leaves(server: Server, new_page: NewPage) -> None:
    page = new_page()
    page.goto(f"{server.url}/?utm_source=letter")
    before = steps(page)
    page.get_by_test_id("service-1").click()
    page.get_by_test_id("resource-1").click()
    for _ in range(3):
        part(page, "next-free").click()
    open_day(page, working_day())
    page.locator(f'button[data-day="{working_day()}"]').click()
    assert steps(page) == before + 2
    choose(page, "10:00")
    go_on(page)
    assert "utm_source=letter" in page.url
    # The Back button of the page does the same as that of the browser, and adds no step to the
    # history.
    page.get_by_role("button", name="Back").click()
    expect_state(page, "10:00", "mine")
    assert steps(page) == before + 3
    page.get_by_role("button", name="Back").click()
    expect(page.get_by_test_id("resource-any")).to_be_visible()
    page.go_back()
    expect(page.get_by_test_id("service-1")).to_be_visible()
    assert page.url == f"{server.url}/?utm_source=letter"
    assert page.evaluate("history.state") is None


@pytest.mark.scenario(42)
def test_an_arrow_on_a_page_that_was_opened_there_adds_no_step(
    server: Server, new_page: NewPage
) -> None:
    page = new_page()
    page.goto(f"{server.url}/?service=1&resource=1&day={working_day()}")
    before = steps(page)
    page.get_by_role("button", name="Back").click()
    expect(page.get_by_test_id("resource-any")).to_be_visible()
    assert steps(page) == before


def test_who_goes_back_while_a_checkout_is_asked_for_is_not_brought_forward(
    server: Server, new_page: NewPage
) -> None:
    page = new_page()
    waiting: list[Route] = []
    page.route("**/api/v1/checkouts", lambda route: waiting.append(route))
    page.goto(server.url)
    page.get_by_test_id("service-1").click()
    page.get_by_test_id("resource-1").click()
    open_day(page, working_day())
    choose(page, "10:00")
    part(page, "continue").click()
    expect(part(page, "continue")).to_have_attribute("aria-busy", "true")
    page.go_back()
    expect(page.get_by_test_id("resource-1")).to_be_visible()
    with page.expect_response(lambda answer: answer.request.method == "DELETE"):
        waiting[0].continue_()
    until(lambda: server.visitor().board()["busy"] == [], "the checkout is given back")
    expect(page.get_by_test_id("resource-1")).to_be_visible()
    assert steps(page) == 4


@pytest.mark.scenario(42)
def test_a_link_fills_in_the_form_and_never_sends_it(server: Server, new_page: NewPage) -> None:
    page = new_page()
    page.goto(
        f"{server.url}/?service=1&resource=1&day={working_day()}"
        "&name=Ann+Lee&email=a%2Bb@example.com&phone=%2B49301234567&price=0&utm_source=letter"
    )
    choose(page, "10:00")
    assert "Ann" not in page.url
    go_on(page)
    for name, value in (
        ("name", "Ann Lee"),
        ("email", "a+b@example.com"),
        ("phone", "+49301234567"),
    ):
        expect(page.locator(f'input[name="{name}"]')).to_have_value(value)
    assert [claim["state"] for claim in server.visitor().board()["busy"]] == ["pending"]
    page.locator('input[name="name"]').fill("Ann Miller")
    page.reload()
    expect(page.locator('input[name="name"]')).to_have_value("Ann Miller")


@pytest.mark.parametrize("has_clipboard", [True, False])
def test_the_link_of_a_booking_can_be_kept(
    server: Server, new_page: NewPage, has_clipboard: bool
) -> None:
    page = new_page()
    if has_clipboard:
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    else:
        page.add_init_script("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    page.goto(f"{server.url}/?service=1&resource=1&day={working_day()}")
    choose(page, "10:00")
    go_on(page)
    fill_in(page)
    confirm(page)
    link = part(page, "manage-link").get_attribute("href")
    part(page, "copy-link").click()
    expect(page.get_by_text("The link is copied.")).to_be_visible()
    if has_clipboard:
        assert page.evaluate("navigator.clipboard.readText()") == link
    # Another browser knows only the reference, which opens nothing.
    stranger = new_page()
    stranger.goto(page.url)
    expect(stranger.locator("main")).to_contain_text("open the link")
    expect(stranger.locator("main")).not_to_contain_text("Consultation")
    stranger.get_by_role("button", name="Book another time").click()
    expect(stranger.get_by_test_id("service-1")).to_be_visible()
