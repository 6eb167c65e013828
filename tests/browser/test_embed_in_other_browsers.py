"""`<dibs-booking>` in Firefox and in WebKit, without cookies of third parties."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from selenium.webdriver.remote.webdriver import WebDriver

from tests.browser.embedding import LISTEN, script
from tests.support.days import working_day
from tests.support.other_browsers import Tab, firefox, webkit
from tests.support.server import Server
from tests.support.sites import Site, another_site
from tests.support.waiting import until

pytestmark = pytest.mark.all_browsers


@pytest.fixture(scope="module", params=[firefox, webkit], ids=["firefox", "webkit"])
def tab(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tab]:
    start: Callable[[Path], AbstractContextManager[WebDriver]] = request.param
    with start(tmp_path_factory.mktemp("browser")) as driver:
        yield Tab(driver, within="dibs-booking")


@pytest.fixture
def site() -> Iterator[Site]:
    with another_site() as site:
        yield site


def test_a_strict_site_books(start_server: Callable[..., Server], site: Site, tab: Tab) -> None:
    server = start_server(allowed_origins=site.url)
    site.is_strict(server.url)
    site.files["/listen.js"] = LISTEN
    body = f'<script src="/listen.js"></script>{script(server.url)}<dibs-booking></dibs-booking>'
    tab.open(site.shows(body))
    pages_before = tab.run("return history.length")
    tab.click_part("service-1")
    tab.click_part("resource-1")
    tab.open_day(working_day())
    tab.choose("10:00")
    tab.expect_connection("live")
    tab.click_part("continue")
    tab.fill("name", "Ann Lee")
    tab.fill("email", "ann@example.com")
    tab.click_part("confirm")
    reference = until(lambda: tab.read_part("reference"), "the reference is shown")
    assert server.sql("SELECT reference FROM bookings") == [(reference,)]
    told = tab.run("return window.said.map(([name]) => name)")
    assert told[-1] == "booked"
    assert tab.run("return [location.pathname, document.cookie, history.length]") == [
        *("/", "", pages_before),
    ]
