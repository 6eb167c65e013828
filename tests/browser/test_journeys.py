"""What a visitor may do wrong or suffer, in real Chromium."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Error, Page, Request, Route, expect

from tests.browser.pages import (
    book,
    choose,
    confirm,
    cut_off,
    expect_state,
    fill_in,
    go_on,
    insist,
    open_day,
    open_times,
    part,
    slot,
)
from tests.support.days import at, wire, working_day
from tests.support.server import Server, run_dibs
from tests.support.waiting import until

NewPage = Callable[..., Page]


def watch_states(page: Page, time: str) -> Callable[[], list[str]]:
    """Notes every state that a slot shows from now on."""
    page.evaluate(
        """time => {
            const find = () => document.querySelector(`button.slot[data-slot="${time}"]`);
            window.statesSeen = [find().dataset.state];
            const note = () => {
                const state = find()?.dataset.state;
                if (state && state !== window.statesSeen.at(-1)) window.statesSeen.push(state);
            };
            new MutationObserver(note).observe(document.body, {
                subtree: true, childList: true, attributes: true,
            });
        }""",
        time,
    )
    return lambda: page.evaluate("window.statesSeen")


@pytest.mark.scenario(1)
def test_a_hold_that_is_kept_alive_never_flickers(server: Server, new_page: NewPage) -> None:
    ann, bob = new_page(), new_page()
    open_times(ann, server)
    choose(ann, "10:00")
    open_times(bob, server)
    expect_state(bob, "10:00", "held")
    seen = watch_states(bob, "10:00")
    # The hold of a visible page lives 10 s at a time: five prolongings take longer than that.
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
    """Two people work: a stranger holds the time with one of them, I hold it with the other."""
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
    server = start_server(checkout_time=180)
    ann = new_page()
    open_times(ann, server)
    choose(ann, "10:00")
    go_on(ann)
    fill_in(ann, "Ann Lee")
    before = seconds_left(ann)
    ann.reload()
    expect(ann.locator('input[name="name"]')).to_have_value("Ann Lee")
    assert before - 15 <= seconds_left(ann) <= before <= 180


def seconds_left(page: Page) -> int:
    shown = part(page, "countdown")
    expect(shown).to_contain_text(re.compile(r"\d+:\d\d"))
    match = re.search(r"(\d+):(\d\d)", shown.inner_text())
    assert match is not None
    return int(match[1]) * 60 + int(match[2])


def test_when_the_time_to_finish_runs_out_one_button_takes_the_slot_again(
    start_server: Callable[..., Server], new_page: NewPage
) -> None:
    server = start_server(checkout_time=8)
    ann = new_page()
    open_times(ann, server)
    choose(ann, "10:00")
    go_on(ann)
    fill_in(ann, "Ann Lee")
    expect(part(ann, "take-again")).to_be_visible(timeout=15_000)
    part(ann, "take-again").click()
    expect(ann.locator('input[name="name"]')).to_have_value("Ann Lee")
    confirm(ann)
    expect(part(ann, "reference")).to_be_visible()


def test_a_choice_lasts_as_long_as_the_server_says(
    start_server: Callable[..., Server], new_page: NewPage
) -> None:
    server = start_server(hold_total=8)
    ann = new_page()
    open_times(ann, server)
    choose(ann, "10:00")
    expect(part(ann, "notice")).to_contain_text("held for you")
    expect(part(ann, "take-again")).to_be_visible(timeout=20_000)
    expect(part(ann, "continue")).to_be_disabled()
    assert server.visitor().hold("10:00").status_code == 201


@pytest.mark.scenario(11)
def test_a_move_that_is_lost_keeps_the_old_time_and_nobody_saw_it_free(
    server: Server, new_page: NewPage
) -> None:
    ann, bob = new_page(), new_page()
    open_times(ann, server)
    link = book(ann, "10:00")
    open_times(bob, server)
    expect_state(bob, "10:00", "taken")
    seen = watch_states(bob, "10:00")
    ann.goto(link)
    part(ann, "move").click()
    open_day(ann, working_day())
    expect_state(ann, "11:00", "free")
    cut_off(ann, "**/days/**")
    assert server.visitor().book("11:00").status_code == 201
    insist(ann, "11:00")
    expect(part(ann, "notice")).to_contain_text("was just taken")
    expect_state(bob, "11:00", "taken")
    assert seen() == ["taken"]
    board = server.visitor().board()
    assert [claim["starts_at"] for claim in board["busy"]] == [wire(at("10:00")), wire(at("11:00"))]


def test_a_booking_is_moved_by_half_of_itself(server: Server, new_page: NewPage) -> None:
    ann = new_page()
    open_times(ann, server, service=2)
    link = book(ann, "12:00")
    ann.goto(link)
    part(ann, "move").click()
    expect_state(ann, "12:00", "now")
    expect(slot(ann, "12:00")).to_contain_text("now")
    expect_state(ann, "11:30", "free")
    choose(ann, "12:30")
    ann.reload()
    expect_state(ann, "12:30", "mine")
    expect(part(ann, "notice")).to_contain_text("held for you")
    confirm(ann)
    expect(part(ann, "notice")).to_contain_text("Your booking is now on")
    board = server.visitor().board()
    assert [claim["starts_at"] for claim in board["busy"]] == [wire(at("12:30"))]


@pytest.mark.scenario(12)
def test_a_move_to_another_day_shows_on_both_days(server: Server, new_page: NewPage) -> None:
    ann, old, new = new_page(), new_page(), new_page()
    next_day = working_day(1)
    open_times(ann, server)
    link = book(ann, "10:00")
    open_times(old, server)
    open_times(new, server, day=next_day)
    expect_state(old, "10:00", "taken")
    ann.goto(link)
    part(ann, "move").click()
    open_day(ann, next_day)
    choose(ann, "13:00")
    confirm(ann)
    expect_state(old, "10:00", "free")
    expect_state(new, "13:00", "taken")
    expect(part(ann, "notice")).to_contain_text("Your booking is now on")
    ann.goto(link)
    expect(ann.locator("body")).to_contain_text("Consultation")
    expect(ann.locator("body")).to_contain_text("Sarah Johnson")


def test_a_booking_is_cancelled_behind_its_link(server: Server, new_page: NewPage) -> None:
    ann = new_page()
    open_times(ann, server)
    link = book(ann, "10:00")
    ann.goto(link)
    # The page moves the focus to the heading of what it has loaded: a key comes after that.
    expect(ann.get_by_role("heading", name="Your booking")).to_be_focused()
    part(ann, "cancel").focus()
    ann.keyboard.press("Enter")
    expect(ann.get_by_role("group", name="Cancel this booking for good?")).to_be_focused()
    ann.get_by_role("button", name="No, keep it").click()
    expect(part(ann, "cancel")).to_be_focused()
    ann.keyboard.press("Enter")
    part(ann, "cancel-yes").click()
    expect(ann.get_by_role("heading", name="Booking cancelled")).to_be_focused()
    assert server.visitor().slots(resource=1)["10:00"]["state"] == "free"


@pytest.mark.scenario(48)
def test_the_page_says_until_when_a_booking_can_be_changed_and_why_no_longer(
    start_server: Callable[..., Server], new_page: NewPage, tmp_path: Path
) -> None:
    server, ann = start_server(), new_page()
    open_times(ann, server)
    link = book(ann, "10:00")
    ann.goto(link)
    expect(part(ann, "change-until")).to_contain_text("You can change this until")
    expect(part(ann, "change-until")).to_contain_text("UTC")
    part(ann, "cancel").click()
    text = run_dibs("catalog", "export", "--data", str(server.data)).stdout
    (file := tmp_path / "changed.toml").write_text(
        text.replace("[[services]]\nid = 1\n", "[[services]]\nid = 1\nchange_notice = 500000\n")
    )
    assert run_dibs("catalog", "apply", str(file), "--data", str(server.data)).returncode == 0
    part(ann, "cancel-yes").click()
    expect(part(ann, "notice")).to_contain_text("It is too late to change this booking.")
    for address in (link, link.replace("#", "?move=#", 1)):
        ann.goto("about:blank")
        ann.goto(address)
        expect(part(ann, "change-until")).to_contain_text("This booking could be changed until")
        expect(part(ann, "cancel")).to_have_count(0)
        expect(part(ann, "move")).to_have_count(0)
    assert server.visitor().slots(resource=1)["10:00"]["state"] == "taken"


@pytest.mark.scenario(49)
@pytest.mark.parametrize("off", [-600, 600])
def test_the_countdown_shows_the_time_left_though_two_clocks_are_wrong(
    server: Server, new_page: NewPage, off: int
) -> None:
    """The visitor's clock, and that of whoever writes deadlines: both by ten minutes."""
    ann = new_page()
    ann.add_init_script(f"""
        const origin = performance.timeOrigin + {off * 1000};
        Object.defineProperty(performance, "timeOrigin", {{get: () => origin}});
        const now = Date.now;
        Date.now = () => now() + {off * 1000};
    """)

    def with_another_clock(route: Route) -> None:
        answer = route.fetch()
        claim = answer.json()
        for name in ("expires_at", "ends_at_latest"):
            instant = datetime.fromisoformat(claim[name]) - timedelta(seconds=off)
            claim[name] = instant.isoformat()
        route.fulfill(response=answer, json=claim)

    ann.route("**/api/v1/checkouts", with_another_clock)
    open_times(ann, server)
    choose(ann, "10:00")
    go_on(ann)
    expect(part(ann, "countdown")).to_contain_text(re.compile(r"Held for you: (10:00|9:\d\d)"))
    fill_in(ann)
    confirm(ann)
    expect(part(ann, "reference")).to_be_visible()


