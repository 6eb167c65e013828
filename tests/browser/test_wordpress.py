"""The documented snippets in pages of another site: each leads to a working booking page, and a
script of that site can use the API."""

from __future__ import annotations

import functools
import re
import textwrap
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.pages import book, open_day
from tests.support.days import working_day
from tests.support.server import Server

HOW_TO = Path(__file__).parents[2] / "docs/how-to"
SNIPPETS = (HOW_TO / "wordpress-snippet.html").read_text(encoding="utf-8")
BOOKING = "https://booking.studio.example"

#: Follows a board as `frontend/src/feed` does: snapshot, conditional snapshot, stream.
FOLLOW = """async board => {
    const first = await fetch(board);
    const seen = first.headers.get("ETag");
    const again = await fetch(board, { headers: { "If-None-Match": seen }, cache: "no-store" });
    const told = await new Promise((resolve, reject) => {
        const stream = new EventSource(board + "/stream");
        stream.addEventListener("board", event => { stream.close(); resolve(event); });
        stream.addEventListener("error", reject);
    });
    return [first.status, again.status, `"${told.lastEventId}"` === seen];
}"""

NewPage = Callable[..., Page]


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@dataclass
class Site:
    """Serves static pages of another origin."""

    url: str
    folder: Path

    def shows(self, dibs: Server) -> str:
        """Write the documented page for this Dibs and return its address."""
        page = SNIPPETS.replace(BOOKING, dibs.url)
        (self.folder / "book.html").write_text(page, encoding="utf-8")
        return f"{self.url}/book.html"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    (folder := tmp_path / "site").mkdir()
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield Site(f"http://127.0.0.1:{server.server_port}", folder)
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_page_to_try_has_the_snippets_of_the_text() -> None:
    text = (HOW_TO / "wordpress.md").read_text(encoding="utf-8")
    snippets = re.findall(r"```html\n(.*?)```", text, re.DOTALL)
    assert len(snippets) == 4
    lines = " ".join(SNIPPETS.split())
    for snippet in snippets:
        assert " ".join(textwrap.dedent(snippet).split()) in lines


def test_a_button_leads_to_the_booking_of_its_service(
    server: Server, site: Site, new_page: NewPage
) -> None:
    page = new_page()
    page.goto(site.shows(server))
    page.get_by_role("link", name="Book a consultation").click()
    expect(page).to_have_url(f"{server.url}/?service=1")
    page.get_by_text("Sarah Johnson").click()
    open_day(page, working_day())
    assert book(page, "10:00").startswith(server.url)


def test_the_page_in_a_frame_books(
    start_server: Callable[..., Server], site: Site, new_page: NewPage
) -> None:
    server = start_server(allowed_origins=site.url)
    page = new_page()
    page.goto(site.shows(server))
    frame = page.frame_locator("iframe")
    page.locator("iframe").scroll_into_view_if_needed()
    frame.get_by_text("Consultation", exact=True).click()
    frame.get_by_text("Sarah Johnson").click()
    frame.locator("button.slot:not([disabled])").first.click()
    frame.get_by_test_id("continue").locator("visible=true").first.click()
    frame.locator('input[name="name"]').fill("Ann Lee")
    frame.locator('input[name="email"]').fill("ann@example.com")
    frame.get_by_test_id("confirm").locator("visible=true").first.click()
    expect(frame.get_by_test_id("reference").locator("visible=true").first).to_be_visible()
    assert server.sql("SELECT status, customer_name FROM bookings") == [("confirmed", "Ann Lee")]


def test_the_element_books(
    start_server: Callable[..., Server], site: Site, new_page: NewPage
) -> None:
    server = start_server(allowed_origins=site.url)
    page = new_page()
    page.goto(site.shows(server))
    page.get_by_test_id("service-1").click()
    page.get_by_test_id("resource-1").click()
    open_day(page, working_day())
    book(page, "10:00")
    assert server.sql("SELECT status, customer_name FROM bookings") == [("confirmed", "Ann Lee")]


def test_a_site_that_is_not_named_shows_nothing_of_it(
    server: Server, site: Site, new_page: NewPage
) -> None:
    page = new_page()
    with page.expect_console_message(lambda said: "frame-ancestors" in said.text):
        page.goto(site.shows(server))
        page.locator("iframe").scroll_into_view_if_needed()
    expect(page.frame_locator("iframe").get_by_text("Consultation", exact=True)).to_have_count(0)


def test_a_page_of_a_named_site_follows_a_board(
    start_server: Callable[..., Server], site: Site, new_page: NewPage
) -> None:
    server = start_server(allowed_origins=site.url)
    page = new_page()
    page.goto(site.url)
    board = f"{server.url}/api/v1/boards/1/{working_day()}"
    assert page.evaluate(FOLLOW, board) == [200, 304, True]
