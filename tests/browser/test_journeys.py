"""What can go wrong on the way to a booking, by the visitor's or somebody else's doing, in real
Chromium."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Error, Page, Request, expect

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
    watch_states,
)
from tests.support.days import working_day
from tests.support.plain_sql import connect
from tests.support.server import Server

NewPage = Callable[..., Page]


@pytest.mark.scenario(1)
def test_a_hold_that_is_kept_alive_never_flickers(server: Server, new_page: NewPage) -> None:
    ann, bob = new_page(), new_page()
    open_times(ann, server)
    choose(ann, "10:00")
    open_times(bob, server)
    expect_state(bob, "10:00", "held")
    seen = watch_states(bob, "10:00")
    # While the page is visible its hold is prolonged by 10 s at a time. Five prolongings take
    # longer than one hold would live.
    for _ in range(5):
        with ann.expect_request(is_prolonging, timeout=15_000):
            pass
    assert seen() == ["held"]
    expect_state(ann, "10:00", "mine")


def is_prolonging(request: Request) -> bool:
    return request.method == "PATCH" and "/holds/" in request.url


@pytest.mark.scenario(2)
def test_back_reload_and_a_second_tab_never_block_oneself(
    server: Server, new_page: NewPage
) -> None:
    ann = new_page()
    open_times(ann, server)
    choose(ann, "10:00")
    ann.reload()
    expect_state(ann, "10:00", "mine")
    go_on(ann)
    ann.go_back()
    expect_state(ann, "10:00", "mine")
    ann.reload()
    expect_state(ann, "10:00", "mine")
    expect(part(ann, "notice")).to_contain_text("held for you")
    expect(part(ann, "continue")).to_be_enabled()
    second = ann.context.new_page()
    open_times(second, server)
    expect_state(second, "10:00", "elsewhere")
    choose(second, "10:00")
    expect(part(second, "continue")).to_be_enabled()
    second.close()
    go_on(ann)
    fill_in(ann)
    confirm(ann)
    expect(part(ann, "reference")).to_be_visible()


@pytest.mark.scenario(2)
def test_only_what_the_server_holds_is_called_held(server: Server, new_page: NewPage) -> None:
    ann = new_page()
    open_times(ann, server)
    choose(ann, "11:00")
    go_on(ann)
    ann.go_back()
    expect_state(ann, "11:00", "mine")
    ann.reload()
    expect_state(ann, "11:00", "mine")
    choose(ann, "12:00")
    go_on(ann)
    ann.go_back()
    expect_state(ann, "12:00", "mine")
    expect_state(ann, "11:00", "free")
    bob = server.visitor()
    cut_off(ann, "**/days/**")
    assert bob.hold("11:00").status_code == 201
    insist(ann, "11:00")
    expect(part(ann, "notice")).to_contain_text("Someone is choosing 11:00")
    expect_state(ann, "12:00", "mine")


@pytest.mark.scenario(2)
def test_with_anyone_ones_own_hold_is_in_nobodys_way(server: Server, new_page: NewPage) -> None:
    """Two people work: a stranger holds the time with one of them, Ann holds it with the other."""
    ann = new_page()
    server.visitor().hold("10:30", resource=2)
    ann.goto(f"{server.url}/?service=2&resource=any&day={working_day()}")
    expect_state(ann, "10:30", "free")
    choose(ann, "10:30")
    expect_state(ann, "10:00", "free")
    expect_state(ann, "11:00", "free")
    choose(ann, "11:00")


@pytest.mark.scenario(3)
def test_the_slot_stays_mine_while_i_fill_in_the_form(server: Server, new_page: NewPage) -> None:
    ann = new_page()
    open_times(ann, server)
    choose(ann, "10:00")
    go_on(ann)
    stranger = server.visitor()
    assert stranger.hold("10:00").json()["code"] == "slot_pending"
    assert stranger.book("10:00").json()["code"] == "slot_pending"
    fill_in(ann)
    confirm(ann)
    expect(part(ann, "reference")).to_be_visible()


@pytest.mark.scenario(7)
def test_a_reload_keeps_what_is_left_of_the_checkout_and_what_was_typed(
    start_server: Callable[..., Server], new_page: NewPage
) -> None:
    server = start_server(checkout_lifetime=110)
    ann = new_page()
    open_times(ann, server)
    choose(ann, "10:00")
    go_on(ann)
    fill_in(ann, "Ann Lee")
    before = seconds_left(ann)
    ann.reload()
    expect(ann.locator('input[name="name"]')).to_have_value("Ann Lee")
    assert 0 < seconds_left(ann) <= before <= 110


def seconds_left(page: Page) -> int:
    shown = part(page, "countdown")
    expect(shown).to_contain_text(re.compile(r"\d+:\d\d"))
    match = re.search(r"(\d+):(\d\d)", shown.inner_text())
    assert match is not None
    return int(match[1]) * 60 + int(match[2])


def test_when_the_time_to_finish_runs_out_one_button_takes_the_slot_again(
    start_server: Callable[..., Server], new_page: NewPage
) -> None:
    # Long enough to press two buttons on a busy machine.
    server = start_server(checkout_lifetime=20)
    ann = new_page()
    open_times(ann, server)
    choose(ann, "10:00")
    go_on(ann)
    fill_in(ann, "Ann Lee")
    expect(part(ann, "take-again")).to_be_visible(timeout=60_000)
    part(ann, "take-again").click()
    expect(ann.locator('input[name="name"]')).to_have_value("Ann Lee")
    confirm(ann)
    expect(part(ann, "reference")).to_be_visible()


def test_a_choice_lasts_as_long_as_the_server_says(
    start_server: Callable[..., Server], new_page: NewPage
) -> None:
    server = start_server(max_hold_lifetime=8)
    ann = new_page()
    open_times(ann, server)
    choose(ann, "10:00")
    expect(part(ann, "notice")).to_contain_text("held for you")
    expect(part(ann, "take-again")).to_be_visible(timeout=20_000)
    expect(ann.get_by_test_id("continue")).to_have_count(0)
    assert server.visitor().hold("10:00").status_code == 201


@pytest.mark.scenario(34)
def test_the_hold_of_a_tab_that_closes_is_gone_in_seconds(
    server: Server, new_page: NewPage
) -> None:
    ann, bob = new_page(), new_page()
    open_times(ann, server)
    open_times(bob, server)
    choose(ann, "10:00")
    expect_state(bob, "10:00", "held")
    ann.goto("about:blank")
    expect_state(bob, "10:00", "free", within=30_000)


@pytest.mark.scenario(34)
def test_the_hold_of_a_tab_that_crashes_is_gone_soon(server: Server, new_page: NewPage) -> None:
    ann, bob = new_page(), new_page()
    open_times(ann, server)
    open_times(bob, server)
    with ann.expect_response(lambda answer: answer.request.method == "PATCH", timeout=15_000):
        choose(ann, "10:00")
    expect_state(bob, "10:00", "held")
    crash(ann)
    expect_state(bob, "10:00", "free", within=60_000)


def crash(page: Page) -> None:
    """Crash the renderer of a page: the page gets no event, and `goto` no answer."""
    with page.expect_event("crash"), contextlib.suppress(Error):
        page.goto("chrome://crash")


@pytest.mark.parametrize(
    ("language", "known"),
    [("de-AT", "de-AT"), ("de-abcdefgh-ijklmnop-qrstuvwx-yzabcdef", None)],
    ids=["known", "refused by the server"],
)
def test_letters_are_asked_for_in_the_language_of_the_page_and_the_zone_of_the_browser(
    server: Server, chromium: Browser, language: str, known: str | None
) -> None:
    """A language that the server refuses doesn't keep anybody from booking."""
    context = chromium.new_context(timezone_id="America/New_York", locale="de")
    context.add_init_script(
        f"Object.defineProperty(Navigator.prototype, 'language', {{ get: () => '{language}' }})"
    )
    page = context.new_page()
    open_times(page, server)
    book(page, "10:00")
    with connect(server.database) as sql:
        stored = sql("SELECT language, time_zone FROM bookings")
    assert stored == [(known, "America/New_York" if known else None)]
    context.close()
