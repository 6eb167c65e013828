"""Two people look at the same day: each sees what the other does."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.pages import (
    book,
    choose,
    confirm,
    cut_off,
    expect_state,
    fill_in,
    go_on,
    insist,
    open_times,
    part,
    slot,
)
from tests.support.server import Server


@pytest.fixture
def two(server: Server, new_page: Callable[..., Page]) -> tuple[Page, Page]:
    pages = new_page(), new_page()
    for page in pages:
        open_times(page, server)
        expect_state(page, "10:00", "free")
    return pages


@pytest.mark.scenario(2)
def test_each_sees_what_the_other_is_choosing(two: tuple[Page, Page]) -> None:
    ann, bob = two
    choose(ann, "10:00")
    expect_state(bob, "10:00", "held")
    expect(slot(bob, "10:00")).to_contain_text("Processing")
    choose(bob, "10:30")
    expect_state(ann, "10:30", "held")
    expect(slot(ann, "10:30")).to_contain_text("Processing")
    expect_state(ann, "10:00", "mine")


@pytest.mark.scenario(3)
def test_a_slot_at_checkout_shows_as_being_booked_then_as_booked(two: tuple[Page, Page]) -> None:
    ann, bob = two
    choose(ann, "10:00")
    go_on(ann)
    expect_state(bob, "10:00", "pending")
    expect(slot(bob, "10:00")).to_contain_text("Being booked")
    fill_in(ann)
    confirm(ann)
    expect(part(ann, "reference")).to_be_visible()
    expect_state(bob, "10:00", "taken")
    expect(slot(bob, "10:00")).to_contain_text("Booked")


def test_of_two_who_want_one_slot_one_gets_it_and_the_other_is_offered_others(
    two: tuple[Page, Page], server: Server
) -> None:
    ann, bob = two
    # Bob's page gets no more changes of the day, so he can click a slot that is held.
    cut_off(bob, "**/days/**")
    choose(ann, "10:00")
    insist(bob, "10:00")
    expect(part(bob, "notice")).to_contain_text("Someone is choosing")
    bob.unroute("**/days/**")
    part(bob, "alternative").click()
    expect(bob.locator('button[data-state="mine"]')).to_be_visible()
    go_on(bob)
    for page, name in ((ann, "Ann Lee"), (bob, "Bob Ray")):
        if page is ann:
            go_on(ann)
        fill_in(page, name)
        confirm(page)
        expect(part(page, "reference")).to_be_visible()
    day = server.visitor().board()
    assert [claim["state"] for claim in day["busy"]] == ["taken", "taken"]


def test_a_booking_shows_on_every_page_that_is_open(two: tuple[Page, Page]) -> None:
    ann, bob = two
    book(ann, "15:00")
    expect_state(bob, "15:00", "taken")
