"""Pages that were opened before an upgrade of Dibs: the code that they load later no longer
exists."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, Request, Response, Route, expect

from tests.browser.office_pages import set_up_owner, sign_in
from tests.support.server import Server

NewPage = Callable[..., Page]
LATER_STEPS, REPORTS = "**/assets/laterSteps-*", "**/office/assets/ReportsPage-*"


def is_later_code(answer: Response) -> bool:
    return "laterSteps-" in answer.url and answer.ok


class Upgrade:
    """Answers requests for code with 404 until the page has been reloaded.

    With `is_new`, the page itself finds another version on the server.
    """

    def __init__(self, page: Page, code: str, *, is_new: bool) -> None:
        self.missed = 0
        self.loads = 0
        self.is_over = False
        self._is_new = is_new
        page.route(code, self._answer_code)
        page.route(lambda _: True, self._answer_page)
        page.on("request", self._see)

    def _see(self, request: Request) -> None:
        if request.resource_type == "document":
            self.loads += 1
            self.is_over = self.is_over or self.missed > 0

    def _answer_code(self, route: Route) -> None:
        if self.is_over:
            route.continue_()
        else:
            self.missed += 1
            route.fulfill(status=404, body="not here")

    def _answer_page(self, route: Route) -> None:
        is_page = route.request.resource_type == "fetch" and "/api/" not in route.request.url
        if is_page and self._is_new:
            route.fulfill(body='<script type="module" src="/assets/of-the-upgrade.js"></script>')
        else:
            route.fallback()


def test_an_old_page_of_the_office_is_loaded_anew(server: Server, new_page: NewPage) -> None:
    set_up_owner(server).close()
    page = new_page()
    sign_in(page, server, "/audit")
    upgrade = Upgrade(page, REPORTS, is_new=True)
    page.get_by_role("link", name="Reports").click()
    expect(page.get_by_role("heading", name="Reports", level=1)).to_be_visible()
    assert upgrade.loads == 1


def test_a_page_of_the_office_that_does_not_come_is_asked_for_again(
    server: Server, new_page: NewPage
) -> None:
    set_up_owner(server).close()
    page = new_page()
    sign_in(page, server, "/audit")
    upgrade = Upgrade(page, REPORTS, is_new=False)
    page.get_by_role("link", name="Reports").click()
    expect(page.get_by_text("Dibs can’t be reached right now.")).to_be_visible()
    upgrade.is_over = True
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("heading", name="Reports", level=1)).to_be_visible()
    assert upgrade.loads == 0


def test_an_old_booking_page_is_loaded_anew(server: Server, new_page: NewPage) -> None:
    page = new_page()
    upgrade = Upgrade(page, LATER_STEPS, is_new=True)
    with page.expect_response(is_later_code):
        page.goto(server.url)
    assert upgrade.loads == 2


def test_code_of_the_booking_page_is_asked_for_until_it_comes(
    server: Server, new_page: NewPage
) -> None:
    page = new_page()
    upgrade = Upgrade(page, LATER_STEPS, is_new=False)
    with page.expect_response(is_later_code):
        with page.expect_response(lambda answer: answer.status == 404):
            page.goto(server.url)
        upgrade.is_over = True
    assert upgrade.loads == 1