@pytest.mark.scenario(14)
def test_with_the_server_gone_nothing_is_pretended_and_nothing_typed_is_lost(
    start_server: Callable[..., Server], new_page: NewPage
) -> None:
    server = start_server()
    ann = new_page()
    open_times(ann, server)
    choose(ann, "10:00")
    go_on(ann)
    fill_in(ann, "Ann Lee")
    port = int(server.url.rpartition(":")[2])
    server.kill()
    confirm(ann)
    expect(part(ann, "notice")).to_contain_text(re.compile("can’t reach|no answer"), timeout=30_000)
    expect(ann.get_by_test_id("reference")).not_to_be_visible()
    expect(ann.locator('input[name="name"]')).to_have_value("Ann Lee")
    back = start_server(port=port)
    confirm(ann)
    expect(part(ann, "reference")).to_be_visible(timeout=15_000)
    assert [claim["state"] for claim in back.visitor().board()["busy"]] == ["taken"]


@pytest.mark.scenario(13)
def test_an_answer_that_gets_lost_books_once(server: Server, new_page: NewPage) -> None:
    ann = new_page()
    open_times(ann, server)
    choose(ann, "10:00")
    go_on(ann)
    fill_in(ann)
    lost: list[Any] = []

    def lose_the_first_answer(route: Any) -> None:
        if lost:
            route.continue_()
            return
        lost.append(route.fetch())
        route.abort()

    ann.route("**/api/v1/bookings", lose_the_first_answer)
    confirm(ann)
    retry = part(ann, "confirm")
    reference = part(ann, "reference")
    until(
        lambda: reference.is_visible() or (lost and retry.is_enabled()),
        "the page has heard of the failure",
        within=20,
    )
    if not reference.is_visible():
        retry.click()
    expect(reference).to_be_visible(timeout=15_000)
    expect(reference).to_contain_text(lost[0].json()["reference"])
    assert len(server.visitor().board()["busy"]) == 1


