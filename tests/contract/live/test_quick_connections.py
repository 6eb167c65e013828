"""A connection answers usual requests at once, with the same bytes as all layers together."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

import pytest
import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.server import ServerState

from dibs.app import create_app
from dibs.appointease.api.parsing import client_secret
from dibs.availability.boards import BoardKey
from dibs.connection_bounds import ConnectionBounds
from dibs.connections import MAX_UNSENT, connections_of
from dibs.settings import Settings
from dibs.web.quick_answers import QuickAnswers
from tests.support.dibs_in_process import build
from tests.support.hand_clock import HandClock

pytestmark = pytest.mark.anyio

DAY = date(2026, 11, 25)
PATH = f"/wp-json/appointease/v1/slots/poll?date={DAY}&employee_id=1"
BOARD = f"/api/v1/boards/1/{DAY}"
COOKIE = "Cookie: dibs_client=" + client_secret("ann")
ID = "X-Request-Id: one"
DEADLINE = 30
#: Seconds for which a connection may stay idle.
KEEP_ALIVE = 1


def request(path: str = PATH, *headers: str, first: str = "GET {} HTTP/1.1") -> bytes:
    lines = [first.format(path), "Host: studio.example", ID, *headers, "", ""]
    return "\r\n".join(lines).encode()


POLL, LOOK, OTHER = request(), request(BOARD), request("/health/live")
CLOSING = "Connection: close"

USUAL = {
    "poll": POLL,
    "poll of a known client": request(PATH + "&client_id=ann", COOKIE),
    "poll with an escape in its query": request(PATH + "&selected_time=10%3A00"),
    "board": LOOK,
    "board, not changed": request(BOARD, "If-None-Match: *"),
}
UNUSUAL = {
    "poll of a new client": request(PATH + "&client_id=ann"),
    "poll that ends the connection": request(PATH, CLOSING),
    "poll by HTTP/1.0": request(first="GET {} HTTP/1.0"),
    "poll by HTTP/1.0 that stays": request(PATH, "Connection: keep-alive", first="GET {} HTTP/1.0"),
    "HEAD of a poll": request(first="HEAD {} HTTP/1.1"),
    "poll with the whole address": request("http://studio.example" + PATH),
    "poll with escapes": request(PATH.replace("poll", "p%6fll")),
    "board with escapes": request(BOARD.replace("boards/1", "boards/%31")),
    "poll that offers another protocol": request(PATH, "Connection: Upgrade", "Upgrade: h2c"),
    "poll with a body": request(PATH, "Content-Length: 2") + b"{}",
    "poll with a body that is announced": request(
        PATH, "Expect: 100-continue", "Content-Length: 0"
    ),
    "poll of nothing": request(PATH.partition("?")[0]),
    "board of nobody": request(f"/api/v1/boards/99/{DAY}"),
    "another path": OTHER,
}


class LongWay:
    """The app with all its layers. It counts the requests that reach them."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.requests = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.requests += 1
        await self._app(scope, receive, send)


@dataclass
class Scene:
    """A server with quick answers on one port, and without them on another."""

    quick_port: int
    slow_port: int
    long_way: LongWay
    state: ServerState

    async def exchange(self, *pieces: bytes, is_quick: bool = True) -> bytes:
        """Send these pieces, and a request that ends the connection unless a piece does. Returns
        all bytes that come back."""
        port = self.quick_port if is_quick else self.slow_port
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        answered = self.state.total_requests + b"".join(pieces).count(b" HTTP/1.")
        async with asyncio.timeout(DEADLINE):
            for piece in pieces:
                writer.write(piece)
                await asyncio.sleep(0)  # the server reads before the next piece
            while self.state.total_requests < answered:
                await asyncio.sleep(0)
            if not any(
                end in piece for piece in pieces for end in (CLOSING.encode(), b" HTTP/1.0")
            ):
                writer.write(request("/health/live", CLOSING))
            answer = await reader.read()
        writer.close()
        return answer

    async def is_quick(self, asked: bytes) -> bool:
        """Tell whether the request is answered without reaching the layers. The request that ends
        the connection does reach them."""
        before = self.long_way.requests
        await self.exchange(asked)
        return self.long_way.requests == before + 1


@pytest.fixture
async def scene(demo_settings: Settings) -> AsyncIterator[Scene]:
    async with opening_scene(demo_settings) as scene:
        yield scene


