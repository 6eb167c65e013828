"""The quick answer to a usual request is, byte by byte, the answer that all layers together
give."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dibs.app import Dibs, create_app
from dibs.appointease.api.parsing import client_secret
from dibs.availability.boards import BoardKey
from dibs.metrics import polls
from dibs.settings import Settings
from tests.support.days import at, wire
from tests.support.dibs_in_process import build
from tests.support.hand_clock import HandClock

pytestmark = pytest.mark.anyio

Header = tuple[bytes, bytes]

DAY = date(2026, 11, 25)
POLL = "/wp-json/appointease/v1/slots/poll"
BOARD = f"/api/v1/boards/1/{DAY}"
ONE_DAY = f"/api/v1/services/1/days/{DAY}"
ASKED = f"date={DAY}&employee_id=1"
ANN = f"{ASKED}&client_id=ann"
SECRET = client_secret("ann").encode()
OTHER_SECRET = client_secret("bob").encode()
COOKIE = (b"cookie", b"dibs_client=" + SECRET)
LINGERING = b"dibs_lingers=1_%b_10:00_1" % str(DAY).encode()
BROWSER = ((b"host", b"studio.example"), (b"accept", b"*/*"), (b"sec-fetch-site", b"same-origin"))
REQUEST_ID = b"x-request-id"
FORWARDED = ((b"x-forwarded-for", b"9.9.9.9"), (b"x-forwarded-proto", b"https"))

SAFE = {"public_url": "https://studio.example"}
UNDER_A_PATH = {"public_url": "https://studio.example/book"}
SHARED = {"allowed_origins": "https://shop.example"}
PROXIED = {"trusted_proxies": "127.0.0.0/8, 10.0.0.0/8"}


@dataclass(frozen=True)
class Request:
    """A request, and the settings of the server that it is for."""

    path: str = POLL
    query: str = ASKED
    headers: tuple[Header, ...] = BROWSER
    method: str = "GET"
    settings: dict[str, Any] = field(default_factory=dict)
    body: bytes = b""

    def scope(self) -> Scope:
        return {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "server": ("127.0.0.1", 80),
            "client": ("127.0.0.1", 999),
            "scheme": "http",
            "method": self.method,
            "root_path": "",
            "path": self.path,
            "raw_path": self.path.encode(),
            "query_string": self.query.encode(),
            "headers": list(self.headers),
            "state": {},
        }


def poll(query: str, *headers: Header, **more: Any) -> Request:
    return Request(query=query, headers=(*BROWSER, *headers), **more)


def look(path: str, query: str = "", *headers: Header, **more: Any) -> Request:
    return Request(path, query, (*BROWSER, *headers), **more)


class LongWay:
    """The app with all its layers. It counts the requests that the quick answers pass on."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.requests = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.requests += 1
        await self._app(scope, receive, send)


@dataclass
class Scene:
    dibs: Dibs
    clock: HandClock
    app: ASGIApp
    long_way: LongWay

    async def quick(self, request: Request) -> list[Message]:
        return await answer_of(self.app, request)

    async def is_quick(self, request: Request) -> bool:
        before = self.long_way.requests
        await self.quick(request)
        return self.long_way.requests == before


@asynccontextmanager
async def opening_scene(settings: Settings, **more: Any) -> AsyncIterator[Scene]:
    clock = HandClock()
    dibs = build(settings.model_copy(update=more), clock)
    app = create_app(dibs)
    long_way = app.app = LongWay(app.app)
    # Read the boards first: a request waits for a reading for one second only, which a busy machine
    # may exceed.
    for resource in (1, 2):
        await dibs.hub.refresh(BoardKey(resource, DAY))
    yield Scene(dibs, clock, app, long_way)
    await dibs.close()


@pytest.fixture
async def scene(demo_settings: Settings) -> AsyncIterator[Scene]:
    async with opening_scene(demo_settings) as scene:
        yield scene


