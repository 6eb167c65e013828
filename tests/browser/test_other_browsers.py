"""Booking, live updates and a lost connection in Firefox and WebKit (`./dibs test
--all-browsers`)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from selenium.webdriver.remote.webdriver import WebDriver

from tests.support.days import working_day
from tests.support.other_browsers import Tab, firefox, webkit
from tests.support.server import Server
from tests.support.stream_cutter import StreamCutter
from tests.support.waiting import until

pytestmark = pytest.mark.all_browsers

#: Seconds in which the page is current again without a stream. The page then polls once a second;
#: the longest pause before the next stream, and some reserve, are included.
BACK_WITHIN = 60.0


@pytest.fixture(scope="module", params=[firefox, webkit], ids=["firefox", "webkit"])
def tab(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tab]:
    """Yield one tab for the module. Each test has its own server, and so its own origin."""
    start: Callable[[Path], AbstractContextManager[WebDriver]] = request.param
    with start(tmp_path_factory.mktemp("browser")) as driver:
        yield Tab(driver)


@pytest.fixture
def wire(server: Server) -> Iterator[StreamCutter]:
    cutter = StreamCutter(server)
    yield cutter
    cutter.stop()


def open_times(tab: Tab, place: Server | StreamCutter) -> None:
    tab.open(f"{place.url}/?service=1&resource=1&day={working_day()}")
    tab.expect_connection("live")


def test_the_journey_ends_with_a_booking(server: Server, tab: Tab) -> None:
    tab.open(server.url)
    tab.click_part("service-1")
    tab.click_part("resource-1")
    tab.open_day(working_day())
    tab.choose("10:00")
    tab.click_part("continue")
    tab.fill("name", "Ann Lee")
    tab.fill("email", "ann@example.com")
    tab.click_part("confirm")
    reference = until(lambda: tab.read_part("reference"), "the reference is shown")
    assert server.sql("SELECT reference FROM bookings") == [(reference,)]


@pytest.mark.parametrize(
    ("language", "direction", "heading"),
    [("de", "ltr", "Wann passt es Ihnen?"), ("ar", "rtl", "متى يناسبك؟")],
)
def test_the_journey_in_another_language(
    server: Server, tab: Tab, language: str, direction: str, heading: str
) -> None:
    tab.open(f"{server.url}/?service=1&resource=1&day={working_day()}&lang={language}")
    tab.choose("10:00")
    assert tab.evaluate("document.documentElement.lang") == language
    assert tab.evaluate("document.documentElement.dir") == direction
    assert tab.evaluate("document.querySelector('h2').textContent") == heading
    tab.click_part("zone")
    until(lambda: tab.evaluate("document.querySelectorAll('[data-zone]').length > 1"), "zones show")
    tab.fill("zone", "tokyo")
    tab.click('[data-zone="Asia/Tokyo"]')
    until(lambda: "Tokyo" in tab.read_part("zone"), "the zone is chosen")
    until(
        lambda: tab.evaluate("document.querySelector('[data-zone]') === null"), "the list is gone"
    )
    tab.click_part("continue")
    tab.fill("name", "Ann Lee")
    tab.fill("email", "ann@example.com")
    tab.click_part("confirm")
    reference = until(lambda: tab.read_part("reference"), "the reference is shown")
    booked = server.sql("SELECT reference, language FROM bookings")
    assert booked == [(reference, language)]


def test_what_another_chooses_is_pushed(server: Server, tab: Tab) -> None:
    open_times(tab, server)
    tab.expect_state("10:00", "free")
    server.visitor().hold("10:00")
    tab.expect_state("10:00", "held")
    tab.expect_connection("live", within=0)


def test_while_its_stream_is_cut_it_polls_then_it_streams_again(
    server: Server, wire: StreamCutter, tab: Tab
) -> None:
    open_times(tab, wire)
    ann = server.visitor()
    wire.cut()
    tab.expect_connection("polling")
    for time in ("10:00", "11:00"):
        ann.hold(time)
        tab.expect_state(time, "held")
    tab.expect_connection("polling", within=0)
    wire.mend()
    tab.expect_connection("live", within=BACK_WITHIN)
    ann.hold("12:00")
    tab.expect_state("12:00", "held")
