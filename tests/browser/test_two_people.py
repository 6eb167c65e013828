"""Two people look at the same day: what one does, the other sees."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from support.days import working_day
from support.server import Server

#: Polling once a second plus what it takes to paint, in milliseconds.
SEEN_WITHIN = 1200


@pytest.fixture
def two(server: Server, new_page: Callable[..., Page]) -> tuple[Page, Page]:
    pages = new_page(), new_page()
    for page in pages:
        page.goto(f"{server.url}/?service=1&resource=1&day={working_day()}")
        expect(slot(page, "10:00")).to_have_attribute("data-state", "free")
    return pages


def slot(page: Page, time: str) -> Locator:
    return page.locator(f'button[data-slot="{time}"][data-state]')


def choose(page: Page, time: str) -> None:
    slot(page, time).click()
    expect(slot(page, time)).to_have_attribute("data-state", "mine")


def fill_in(page: Page, name: str = "Ann Lee") -> None:
    page.get_by_test_id("continue").locator("visible=true").first.click()
    page.locator('input[name="name"]').fill(name)
    page.locator('input[name="email"]').fill("ann@example.com")


def confirm(page: Page) -> None:
    page.get_by_test_id("confirm").locator("visible=true").first.click()


@pytest.mark.scenario(2)
def test_each_sees_what_the_other_is_choosing(two: tuple[Page, Page]) -> None:
    ann, bob = two
    choose(ann, "10:00")
    expect(slot(bob, "10:00")).to_have_attribute("data-state", "held", timeout=SEEN_WITHIN)
    expect(slot(bob, "10:00")).to_contain_text("Processing")
    choose(bob, "10:30")
    expect(slot(ann, "10:30")).to_have_attribute("data-state", "held", timeout=SEEN_WITHIN)
    expect(slot(ann, "10:30")).to_contain_text("Processing")
    expect(slot(ann, "10:00")).to_have_attribute("data-state", "mine")


def test_a_booked_slot_shows_as_booked(two: tuple[Page, Page]) -> None:
    ann, bob = two
    choose(ann, "10:00")
    fill_in(ann)
    expect(slot(bob, "10:00")).to_have_attribute("data-state", "pending", timeout=SEEN_WITHIN)
    confirm(ann)
    expect(ann.get_by_test_id("reference")).to_be_visible()
    expect(slot(bob, "10:00")).to_have_attribute("data-state", "taken", timeout=SEEN_WITHIN)
    expect(slot(bob, "10:00")).to_contain_text("Booked")


def test_of_two_who_want_one_slot_one_gets_it_and_the_other_is_offered_others(
    two: tuple[Page, Page], server: Server
) -> None:
    ann, bob = two
    choose(ann, "10:00")
    # Bob's page has not heard of it yet: it asks for the slot all the same.
    bob.route("**/days/**", lambda route: route.abort())
    bob.evaluate("document.querySelector('button[data-slot=\"10:00\"]').click()")
    offered = bob.get_by_test_id("alternative")
    expect(bob.get_by_test_id("notice").locator("visible=true").first).to_contain_text("10:00")
    expect(offered.first).to_be_visible()
    bob.unroute("**/days/**")
    fill_in(ann)
    confirm(ann)
    expect(ann.get_by_test_id("reference")).to_be_visible()
    offered.first.click()
    fill_in(bob, "Bob Ray")
    confirm(bob)
    expect(bob.get_by_test_id("reference")).to_be_visible()
    day = server.visitor().board()
    assert [claim["state"] for claim in day["busy"]] == ["taken", "taken"]