def test_what_is_wrong_with_a_field_is_said_in_words_until_it_is_right(
    server: Server, new_page: NewPage
) -> None:
    ann = new_page()
    open_times(ann, server)
    choose(ann, "10:00")
    go_on(ann)
    fill_in(ann, "n" * 300, "ann@")
    ann.locator('input[name="phone"]').fill("abc")
    confirm(ann)
    for name, said in (
        ("name", "at most 200 letters; these are 300"),
        ("email", "full e-mail address"),
        ("phone", "phone number or nothing"),
    ):
        field, error = ann.locator(f'input[name="{name}"]'), ann.locator(f"#{name}-error")
        expect(error).to_contain_text(said)
        expect(field).to_have_attribute("aria-invalid", "true")
    expect(ann.locator('input[name="name"]')).to_be_focused()
    fill_in(ann)
    ann.locator('input[name="phone"]').fill("0301234567")
    expect(ann.locator('[aria-invalid="true"]')).to_have_count(0)
    expect(ann.locator(".field-error").filter(has_text=re.compile("."))).to_have_count(0)
    # The server is stricter, and what it refuses is shown at the field, too.
    fill_in(ann, email="ann@-example.com")
    confirm(ann)
    expect(ann.locator("#email-error")).to_contain_text("full e-mail address")
    fill_in(ann)
    # Who clicks twice books once.
    part(ann, "confirm").dblclick()
    expect(part(ann, "reference")).to_be_visible()
    assert len(server.visitor().board()["busy"]) == 1


