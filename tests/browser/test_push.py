"""Each action is on everybody's page at once; without a stream, within the second of a poll."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, Response, Route, expect

from tests.browser.pages import (
    choose,
    confirm,
    expect_state,
    fill_in,
    go_on,
    open_times,
    part,
)
from tests.support.server import Server
from tests.support.stream_cutter import StreamCutter

STREAMS = "**/stream?*"
#: Seconds without an event after which the page gives up a stream, in these tests.
WATCHDOG = 1.0
#: Milliseconds: the usual time without an event after which a stream is given up, the pause before
#: the next one, and some reserve.
BACK_WITHIN = 90_000

NewPage = Callable[..., Page]


def open_streaming(page: Page, server: Server) -> None:
    """Open the times of a day and wait until the page gets them by a stream."""

    def is_stream(answer: Response) -> bool:
        return "/stream" in answer.url and answer.status == 200

    with page.expect_response(is_stream):
        open_times(page, server)
    # The page shows this status after the first event, when it also stops polling.
    expect(part(page, "connection")).to_have_attribute("data-status", "live")


def test_each_step_of_one_shows_at_once_on_the_page_of_the_other(
    server: Server, new_page: NewPage
) -> None:
    ann, bob = new_page(), new_page()
    for page in (ann, bob):
        open_streaming(page, server)
    choose(ann, "10:00")
    expect_state(bob, "10:00", "held")
    go_on(ann)
    expect_state(bob, "10:00", "pending")
    fill_in(ann)
    confirm(ann)
    expect(part(ann, "reference")).to_be_visible()
    expect_state(bob, "10:00", "taken")
    booked = server.visitor().book("11:00").json()
    expect_state(bob, "11:00", "taken")
    server.visitor().cancel(booked)
    expect_state(bob, "11:00", "free")


def test_what_runs_out_shows_as_free_at_once(
    start_server: Callable[..., Server], new_page: NewPage
) -> None:
    """One is a hold that nobody prolongs, the other the checkout of a visitor who left."""
    server = start_server(checkout_lifetime=4)
    ann, bob = new_page(), new_page()
    for page in (ann, bob):
        open_streaming(page, server)
    carl = server.visitor()
    hold = carl.hold("11:00").json()
    expect_state(bob, "11:00", "held")
    carl.prolong(hold, 1)
    expect_state(bob, "11:00", "free")
    choose(ann, "10:00")
    go_on(ann)
    expect_state(bob, "10:00", "pending")
    expect_state(bob, "10:00", "free")


def test_when_a_page_is_closed_its_hold_is_gone_within_seconds(
    server: Server, new_page: NewPage
) -> None:
    ann, bob = new_page(), new_page()
    for page in (ann, bob):
        open_streaming(page, server)
    choose(ann, "10:00")
    expect_state(bob, "10:00", "held")
    ann.close()
    expect_state(bob, "10:00", "free", within=30_000)


def answer_not_found(route: Route) -> None:
    route.fulfill(status=404, content_type="application/problem+json", body="{}")


def bad_gateway(route: Route) -> None:
    route.fulfill(status=502, content_type="text/html", body="<h1>Bad Gateway</h1>")


def answer_closed_stream(route: Route) -> None:
    route.fulfill(status=200, content_type="text/event-stream", body="retry: 2000\n\n")


def abort_request(route: Route) -> None:
    route.abort("connectionreset")


@pytest.mark.parametrize(
    "refuse", [answer_not_found, bad_gateway, answer_closed_stream, abort_request]
)
def test_without_a_stream_changes_are_polled_until_there_is_one(
    server: Server, new_page: NewPage, refuse: Callable[[Route], None]
) -> None:
    bob = new_page()
    bob.route(STREAMS, refuse)
    open_times(bob, server)
    ann = server.visitor()
    for clock in ("10:00", "11:00"):
        ann.hold(clock)
        expect_state(bob, clock, "held")
    # The test asks the page and not the network, because Playwright may report no answer to a
    # request that is sent while a route is removed.
    bob.unroute(STREAMS)
    expect(part(bob, "connection")).to_have_attribute("data-status", "live", timeout=BACK_WITHIN)
    ann.hold("12:00")
    expect_state(bob, "12:00", "held")


def test_a_server_that_comes_back_is_followed_again(
    server: Server, new_page: NewPage, start_server: Callable[..., Server]
) -> None:
    bob = new_page()
    open_streaming(bob, server)
    port = int(server.url.rpartition(":")[2])
    server.stop()
    with bob.expect_response(
        lambda answer: "/stream" in answer.url and answer.status == 200, timeout=60_000
    ):
        again = start_server(port=port)
    again.visitor().hold("10:00")
    expect_state(bob, "10:00", "held")


@pytest.fixture
def wire(start_server: Callable[..., Server]) -> Iterator[StreamCutter]:
    """Yield a line to a server whose pages wait a second (two heartbeats) for an event."""
    cutter = StreamCutter(start_server(stream_heartbeat_interval=WATCHDOG / 2))
    yield cutter
    cutter.stop()


@pytest.mark.parametrize("fault", ["swallows", "trickles"])
def test_a_stream_that_never_gets_through_is_not_waited_for(
    wire: StreamCutter, new_page: NewPage, fault: str
) -> None:
    """The stream is buffered for ever, or comes byte by byte. The page polls until the first
    event."""
    setattr(wire, fault, True)
    bob = new_page()
    open_times(bob, wire)
    ann = wire.server.visitor()
    for clock in ("10:00", "11:00", "12:00"):
        ann.hold(clock)
        expect_state(bob, clock, "held")
    wire.mend()
    expect(part(bob, "connection")).to_have_attribute("data-status", "live", timeout=BACK_WITHIN)
    ann.hold("13:00")
    expect_state(bob, "13:00", "held")


@pytest.mark.parametrize("fault", ["swallows", "trickles"])
def test_a_stream_that_falls_silent_is_given_up(
    wire: StreamCutter, new_page: NewPage, fault: str
) -> None:
    """The connection is half open, or very slow: after two heartbeats the page polls."""
    bob = new_page()
    open_times(bob, wire)
    expect(part(bob, "connection")).to_have_attribute("data-status", "live", timeout=BACK_WITHIN)
    setattr(wire, fault, True)
    ann = wire.server.visitor()
    ann.hold("10:00")
    expect_state(bob, "10:00", "held")
    wire.mend()
    expect(part(bob, "connection")).to_have_attribute("data-status", "live", timeout=BACK_WITHIN)
