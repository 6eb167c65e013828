"""A booking is moved and cancelled by its manage link, in real Chromium."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.pages import (
    book,
    choose,
    confirm,
    cut_off,
    expect_state,
    insist,
    open_day,
    open_times,
    part,
    slot,
    watch_states,
)
from tests.support.days import at, wire, working_day
from tests.support.server import Server, run_dibs

NewPage = Callable[..., Page]


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
    # The page moves the focus to the heading when it has loaded. Press a key only after that.
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
        text.replace(
            "[[services]]\nid = 1\n",
            "[[services]]\nid = 1\nmove_notice = 500000\ncancel_notice = 500000\n",
        )
    )
    assert run_dibs("catalog", "apply", str(file), "--data", str(server.data)).returncode == 0
    part(ann, "cancel-yes").click()
    expect(part(ann, "notice")).to_contain_text("It is too late to cancel this booking.")
    for address in (link, link.replace("#", "?move=#", 1)):
        ann.goto("about:blank")
        ann.goto(address)
        expect(part(ann, "change-until")).to_contain_text("This booking could be changed until")
        expect(part(ann, "cancel")).to_have_count(0)
        expect(part(ann, "move")).to_have_count(0)
    assert server.visitor().slots(resource=1)["10:00"]["state"] == "taken"


@pytest.mark.scenario(48)
@pytest.mark.parametrize(
    ("over", "still", "said"),
    [
        ("move_notice", "cancel", "You can cancel this until"),
        ("cancel_notice", "move", "It could be cancelled until"),
    ],
)
def test_the_page_offers_what_can_still_be_done(
    start_server: Callable[..., Server],
    new_page: NewPage,
    tmp_path: Path,
    *,
    over: str,
    still: str,
    said: str,
) -> None:
    server, ann = start_server(), new_page()
    open_times(ann, server)
    link = book(ann, "10:00")
    text = run_dibs("catalog", "export", "--data", str(server.data)).stdout
    (file := tmp_path / "changed.toml").write_text(
        text.replace("[[services]]\nid = 1\n", f"[[services]]\nid = 1\n{over} = 500000\n")
    )
    assert run_dibs("catalog", "apply", str(file), "--data", str(server.data)).returncode == 0
    ann.goto("about:blank")
    ann.goto(link)
    expect(part(ann, "change-until")).to_contain_text(said)
    gone = {"cancel": "move", "move": "cancel"}[still]
    expect(part(ann, still)).to_be_visible()
    expect(part(ann, gone)).to_have_count(0)


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
        for named in ("Consultation", "with Sarah Johnson"):
            expect(ann.locator(".appointment")).to_contain_text(named)
        expect(part(ann, "move")).to_have_count(0)
    part(ann, "cancel").click()
    part(ann, "cancel-yes").click()
    expect(ann.get_by_role("heading", name="Booking cancelled")).to_be_visible()