def test_a_server_that_cannot_be_reached_is_asked_again_at_a_click(
    server: Server, new_page: NewPage
) -> None:
    ann = new_page()
    ann.route("**/api/v1/**", lambda route: route.abort())
    ann.goto(server.url)
    expect(part(ann, "try-again")).to_be_visible()
    ann.unroute("**/api/v1/**")
    part(ann, "try-again").click()
    expect(ann.get_by_test_id("service-1")).to_be_visible()
    open_times(ann, server)
    ann.route("**/api/v1/**", lambda route: route.abort())
    ann.evaluate("dispatchEvent(new Event('offline'))")
    insist(ann, "10:00")
    expect(part(ann, "notice")).to_contain_text("can’t reach", timeout=15_000)
    ann.unroute("**/api/v1/**")
    ann.evaluate("dispatchEvent(new Event('online'))")
    expect(part(ann, "notice")).not_to_contain_text("can’t reach", timeout=15_000)
    choose(ann, "10:00")


@pytest.mark.scenario(15)
def test_what_cannot_be_told_is_never_shown_as_free(server: Server, new_page: NewPage) -> None:
    ann = new_page()
    open_times(ann, server)
    cut_off(ann, "**/api/v1/**")
    expect(ann.locator('button[data-state="free"]')).to_have_count(0, timeout=15_000)
    expect(ann.locator("body")).to_contain_text("can’t tell right now", timeout=15_000)
    ann.unroute("**/api/v1/**")
    expect_state(ann, "10:00", "free", within=20_000)


@pytest.mark.scenario(31)
def test_the_month_is_one_request(server: Server, new_page: NewPage) -> None:
    ann = new_page()
    asked: list[str] = []
    ann.on("request", lambda request: asked.append(request.url))
    ann.goto(f"{server.url}/?service=1&resource=1")
    expect(ann.locator('button[data-state="free"]').first).to_be_visible()
    months = {url for url in asked if "/availability?" in url and "slots=" not in url}
    assert len([url for url in asked if "/availability?" in url and url in months]) == len(months)
    assert len(months) <= 2, "this month, and the next one if this one is over"


@pytest.mark.scenario(32)
def test_an_open_page_follows_when_staff_and_hours_change(
    server: Server, new_page: NewPage, tmp_path: Path
) -> None:
    ann = new_page()
    open_times(ann, server)
    expect(slot(ann, "16:30")).to_be_visible()
    changed = run_dibs("catalog", "export", "--data", str(server.data)).stdout
    changed = changed.replace("Sarah Johnson", "Sarah Miller").replace(
        'wed = ["09:00-17:00"]', 'wed = ["09:00-15:00"]'
    )
    file = tmp_path / "changed.toml"
    file.write_text(changed)
    assert (
        run_dibs("catalog", "apply", str(file), "--yes", "--data", str(server.data)).returncode == 0
    )
    expect(slot(ann, "16:30")).to_have_count(0, timeout=5000)
    expect(ann.locator("body")).to_contain_text("Sarah Miller", timeout=40_000)


def test_a_booking_of_a_retired_service_says_why_its_time_stays(
    start_server: Callable[..., Server], new_page: NewPage, tmp_path: Path
) -> None:
    server, ann = start_server(), new_page()
    open_times(ann, server)
    link = book(ann, "10:00")
    text = run_dibs("catalog", "export", "--data", str(server.data)).stdout
    before, _, rest = text.partition("[[services]]\nid = 1")
    file = tmp_path / "changed.toml"
    file.write_text(before + rest[rest.index("[[services]]") :])
    assert (
        run_dibs("catalog", "apply", str(file), "--yes", "--data", str(server.data)).returncode == 0
    )
    for address in (link, link.replace("#", "?move=#", 1)):
        ann.goto("about:blank")
        ann.goto(address)
        expect(part(ann, "unmovable")).to_contain_text("This service is no longer offered")
        expect(ann.locator(".appointment")).to_contain_text("Consultation with Sarah Johnson")
        expect(part(ann, "move")).to_have_count(0)
    part(ann, "cancel").click()
    part(ann, "cancel-yes").click()
    expect(ann.get_by_role("heading", name="Booking cancelled")).to_be_visible()


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
    expect_state(bob, "10:00", "free", within=6000)


@pytest.mark.scenario(34)
def test_the_hold_of_a_tab_that_crashes_is_gone_soon(server: Server, new_page: NewPage) -> None:
    ann, bob = new_page(), new_page()
    open_times(ann, server)
    open_times(bob, server)
    with ann.expect_response(lambda answer: answer.request.method == "PATCH", timeout=15_000):
        choose(ann, "10:00")
    expect_state(bob, "10:00", "held")
    crash(ann)
    expect_state(bob, "10:00", "free", within=14_000)


def crash(page: Page) -> None:
    """The renderer dies at once: no event reaches the page, and no answer us."""
    with page.expect_event("crash"), contextlib.suppress(Error):
        page.goto("chrome://crash")
