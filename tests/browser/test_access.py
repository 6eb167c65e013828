"""Accessibility that axe can't check: the keyboard, the focus, screen readers and reduced
motion."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, FloatRect, Page, expect

from tests.browser.pages import choose, expect_state, open_times, part
from tests.support.days import working_day
from tests.support.server import Server
from tests.support.waiting import until

MAX_TABS = 12
#: A desktop, a phone, and a window of 1280 x 1024 px that is enlarged four times.
WINDOWS = [(1280, 800), (390, 844), (320, 256)]
#: Returns the HTML of the element with the focus if people can't see it, else null.
HIDDEN = """() => {
    const focused = document.activeElement;
    const { left, top, width, height } = focused.getBoundingClientRect();
    const there = document.elementFromPoint(left + width / 2, top + height / 2);
    const isSeen = focused !== document.body && focused.contains(there);
    return isSeen ? null : (focused.outerHTML ?? "nothing").slice(0, 200);
}"""
#: Records every animation and transition of a page. Those without a duration don't count.
MOTION = """
window.moved = [];
const note = ({ target }) => {
    for (const each of target.getAnimations())
        if (each.effect.getComputedTiming().duration > 0)
            moved.push(`${each.animationName ?? each.transitionProperty} of ${target.className}`);
};
for (const kind of ["transitionrun", "animationstart"]) document.addEventListener(kind, note);
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server.start(tmp_path_factory.mktemp("access") / "data")
    yield server
    server.stop()


@pytest.fixture
def open_page(chromium: Browser) -> Iterator[Callable[[int, int], Page]]:
    """Yield a function that opens a page for a visitor who wants reduced motion and has a 24-hour
    clock."""
    contexts = []

    def open_window(width: int, height: int) -> Page:
        context = chromium.new_context(
            locale="en-GB",
            viewport={"width": width, "height": height},
            reduced_motion="reduce",
        )
        contexts.append(context)
        page = context.new_page()
        page.add_init_script(MOTION)
        return page

    yield open_window
    for context in contexts:
        context.close()


class Keyboard:
    """A visitor without a mouse. The element with the focus must always be visible to them."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.tabs = 0

    def tab_to(self, selector: str) -> None:
        while not self.page.evaluate("each => document.activeElement.matches(each)", selector):
            assert self.tabs < MAX_TABS, f"too many Tabs, and {selector} is not reached"
            self.page.keyboard.press("Tab")
            self.tabs += 1
            self.expect_seen()

    def press(self, selector: str) -> None:
        self.tab_to(selector)
        self.page.keyboard.press("Enter")

    def expect_focus(self, selector: str) -> None:
        expect(self.page.locator(selector).first).to_be_focused()
        self.expect_seen()

    def expect_seen(self) -> None:
        """Wait until the focus is visible. When the bar of the chosen time appears, the page
        scrolls a moment later."""
        seen = "what has the focus is seen"
        until(lambda: self.page.evaluate(f"({HIDDEN})() === null"), seen)


@pytest.mark.scenario(33)
@pytest.mark.parametrize(("width", "height"), WINDOWS)
def test_a_keyboard_alone_books_and_nothing_moves(
    server: Server, open_page: Callable[[int, int], Page], width: int, height: int
) -> None:
    page = open_page(width, height)
    page.goto(server.url)
    expect(page.get_by_test_id("service-1")).to_be_visible()
    keyboard = Keyboard(page)
    keyboard.press('[data-testid="service-1"]')
    keyboard.expect_focus("h2")
    keyboard.press('[data-testid="resource-1"]')
    keyboard.expect_focus("h2")
    expect(page.locator('button.slot[data-state="free"]').first).to_be_visible()
    keyboard.press('button.slot[data-state="free"]')
    keyboard.expect_focus('button.slot[data-state="mine"]')
    expect(part(page, "continue")).to_be_enabled()
    keyboard.press('[data-testid="continue"]')
    keyboard.expect_focus("h2")
    for name, text in (("name", "Ann Lee"), ("email", "ann@example.com")):
        keyboard.tab_to(f'input[name="{name}"]')
        page.keyboard.type(text)
    page.keyboard.press("Enter")
    expect(part(page, "reference")).to_be_visible()
    keyboard.expect_focus("h2")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("moved") == []


def top(page: Page, selector: str) -> float:
    return box_of(page, selector)["y"]


def bottom(page: Page, selector: str) -> float:
    box = box_of(page, selector)
    return box["y"] + box["height"]


def box_of(page: Page, selector: str) -> FloatRect:
    box = page.locator(selector).bounding_box()
    assert box is not None, selector
    return box


def test_the_bar_of_the_chosen_time_does_not_cover_it(
    server: Server, open_page: Callable[[int, int], Page]
) -> None:
    page = open_page(390, 600)
    open_times(page, server)
    slot = page.locator('button.slot[data-state="free"]').nth(8)
    slot.evaluate("each => { each.focus(); each.scrollIntoView({ block: 'end' }); }")
    page.keyboard.press("Enter")
    expect(part(page, "continue")).to_be_enabled()
    chosen = 'button.slot[data-state="mine"]'
    Keyboard(page).expect_focus(chosen)
    until(lambda: bottom(page, chosen) <= top(page, ".dock"), "the whole time is seen")


@pytest.mark.scenario(33)
def test_a_screen_reader_says_everything_in_full(
    server: Server, open_page: Callable[[int, int], Page]
) -> None:
    page = open_page(1280, 800)
    day = f"{working_day():%A %-d %B}"
    server.visitor().hold("15:00")
    page.goto(server.url)
    first = page.get_by_role("button", name="Consultation")
    expect(first).to_have_accessible_description(
        re.compile(r"€75 30 min · Sarah Johnson, Mike Wilson")
    )
    open_times(page, server)
    expect_state(page, "15:00", "held")
    choose(page, "16:00")
    expect(page.locator("main")).to_match_aria_snapshot(
        f"""
        - heading "When suits you?" [level=2]
        - button /{day}, \\d+ free times/ [pressed]
        - region "{day}, with Sarah Johnson":
          - heading "{day}" [level=3]
          - img "Live"
          - region "Afternoon":
            - heading /Afternoon · \\d+ free/ [level=4]
            - button "14:00 free"
            - button "15:00 Processing" [disabled]
            - button "15:30 free"
            - button "16:00 your choice" [pressed]
            - button "Next"
        - status: 16:00 is held for you
        - button "Continue"
        """
    )
    expect(page.get_by_role("complementary")).to_match_aria_snapshot(
        """
        - complementary "Your booking so far":
          - heading "Dibs Studio" [level=1]
          - button "Change the service"
          - list:
            - listitem:
              - text: with Sarah Johnson
              - button "Change who or where"
        """
    )
    page.goto(f"{server.url}/?service=1&day={working_day()}")
    expect(page.get_by_role("button", name="Anyone")).to_be_visible()
    page.get_by_role("button", name="Anyone").click()
    expect(page.get_by_role("region", name=day, exact=True)).to_be_visible()