@asynccontextmanager
async def opening_scene(settings: Settings) -> AsyncIterator[Scene]:
    dibs = build(settings, HandClock())
    answers = create_app(dibs)
    await dibs.hub.refresh(BoardKey(1, DAY))
    long_way = LongWay(answers.app)
    state = ServerState()
    state.default_headers = [(b"date", b"Wed, 25 Nov 2026 08:00:00 GMT")]
    bounds = ConnectionBounds(settings, "")
    servers = []
    for quick_answers in (answers, QuickAnswers(long_way, {}, "", allows_origins=False)):
        kind = connections_of(bounds, quick_answers)
        config = uvicorn.Config(
            long_way, http=kind, ws="none", log_config=None, timeout_keep_alive=KEEP_ALIVE
        )
        config.load()
        made = partial(kind, config=config, server_state=state, app_state={})
        loop = asyncio.get_running_loop()
        servers.append(await loop.create_server(made, "127.0.0.1", 0))
    quick_port, slow_port = (each.sockets[0].getsockname()[1] for each in servers)
    yield Scene(quick_port, slow_port, long_way, state)
    for server in servers:
        server.close()
    for task in tuple(state.tasks):
        task.cancel()
    async with asyncio.timeout(DEADLINE):
        while connections := list[Any](state.connections):
            for connection in connections:
                connection.transport.abort()
            await asyncio.sleep(0)
    await dibs.close()


@pytest.mark.parametrize("name", [*USUAL, *UNUSUAL])
async def test_both_ways_send_the_same_bytes(scene: Scene, name: str) -> None:
    asked = (USUAL | UNUSUAL)[name]
    quick, slow = await scene.exchange(asked), await scene.exchange(asked, is_quick=False)
    assert quick == slow
    assert quick.startswith(b"HTTP/1.1 ")


@pytest.mark.parametrize("name", USUAL)
async def test_usual_requests_reach_no_layer(scene: Scene, name: str) -> None:
    assert await scene.is_quick(USUAL[name])
    assert not await scene.is_quick(OTHER)


async def test_requests_in_one_piece_are_answered_in_their_order(scene: Scene) -> None:
    several = POLL + OTHER + LOOK + LOOK + request(BOARD, "If-None-Match: *") + OTHER + POLL
    assert await scene.exchange(several) == await scene.exchange(several, is_quick=False)


async def test_quick_and_other_answers_take_turns_on_a_connection(scene: Scene) -> None:
    asked = (POLL, OTHER, LOOK, POLL, OTHER, OTHER, LOOK)
    slow = [await scene.exchange(*asked, is_quick=False) for _ in range(2)]
    assert [await scene.exchange(*asked) for _ in range(2)] == slow


async def test_a_request_is_remembered_by_all_its_bytes(scene: Scene) -> None:
    """Two requests that differ in one byte have different answers."""
    first, second = await scene.exchange(LOOK), await scene.exchange(LOOK.replace(b"one", b"two"))
    assert first.replace(b"x-request-id: one", b"x-request-id: two", 1) == second


async def test_a_request_may_come_in_pieces(scene: Scene) -> None:
    whole = await scene.exchange(POLL)
    for cut in range(1, len(POLL), 7):
        assert await scene.exchange(POLL[:cut], POLL[cut:]) == whole


async def test_a_client_that_does_not_read_gets_all_answers_in_the_end(scene: Scene) -> None:
    """Meanwhile the server keeps few of the answers in memory."""
    one = len(await scene.exchange(LOOK)) - len(await scene.exchange())
    before = scene.state.total_requests
    unread = socket.socket()
    unread.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    unread.connect(("127.0.0.1", scene.quick_port))
    reader, writer = await asyncio.open_connection(sock=unread, limit=1)
    sent = got = 0
    async with asyncio.timeout(DEADLINE):
        while not is_waiting(scene):
            writer.write(LOOK)
            sent += 1
            while scene.state.total_requests < before + sent and not is_waiting(scene):
                await asyncio.sleep(0)
        long_way = scene.long_way.requests
        writer.write(LOOK * 10)
        sent += 10
        while scene.long_way.requests == long_way:
            await asyncio.sleep(0)
        assert unsent(scene) < MAX_UNSENT + 2 * one
        while got < sent * one and not reader.at_eof():
            got += len(await reader.read(2**16))
    writer.close()
    assert got == sent * one


def is_waiting(scene: Scene) -> bool:
    """Tell whether an answer waits for its client."""
    connections: set[Any] = set(scene.state.connections)
    return any(connection.flow.write_paused for connection in connections)


def unsent(scene: Scene) -> int:
    connections: set[Any] = set(scene.state.connections)
    return max(int(each.transport.get_write_buffer_size()) for each in connections)


async def test_an_idle_connection_is_closed_after_a_quick_answer(scene: Scene) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", scene.quick_port)
    writer.write(POLL)
    async with asyncio.timeout(DEADLINE):
        assert (await reader.read()).startswith(b"HTTP/1.1 200 ")
    writer.close()


async def test_a_server_that_stops_closes_it(scene: Scene) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", scene.quick_port)
    writer.write(POLL)
    async with asyncio.timeout(DEADLINE):
        await reader.readuntil(b"\r\n\r\n")
        for connection in tuple(scene.state.connections):
            connection.shutdown()
        await reader.read()
        while scene.state.connections:
            await asyncio.sleep(0)
    writer.close()
