"""How the page looks on the way to a booking: where each element is, and which elements stay in
place."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.pages import (
    book,
    choose,
    confirm,
    expect_state,
    fill_in,
    go_on,
    open_times,
    part,
    slot,
    watch_states,
)
from tests.support.days import working_day
from tests.support.server import Server, run_dibs
from tests.support.waiting import until

NewPage = Callable[..., Page]
Box = dict[str, int]

ROOMS = """
[business]
name = "House of Music"
time_zone = "UTC"
currency = "EUR"
email = "desk@example.com"

[[services]]
id = 1
name = "Rehearsal"
description = "{description}"
duration = 60
price = "0.00"
booking_window_days = 30
resources = [1, 2]

[[services]]
id = 2
name = "Recording"
duration = 60
price = "34.00"
booking_window_days = 30
resources = [1, 3]

[[resources]]
id = 1
name = "Attic"
kind = "room"
[resources.hours]
wed = ["11:00-13:00"]

[[resources]]
id = 2
name = "Cellar"
kind = "room"
[resources.hours]
wed = ["10:00-13:00"]

[[resources]]
id = 3
name = "Shed"
kind = "room"
"""


def apply(server: Server, folder: Path, catalog: str) -> None:
    (file := folder / "catalog.toml").write_text(catalog)
    done = run_dibs("catalog", "apply", str(file), "--yes", "--data", str(server.data))
    assert done.returncode == 0, done.stderr


def box(page: Page, selector: str) -> Box:
    found = page.locator(selector).first.bounding_box()
    assert found is not None, selector
    return {side: round(found[side]) for side in ("x", "y", "width", "height")}


def test_each_step_has_a_title_of_its_own(server: Server, new_page: NewPage) -> None:
    page = new_page()

    def expect_title(heading: str) -> None:
        expect(page.get_by_role("heading", name=heading, level=2)).to_be_visible()
        expect(page).to_have_title(f"{heading} · Dibs Studio")

    page.goto(server.url)
    expect_title("What would you like to book?")
    page.get_by_test_id("service-1").click()
    expect_title("With whom?")
    open_times(page, server)
    expect_title("When suits you?")
    choose(page, "10:00")
    go_on(page)
    expect_title("Your details")
    fill_in(page)
    confirm(page)
    expect_title("You’re booked, Ann Lee")
    link = part(page, "manage-link").get_attribute("href")
    assert link is not None
    page.goto(link)
    expect_title("Your booking")
    part(page, "move").click()
    expect_title("Choose another time")
    expect(page.locator(".head")).to_contain_text(re.compile("From Wednesday.*10:00"))
    page.get_by_role("button", name="Back").click()
    part(page, "cancel").click()
    part(page, "cancel-yes").click()
    expect_title("Booking cancelled")
    page.get_by_role("link", name="Book again").click()
    expect_title("When suits you?")
    assert "service=1&resource=1" in page.url


SLOWLY = "document.documentElement.style.setProperty('--gentle', '60s linear', 'important')"
#: Returns the names of the pseudo-elements that are fading.
FADING = """document.getAnimations().map(({ effect }) => effect.pseudoElement).filter(Boolean)"""
#: Returns, for each part of the step, the side from which it moves in: -1 or 1.
BESIDE = """[...document.querySelectorAll('.stage > :not(.dock)')].map(each =>
    Number(getComputedStyle(each).getPropertyValue('--from').includes('-1') ? -1 : 1))"""


@pytest.mark.parametrize(("language", "onward"), [("en", 1), ("ar", -1)])
def test_a_step_comes_from_where_the_visitor_goes_and_can_be_pressed_at_once(
    server: Server, new_page: NewPage, language: str, onward: int
) -> None:
    page = new_page()
    page.goto(f"{server.url}/?lang={language}")
    page.evaluate(SLOWLY)
    page.get_by_test_id("service-1").dispatch_event("click")
    expect(page.get_by_test_id("resource-1")).to_be_visible()
    # The browser makes the picture that fades after the step is in the document.
    until(lambda: page.evaluate(FADING) == ["::view-transition-old(stage)"], "the step fades")
    assert page.evaluate(BESIDE) == [onward]
    place = page.get_by_test_id("resource-1").bounding_box()
    assert place is not None
    page.mouse.click(place["x"] + place["width"] / 2, place["y"] + place["height"] / 2)
    expect(page.locator("button.slot").first).to_be_attached()
    page.go_back()
    expect(page.get_by_test_id("resource-1")).to_be_visible()
    assert page.evaluate(BESIDE) == [-onward]


def test_for_who_wants_little_motion_nothing_fades(server: Server, new_page: NewPage) -> None:
    page = new_page()
    page.emulate_media(reduced_motion="reduce")
    page.goto(server.url)
    page.evaluate(SLOWLY)
    page.get_by_test_id("service-1").dispatch_event("click")
    expect(page.get_by_test_id("resource-1")).to_be_visible()
    assert page.evaluate(FADING) == []


SHIFTS = """
window.shifts = [];
new PerformanceObserver(list => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) shifts.push(entry.value);
}).observe({ type: "layout-shift", buffered: true });
"""


@pytest.mark.parametrize(("width", "height"), [(1280, 860), (390, 844)])
def test_nothing_moves_by_itself(
    server: Server, new_page: NewPage, width: int, height: int
) -> None:
    page = new_page(width, height)
    page.emulate_media(reduced_motion="reduce")
    page.add_init_script(SHIFTS)
    open_times(page, server)
    expect(part(page, "next-free")).to_contain_text(re.compile(r"\d:\d\d"))
    before = {each: box(page, each) for each in (".month", ".times-head", '[data-slot="10:30"]')}
    choose(page, "10:00")
    server.visitor().hold("11:00")
    expect_state(page, "11:00", "held")
    server.visitor().book("09:30")
    expect_state(page, "09:30", "taken")
    assert {each: box(page, each) for each in before} == before
    # Text that is drawn again may shift by less than anybody can see.
    assert page.evaluate("shifts.filter(shift => shift > 0.001)") == []


def test_ones_own_choice_never_makes_the_times_around_it_busy(
    server: Server, new_page: NewPage
) -> None:
    page = new_page()
    open_times(page, server, service=2)
    seen = watch_states(page, "10:30")
    choose(page, "10:00")
    go_on(page)
    assert seen() == ["free"]


def test_the_name_of_the_business_stays_where_it_is(server: Server, new_page: NewPage) -> None:
    page = new_page()
    page.goto(server.url)
    expect(page.get_by_test_id("service-1")).to_be_visible()
    first = box(page, "h1")
    page.get_by_test_id("service-1").click()
    expect(page.get_by_test_id("resource-1")).to_be_visible()
    assert box(page, "h1") == first
    page.get_by_test_id("resource-1").click()
    expect(page.locator("button.slot").first).to_be_visible()
    assert box(page, "h1") == first


def test_what_is_booked_is_folded_and_what_changes_stays_in_its_place(
    server: Server, new_page: NewPage
) -> None:
    booked = server.visitor().book("14:00").json()
    page = new_page()
    open_times(page, server)
    expect_state(page, "14:00", "taken")
    expect(slot(page, "14:00")).not_to_be_visible()
    head = page.locator("h4", has_text="Afternoon")
    expect(head).to_contain_text("9 free")
    stays = box(page, '[data-slot="15:00"]')
    server.visitor().book("15:00")
    expect_state(page, "15:00", "taken")
    expect(head).to_contain_text("8 free")
    assert box(page, '[data-slot="15:00"]') == stays
    # A time that becomes free is added at the end, so that no other time moves. The next time the
    # list is shown, it is in order.
    server.visitor().cancel(booked)
    expect(slot(page, "14:00")).to_be_visible()
    assert box(page, '[data-slot="15:00"]') == stays
    assert page.get_by_test_id("booked").count() == 0
    order = "[...document.querySelectorAll('button.slot')].map(each => each.dataset.slot)"
    times: list[str] = page.evaluate(order)
    assert times.index("14:00") > times.index("16:30")
    page.reload()
    expect(slot(page, "14:00")).to_be_visible()
    times = page.evaluate(order)
    assert times.index("13:30") < times.index("14:00") < times.index("14:30")


def test_the_next_step_is_beside_the_chosen_time_and_a_bar_comes_with_it(
    server: Server, new_page: NewPage
) -> None:
    page = new_page()
    open_times(page, server)
    expect(page.locator(".bar")).to_have_count(0)
    choose(page, "10:00")
    beside = page.locator(".slot-cell", has=slot(page, "10:00")).get_by_role("button", name="Next")
    expect(page.locator(".bar")).to_contain_text("Held for you")
    beside.click()
    expect(page.get_by_role("button", name="Book Wed, 10:00")).to_be_visible()
    phone = new_page(390, 844)
    open_times(phone, server)
    expect(phone.locator(".bar")).to_have_count(0)
    choose(phone, "11:00")
    expect(phone.get_by_role("button", name="Next", exact=True)).to_have_count(0)
    expect(phone.get_by_role("button", name="Continue")).to_be_visible()
    assert box(phone, ".bar")["height"] <= 80


def test_a_button_that_works_keeps_its_colour(server: Server, new_page: NewPage) -> None:
    page = new_page()
    waiting: list[Route] = []
    page.route("**/api/v1/checkouts", lambda route: waiting.append(route))
    open_times(page, server)
    choose(page, "10:00")
    button = page.get_by_role("button", name="Continue")
    colour = "element => getComputedStyle(element).backgroundColor"
    page.mouse.move(0, 0)
    before = button.evaluate(colour)
    button.dispatch_event("click")
    expect(button).to_have_attribute("aria-busy", "true")
    expect(button).to_be_disabled()
    assert button.evaluate(colour) == before
    # The chosen time stays readable meanwhile.
    chosen = slot(page, "10:00")
    assert chosen.evaluate(colour) != chosen.evaluate("e => getComputedStyle(e).color")
    waiting[0].continue_()
    expect(page.locator('input[name="name"]')).to_be_visible()


def test_on_a_phone_the_week_of_the_open_day_stands_for_the_month(
    server: Server, new_page: NewPage
) -> None:
    page = new_page(390, 844)
    page.goto(f"{server.url}/?service=1&resource=1")
    expect(page.locator('button.day[aria-pressed="true"]')).to_be_visible()
    whole = box(page, ".month-grid")
    day = page.locator('button.day:not([data-free="0"], [aria-pressed="true"])').first
    name = day.get_attribute("data-day")
    day.click()
    page.locator(".month[data-folded=true]").wait_for()
    assert box(page, ".month-grid")["height"] < whole["height"] / 3
    expect(page.locator(f'button.day[data-day="{name}"]')).to_be_in_viewport()
    expect(page.locator("button.slot").first).to_be_in_viewport()
    page.get_by_role("button", name="Show the whole month").click()
    assert box(page, ".month-grid") == whole


def test_every_month_has_the_same_height(server: Server, new_page: NewPage) -> None:
    page = new_page()
    page.goto(f"{server.url}/?service=3&resource=3")
    expect(page.locator('button.day[aria-pressed="true"]')).to_be_visible()
    first = box(page, ".month-grid")
    page.get_by_role("button", name="Next month").click()
    assert box(page, ".month-grid") == first
    assert page.locator("button.day").count() >= 28


def test_rooms_prices_and_next_free_times_are_told_in_words(
    server: Server, new_page: NewPage, tmp_path: Path
) -> None:
    apply(server, tmp_path, ROOMS.format(description="A room with a piano. " * 20))
    page = new_page()
    page.goto(server.url)
    first = page.locator(".choice", has=page.get_by_test_id("service-1"))
    expect(first).to_contain_text("Free")
    expect(first).to_contain_text("1 h · Attic, Cellar")
    expect(page.locator(".choice").nth(1)).to_contain_text("€34")
    clamped = box(page, ".choice-hint")
    first.get_by_role("button", name="More").click()
    assert box(page, ".choice-hint")["height"] > 2 * clamped["height"]
    page.get_by_test_id("service-1").click()
    expect(page.get_by_role("heading", name="Where?")).to_be_visible()
    anyone, attic, cellar = (page.locator(".choice").nth(number) for number in range(3))
    expect(cellar).to_contain_text(re.compile("Next free: Wed.* 10:00"))
    expect(attic).to_contain_text(re.compile("Next free: Wed.* 11:00"))
    expect(anyone).to_contain_text(re.compile("Next free: Wed.* 10:00"))
    page.get_by_test_id("resource-2").click()
    expect(page.locator(".summary")).to_contain_text("in Cellar")
    # The shed is never free.
    page.goto(f"{server.url}/?service=2&resource=3")
    expect(page.get_by_text("Nothing is free at the moment.")).to_be_visible()
    expect(page.get_by_role("link", name="desk@example.com")).to_have_attribute(
        "href", "mailto:desk@example.com"
    )
    page.get_by_role("button", name="Try someone else").click()
    expect_state(page, "11:00", "free")


def test_before_anything_is_known_the_frame_of_the_page_is_there(
    server: Server, chromium: Browser
) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(server.url)
    expect(page.locator(".frame .blank")).to_have_count(4)
    expect(page.locator(".frame .blank").first).to_be_visible()
    context.close()


def test_a_booking_tells_both_times_alike_and_prints_as_one_column(
    server: Server, chromium: Browser
) -> None:
    context = chromium.new_context(timezone_id="Asia/Tokyo", locale="en-GB")
    page = context.new_page()
    open_times(page, server)
    link = book(page, "16:00")
    times = page.locator(".appointment .when-time")
    expect(times).to_have_count(2)
    expect(times.nth(1)).to_contain_text("01:00 – 01:30")
    sizes = times.evaluate_all("all => all.map(each => getComputedStyle(each).fontSize)")
    assert len(set(sizes)) == 1
    page.emulate_media(media="print")
    expect(page.get_by_role("link", name="Google")).not_to_be_visible()
    expect(part(page, "copy-link").locator("visible=true")).to_have_count(0)
    expect(page.locator(".keep-link-text")).to_have_text(link)
    expect(page.locator(".keep-link-text")).to_be_visible()
    context.close()


def test_full_days_look_different_from_days_without_an_offer(
    server: Server, new_page: NewPage, tmp_path: Path
) -> None:
    apply(server, tmp_path, ROOMS.format(description=""))
    for time in ("11:00", "12:00"):
        assert server.visitor().book(time, service=2).status_code == 201
    page = new_page()
    page.goto(f"{server.url}/?service=2&resource=1")
    expect(page.locator('button.day[aria-pressed="true"]')).to_be_visible()
    full = page.locator(f'button[data-day="{working_day()}"]')
    expect(full).to_have_accessible_name(re.compile("fully booked"))
    expect(full).to_have_css("text-decoration-line", "line-through")
    expect(full).to_have_attribute("aria-disabled", "false")
    closed = page.locator(f'button[data-day="{working_day() + timedelta(days=1)}"]')
    expect(closed).to_have_attribute("aria-disabled", "true")
    expect(closed).to_have_css("opacity", "0.38")
