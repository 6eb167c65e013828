"""Short helpers for what people do on the booking page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from playwright.sync_api import Locator, Page, expect

from tests.support.days import working_day
from tests.support.proxies import Proxy
from tests.support.server import Server
from tests.support.stream_cutter import StreamCutter

#: Milliseconds. A busy machine may be slow, so this is generous; `bench propagation` measures how
#: soon a change is seen.
SEEN_WITHIN = 30_000
#: An image that can't be loaded counts as loaded.
DRAW_IMAGES_AT_ONCE = """() => Promise.allSettled([...document.images].map((each) => {
    each.loading = "eager";
    each.decoding = "sync";
    return each.decode();
}))"""


def open_times(
    page: Page,
    server: Server | Proxy | StreamCutter,
    *,
    service: int = 1,
    resource: int = 1,
    day: date | None = None,
) -> None:
    page.goto(f"{server.url}/?service={service}&resource={resource}&day={day or working_day()}")
    expect(page.locator("button.slot").first).to_be_visible()


def wait_for_pictures(page: Page) -> None:
    """Wait until all images of the page are loaded, and draw them together with their page.

    A screenshot doesn't wait for images that are still being loaded, decoded or left for later.
    """
    # This has a deadline. `evaluate` has none, so an image that never arrives would stop all tests.
    page.wait_for_function(DRAW_IMAGES_AT_ONCE)


def slot(page: Page, time: str) -> Locator:
    return page.locator(f'button.slot[data-slot="{time}"]')


def insist(page: Page, time: str) -> None:
    """Click a slot in whatever state the page shows it, like a visitor whose page is out of
    date."""
    slot(page, time).dispatch_event("click")


def cut_off(page: Page, what: str) -> None:
    """Abort all requests that match `what`.

    An open stream would not notice, so the page is told that it is offline: it closes the stream.
    """
    page.route(what, lambda route: route.abort())
    page.evaluate("dispatchEvent(new Event('offline'))")


def expect_state(page: Page, time: str, state: str, *, within: float = SEEN_WITHIN) -> None:
    expect(slot(page, time)).to_have_attribute("data-state", state, timeout=within)


def choose(page: Page, time: str) -> None:
    slot(page, time).click()
    expect_state(page, time, "mine")


def part(page: Page, name: str) -> Locator:
    """Return the visible element with this test id: phone and desktop may each have one."""
    return page.get_by_test_id(name).locator("visible=true").first


def go_on(page: Page) -> None:
    part(page, "continue").click()
    expect(page.locator('input[name="name"]')).to_be_visible()


def fill_in(page: Page, name: str = "Ann Lee", email: str = "ann@example.com") -> None:
    page.locator('input[name="name"]').fill(name)
    page.locator('input[name="email"]').fill(email)


def open_day(page: Page, day: date) -> None:
    """Choose a day in the month view, after the page has opened its first day."""
    button = page.locator(f'button[data-day="{day}"]')
    expect(page.locator('button[data-day][aria-pressed="true"]')).to_be_visible()
    if not button.is_visible():
        page.get_by_role("button", name="Next month").click()
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")


def confirm(page: Page) -> None:
    part(page, "confirm").click()


def book(page: Page, time: str, name: str = "Ann Lee") -> str:
    """Book a time, from the time step to the end, and return the manage link."""
    choose(page, time)
    go_on(page)
    fill_in(page, name)
    confirm(page)
    expect(part(page, "reference")).to_be_visible()
    link = part(page, "manage-link").get_attribute("href")
    assert link is not None
    return link


def watch_states(page: Page, time: str) -> Callable[[], list[str]]:
    """Record every state that a slot shows from now on. Returns a function that returns these
    states."""
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