async def answer_of(app: ASGIApp, request: Request) -> list[Message]:
    """Return everything that the app sends. Its random request id is replaced."""
    found: list[Message] = []
    unread = [{"type": "http.request", "body": request.body, "more_body": False}]

    async def receive() -> Message:
        return unread.pop() if unread else {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        found.append(message)

    await app(request.scope(), receive, send)
    name, given = found[0]["headers"].pop()
    assert name == REQUEST_ID
    if (REQUEST_ID, given) not in request.headers:
        assert re.fullmatch(rb"[0-9a-f]{16}", given)
        given = b"made"
    found[0]["headers"].append((name, given))
    return found


USUAL = {
    "poll": poll(ASKED),
    "poll with few headers": Request(headers=()),
    "poll of a known client": poll(ANN, COOKIE),
    "poll by the cookie alone": poll(ASKED, COOKIE),
    "poll with a cookie that is no secret": poll(ASKED, (b"cookie", b"dibs_client=x")),
    "poll with other cookies": poll(ANN, (b"cookie", b"wp_x=1; " + COOKIE[1] + b"; a=b")),
    "poll with long cookies": poll(ANN, (b"cookie", COOKIE[1] + b"; a=" + b"b" * 500)),
    "poll with the cookie of another page": poll(ANN, (b"cookie", b"dibs_client=" + OTHER_SECRET)),
    "poll by https": poll(ANN, (b"cookie", b"__Host-dibs_client=" + SECRET), settings=SAFE),
    "poll under a path": poll(ANN, COOKIE, path=f"/book{POLL}", settings=UNDER_A_PATH),
    "poll without the path": poll(ANN, COOKIE, settings=UNDER_A_PATH),
    "poll with other sites allowed": poll(ANN, COOKIE, settings=SHARED),
    "poll without limits": poll(ANN, COOKIE, settings={"limits": "off"}),
    "poll with an ETag": poll(ASKED, (b"if-none-match", b"*")),
    "poll with an id": poll(ASKED, (REQUEST_ID, b"from-a-proxy")),
    "poll with a bad id": poll(ASKED, (REQUEST_ID, b"a b")),
    "poll by a proxy": poll(ANN, COOKIE, *FORWARDED, settings=PROXIED),
    "poll with strange forwarded headers": poll(ANN, COOKIE, *FORWARDED),
    "poll with a long query": poll(f"{ASKED}&more={'x' * 500}"),
    "poll of a selection": poll(f"{ANN}&selected_time=10:00", COOKIE),
    "poll of a selection by nobody": poll(f"{ASKED}&selected_time=10:00"),
    "board": look(BOARD),
    "board by https": look(BOARD, settings=SAFE),
    "board under a path": look(f"/book{BOARD}", settings=UNDER_A_PATH),
    "board with other sites allowed": look(BOARD, settings=SHARED),
    "board that has been seen": look(BOARD, "seen=0.0"),
    "board and nonsense": look(BOARD, "seen=x&seen=99.99&%ff=&a"),
    "board, not changed": look(BOARD, "", (b"if-none-match", b"W/*, *")),
    "board, changed": look(BOARD, "", (b"if-none-match", b'"7.7"')),
    "day": look(ONE_DAY),
    "day of one person": look(ONE_DAY, "resource=1"),
    "day that has been seen": look(ONE_DAY, "seen=0.0-0.0"),
    "day, not changed": look(ONE_DAY, "", (b"if-none-match", b"*")),
}
UNUSUAL = {
    "poll of a new client": poll(ANN),
    "poll of a new client by https": poll(ANN, *FORWARDED, settings=PROXIED),
    "poll of a new client under a path": poll(ANN, path=f"/book{POLL}", settings=UNDER_A_PATH),
    "poll with a lingering hold": poll(ANN, (b"cookie", COOKIE[1] + b"; " + LINGERING)),
    "poll with two cookie headers": poll(ANN, COOKIE, (b"cookie", LINGERING)),
    "poll of another origin": poll(ANN, COOKIE, (b"origin", b"https://shop.example")),
    "poll of an allowed origin": poll(
        ANN, COOKIE, (b"origin", b"https://shop.example"), settings=SHARED
    ),
    "poll of another site": Request(query=ANN, headers=((b"sec-fetch-site", b"cross-site"),)),
    "poll with a body": poll(ANN, COOKIE, (b"content-length", b"1"), body=b"x"),
    "poll with a body that is too long": poll(
        ANN, COOKIE, (b"transfer-encoding", b"chunked"), body=b"x" * 3_000_000
    ),
    "HEAD of a poll": poll(ANN, COOKIE, method="HEAD"),
    "POST of a poll": poll(ANN, COOKIE, method="POST"),
    "OPTIONS of a poll": poll(ANN, COOKIE, method="OPTIONS"),
    "poll with a slash": poll(ANN, COOKIE, path=f"{POLL}/"),
    "poll with more path": poll(ANN, COOKIE, path=f"{POLL}x"),
    "poll by index.php": poll(
        f"{ANN}&rest_route=/appointease/v1/slots/poll", COOKIE, path="/index.php"
    ),
    "poll of nothing": poll(""),
    "poll of no day": poll("date=x&employee_id=1"),
    "poll of no time": poll(f"{ANN}&selected_time=x", COOKIE),
    "poll of nobody": poll(f"date={DAY}&employee_id=99"),
    "HEAD of a board": look(BOARD, method="HEAD"),
    "POST of a board": look(BOARD, method="POST"),
    "board of nobody": look(f"/api/v1/boards/99/{DAY}"),
    "board of no number": look(f"/api/v1/boards/x/{DAY}"),
    "board of no day": look("/api/v1/boards/1/2026-02-30"),
    "board of another site": Request(BOARD, "", ((b"sec-fetch-site", b"cross-site"),)),
    "board of an allowed origin": look(
        BOARD, "", (b"origin", b"https://shop.example"), settings=SHARED
    ),
    "board with two ETags": look(BOARD, "", (b"if-none-match", b"1"), (b"if-none-match", b"*")),
    "day of nothing": look(f"/api/v1/services/99/days/{DAY}"),
    "day of another person": look(ONE_DAY, "resource=99"),
    "day of no person": look(ONE_DAY, "resource=x"),
    "another path": look("/api/v1/services/1/nothing"),
}


@pytest.mark.parametrize("name", [*USUAL, *UNUSUAL])
async def test_both_ways_give_the_same_answer(demo_settings: Settings, name: str) -> None:
    request = (USUAL | UNUSUAL)[name]
    async with opening_scene(demo_settings, **request.settings) as scene:
        await scene.quick(request)
        assert await scene.is_quick(request) is (name in USUAL)
        assert await scene.quick(request) == await answer_of(scene.long_way, request)


async def test_a_claim_is_in_the_next_answer(scene: Scene) -> None:
    requests = [poll(ASKED), look(BOARD), look(ONE_DAY)]
    before = [await scene.quick(each) for each in requests]
    wanted = {"service_id": 1, "starts_at": wire(at("10:00", DAY)), "resource_id": 1}
    hold = Request(
        "/api/v1/holds",
        "",
        (*BROWSER, (b"content-type", b"application/json")),
        "POST",
        body=str(wanted).replace("'", '"').encode(),
    )
    assert (await scene.quick(hold))[0]["status"] == 201
    for request, earlier in zip(requests, before, strict=True):
        assert await scene.is_quick(request)
        answer = await scene.quick(request)
        assert answer == await answer_of(scene.long_way, request)
        assert answer[1]["body"] != earlier[1]["body"]


async def test_an_etag_of_now_is_answered_in_the_same_way(scene: Scene) -> None:
    for path in (BOARD, ONE_DAY):
        headers = dict((await scene.quick(look(path)))[0]["headers"])
        again = look(path, "", (b"if-none-match", headers[b"etag"]))
        assert await scene.is_quick(again)
        answer = await scene.quick(again)
        assert answer[0]["status"] == 304
        assert answer == await answer_of(scene.long_way, again)


@pytest.mark.parametrize("request_", [poll(ASKED), look(BOARD), look(ONE_DAY)])
async def test_a_board_that_was_not_compared_is_read_first(scene: Scene, request_: Request) -> None:
    await scene.quick(request_)
    scene.clock.advance(2)
    assert not await scene.is_quick(request_)
    assert await scene.is_quick(request_)


@pytest.mark.parametrize("path", [BOARD, ONE_DAY])
async def test_a_client_who_has_seen_more_waits_for_a_reading(scene: Scene, path: str) -> None:
    seen = "9.9" if path == BOARD else "9.9-9.9"
    await scene.quick(look(path))
    assert not await scene.is_quick(look(path, f"seen={seen}"))


async def test_a_selection_is_passed_on_when_it_is_due(scene: Scene) -> None:
    request = USUAL["poll of a selection"]
    assert not await scene.is_quick(request)
    assert await scene.is_quick(request)
    scene.clock.advance(5)
    assert not await scene.is_quick(request)
    assert await scene.is_quick(request)


@pytest.mark.parametrize("settings", [{}, PROXIED])
async def test_the_first_forwarded_request_of_a_peer_is_looked_at(
    demo_settings: Settings, settings: dict[str, Any]
) -> None:
    async with opening_scene(demo_settings, **settings) as scene:
        await scene.quick(poll(ASKED))
        assert not await scene.is_quick(poll(ASKED, *FORWARDED))
        assert await scene.is_quick(poll(ASKED, *FORWARDED))


def count() -> tuple[int, int]:
    return polls.appointease, polls.native


async def test_a_poll_is_counted_once_in_either_way(scene: Scene) -> None:
    for request, (more_appointease, more_native) in (
        (poll(ASKED), (1, 0)),
        (look(BOARD), (0, 1)),
        (look(ONE_DAY), (0, 1)),
    ):
        for _ in range(2):
            appointease, native = count()
            await scene.quick(request)
            assert count() == (appointease + more_appointease, native + more_native)


async def test_every_request_has_an_id_of_its_own(scene: Scene) -> None:
    given: set[bytes] = set()
    for _ in range(50):
        for app in (scene.app, scene.long_way):
            headers: list[Header] = []

            async def send(message: Message, headers: list[Header] = headers) -> None:
                headers.extend(message.get("headers", ()))

            await app(poll(ASKED).scope(), _receive_nothing, send)
            given.add(dict(headers)[REQUEST_ID])
    assert len(given) == 100


async def _receive_nothing() -> Message:
    return {"type": "http.disconnect"}
