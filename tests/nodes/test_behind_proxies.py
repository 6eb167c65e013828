"""Two nodes behind the proxies of the documentation: each node can answer any request, and no
request is lost when a node restarts."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import httpx2
import pytest

from tests.support.crowd import Viewer, crowd
from tests.support.days import at, wire, working_day
from tests.support.proxies import Proxy, caddy, nginx
from tests.support.redis_server import free_port
from tests.support.server import Server
from tests.support.stack import Stack
from tests.support.visitor import Visitor
from tests.support.waiting import until

#: These tests measure how the returning viewers are spread over time, so they run alone.
pytestmark = pytest.mark.alone

CLIENTS = 6
VIEWERS = 200
#: Seconds after a node has stopped.
RIGHT_WITHIN = 30.0


@pytest.fixture(params=[nginx, caddy])
def proxied(
    request: pytest.FixtureRequest, stack: Stack, tmp_path: Path
) -> Iterator[tuple[Stack, Proxy]]:
    make: Callable[[Path, list[Server]], Proxy] = request.param
    stack.node()
    stack.node()
    proxy = make(tmp_path / "proxy", stack.nodes)
    yield stack, proxy
    proxy.stop()


def test_nothing_sticky_is_needed(proxied: tuple[Stack, Proxy]) -> None:
    _, proxy = proxied
    ann, bob = Visitor(proxy.url), Visitor(proxy.url)
    for hour in range(9, 15):
        start = at(f"{hour:02}:00")
        hold = ann.hold(start).json()
        assert bob.hold(start).json()["code"] == "slot_held"
        checkout = ann.check_out(hold=hold).json()
        booking = ann.confirm(checkout).json()
        assert bob.book(start).json()["code"] == "slot_taken"
        assert ann.read(booking).json()["status"] == "confirmed"
    for visitor in (ann, bob):
        visitor.http.close()


@pytest.mark.parametrize("strips", [True, False], ids=["stripped", "left"])
def test_all_of_dibs_can_be_under_a_path_of_a_site(
    stack: Stack, tmp_path: Path, strips: bool
) -> None:
    for _ in range(2):
        stack.node(port=free_port(), public_url="https://studio.example/book/")
    proxy = nginx(tmp_path / "proxy", stack.nodes, "/book", strips=strips)
    site = proxy.url.removesuffix("/book")
    page = httpx2.get(f"{proxy.url}/manage/AAAAA-AAAAA", verify=False).text
    asset = page.partition('src="')[2].partition('"')[0]
    assert asset.startswith("/book/assets/")
    assert httpx2.get(site + asset, verify=False).status_code == 200
    ann = Visitor(proxy.url)
    with ann.http:
        booking = ann.book(at("10:00")).json()
        assert booking["manage_url"].startswith("https://studio.example/book/manage/")
        assert ann.read(booking).json()["status"] == "confirmed"
        board = f"/api/v1/boards/1/{working_day()}"
        with ann.http.stream("GET", f"{board}/stream") as stream:
            assert '"taken"' in next(text for text in stream.iter_text() if "data" in text)
        polled = ann.http.get(
            "/wp-json/appointease/v1/slots/poll"
            f"?date={working_day()}&employee_id=1&client_id=ann&selected_time=11:00"
        )
        assert "10:00" in polled.json()["booked_slots"]
        expected = "; Path=/;" if strips else "; Path=/book/;"
        assert expected in polled.headers["Set-Cookie"]
    proxy.stop()


class Clients:
    """Clients that send one request after the other, GET and POST in turn. `dropped` has the
    requests that Dibs didn't answer."""

    def __init__(self, url: str) -> None:
        self.dropped: list[str] = []
        self.answered = 0
        self._url = url
        self._over = threading.Event()
        self._threads = [
            threading.Thread(target=self._go_on, args=(number,)) for number in range(CLIENTS)
        ]

    def __enter__(self) -> Clients:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _go_on(self, number: int) -> None:
        visitor = Visitor(self._url)
        start = at(f"{9 + number:02}:00")
        with visitor.http:
            for count in itertools.count():
                if self._over.is_set():
                    return
                self._note(lambda: visitor.http.get(f"/api/v1/boards/1/{working_day()}"))
                self._note(lambda: visitor.hold(start))
                self._note(partial(visitor.check_out, start, key=f"{number}-{count}"))

    def _note(self, send: Callable[[], httpx2.Response]) -> None:
        try:
            answer = send()
        except httpx2.TransportError as fault:
            self.dropped.append(repr(fault))
            return
        self.answered += 1
        if answer.status_code not in (200, 201):
            self.dropped.append(f"{answer.status_code} {answer.text}")


def test_a_rolling_restart_drops_no_request(proxied: tuple[Stack, Proxy]) -> None:
    stack, proxy = proxied
    with Clients(proxy.url) as clients:
        for node in list(stack.nodes):
            before = clients.answered
            until(lambda before=before: clients.answered > before + 50, "all are busy", within=20)
            assert node.stop() == 0
            port = int(node.url.rpartition(":")[2])
            before = clients.answered
            until(lambda before=before: clients.answered > before + 50, "one serves", within=20)
            stack.node(port=port)
        before = clients.answered
        until(lambda before=before: clients.answered > before + 50, "both serve", within=20)
    assert clients.dropped == []


def states_of_viewer(viewer: Viewer) -> dict[str, str]:
    return {busy["starts_at"]: busy["state"] for busy in viewer.shown.get("busy", ())}


def test_a_rolling_restart_leaves_every_viewer_right_and_makes_no_herd(
    proxied: tuple[Stack, Proxy],
) -> None:
    stack, proxy = proxied
    path = f"/api/v1/boards/1/{working_day()}"
    ann = Visitor(proxy.url)
    with ann.http, crowd(VIEWERS, proxy.url, path) as viewers:
        until(lambda: all(viewer.shown for viewer in viewers), "all see the board", within=30)
        for hour, node in enumerate(list(stack.nodes), start=9):
            stopped = time.monotonic()
            assert node.stop() == 0
            start = at(f"{hour:02}:00")
            assert ann.book(start).status_code == 201
            expected = wire(start)
            until(
                lambda expected=expected: all(
                    states_of_viewer(viewer).get(expected) == "taken" for viewer in viewers
                ),
                "every viewer is right",
                within=RIGHT_WITHIN,
            )
            stack.node(port=int(node.url.rpartition(":")[2]))
            until(
                lambda stopped=stopped: all_back(viewers, stopped),
                "those who were sent away are back",
                within=30,
            )
            cuts = sum(viewer.cuts for viewer in viewers)
            assert spread(viewers, stopped) > 0.5, f"{cuts} were cut"


def sent_away(viewers: list[Viewer], since: float) -> list[Viewer]:
    return [viewer for viewer in viewers if viewer.due and viewer.due[-1] > since]


def all_back(viewers: list[Viewer], since: float) -> bool:
    """Tell whether all viewers of the stopped node are back. About half of all viewers were on
    it."""
    away = sent_away(viewers, since)
    return len(away) > VIEWERS / 4 and all(viewer.opened[-1] >= viewer.due[-1] for viewer in away)


def spread(viewers: list[Viewer], since: float) -> float:
    """Return the seconds within which the middle half of the viewers were due to come back."""
    due = sorted(viewer.due[-1] for viewer in sent_away(viewers, since))
    return due[len(due) * 3 // 4] - due[len(due) // 4]
