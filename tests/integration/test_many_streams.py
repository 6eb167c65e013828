"""Many streams, clients that don't read, and the end of a process."""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from unittest import mock

import pytest

import tests.support.leftovers
from tests.support.days import at, working_day
from tests.support.follower import Follower
from tests.support.server import Server
from tests.support.waiting import until

BOARD = f"/api/v1/boards/1/{working_day()}/stream"
#: These tests measure memory and delays, so they run alone.
pytestmark = pytest.mark.alone

NEVER_READ = 500
COMINGS_AND_GOINGS = 5000
AT_ONCE = 100
NEXT = b"GET /api/v1/business HTTP/1.1\r\nHost: dibs.test\r\n"
UPGRADE = (
    b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
)
#: Requests that a client may send over the connection of a stream, with the stream or later.
BEHIND = [b"", NEXT + b"\r\n", NEXT + UPGRADE + b"\r\n"]


@pytest.fixture
def crowd() -> Iterator[ExitStack]:
    """Yield a stack that closes all opened connections in the end."""
    with ExitStack() as opened:
        yield opened


def knock(
    server: Server, path: str = BOARD, *, receives: int | None = None, behind: bytes = b""
) -> socket.socket:
    """Ask for a stream over a plain socket.

    `behind` is sent after the request; `receives` is the size of the client's buffer.
    """
    host, port = server.url.removeprefix("http://").split(":")
    stream = socket.socket()
    if receives is not None:
        stream.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receives)
    stream.settimeout(10)
    stream.connect((host, int(port)))
    stream.sendall(f"GET {path} HTTP/1.1\r\nHost: dibs.test\r\n\r\n".encode() + behind)
    return stream


def read_until(stream: socket.socket, text: bytes) -> bytes:
    found = b""
    while text not in found:
        part = stream.recv(65536)
        assert part, f"the stream ended after {found!r}"
        found += part
    return found


def is_over(stream: socket.socket) -> bool:
    """Read all data, and tell whether the connection has ended."""
    stream.settimeout(10)
    try:
        while stream.recv(1 << 20):
            pass
    except TimeoutError:
        return False
    except OSError:
        return True
    return True


def open_files(server: Server) -> int:
    return len(os.listdir(f"/proc/{server.process.pid}/fd"))


def memory(server: Server) -> int:
    """Return the memory of the server in bytes, without shared memory."""
    pages = Path(f"/proc/{server.process.pid}/statm").read_text().split()
    return (int(pages[1]) - int(pages[2])) * os.sysconf("SC_PAGE_SIZE")


def busy_board(server: Server) -> None:
    """Fill a board, so that its events are long and a client that doesn't read soon falls
    behind."""
    for hour in range(9, 17):
        for minute in ("00", "30"):
            if hour < 16:
                assert server.visitor().book(f"{hour:02}:{minute}").status_code == 201


def change(server: Server, times: int) -> None:
    visitor = server.visitor()
    for _ in range(times):
        hold = visitor.hold(at("16:00"))
        assert hold.status_code == 201
        visitor.release(hold.json())
    visitor.http.close()


def test_who_never_reads_keeps_nobody_waiting_and_is_cut(
    start_server: Callable[..., Server], crowd: ExitStack
) -> None:
    server = start_server(
        stream_send_timeout=1, max_streams_per_ip=NEVER_READ + 10, stream_lifetime=3600
    )
    busy_board(server)
    files = open_files(server)
    reader = Follower(server.url, BOARD)
    crowd.callback(reader.close)
    until(lambda: reader.events, "the reader has the first event")
    sleepers = [crowd.enter_context(closing(knock(server, receives=1))) for _ in range(NEVER_READ)]
    until(lambda: open_files(server) >= files + NEVER_READ, "all are there", within=60)
    before = memory(server)

    late = []
    visitor = server.visitor()
    # Long enough for a busy machine. The test checks that they are cut, and what they cost until
    # then.
    over = time.monotonic() + 240
    while open_files(server) > files + 10:
        assert time.monotonic() < over, "sleepers are still there"
        told = len(reader.states)
        hold = visitor.hold(at("16:00")).json()
        answered = time.monotonic()
        until(lambda told=told: len(reader.states) > told, "the reader is told", every=0.001)
        late.append(max(0.0, reader.states[-1].at - answered))
        visitor.release(hold)

    assert reader.ended_at is None
    assert sorted(late)[len(late) // 2] < 1
    # At most about 16 kB may wait for each client, so there is no history of missed events.
    assert memory(server) - before < NEVER_READ * 50 * 1024
    for sleeper in sleepers[:5]:
        assert is_over(sleeper)
    change(server, 1)
    reader.until_shown(reader.shown_states())


def test_a_slow_reader_skips_and_ends_on_the_newest(
    start_server: Callable[..., Server], crowd: ExitStack
) -> None:
    server = start_server(stream_send_timeout=30)
    busy_board(server)
    slow = crowd.enter_context(closing(knock(server, receives=1)))
    reader = Follower(server.url, BOARD)
    crowd.callback(reader.close)
    until(lambda: reader.events, "the reader has the first event")
    change(server, 800)
    told = [event.id for event in reader.states]
    newest = str(told[-1])
    said = read_until(slow, f"id: {newest}\n".encode())
    ids = [line[4:].decode() for line in said.split(b"\n") if line.startswith(b"id: ")]
    assert len(ids) < len(told)
    assert ids[-1] == newest
    numbers = [int(each.partition(".")[0]) for each in ids]
    assert numbers == sorted(numbers)


def test_nothing_is_left_of_those_who_have_gone(
    start_server: Callable[..., Server], tmp_path: Path
) -> None:
    """Whatever else they have requested over their connections."""
    file = tmp_path / "census"
    with mock.patch.dict(os.environ, CENSUS_IN=str(file)):
        server = start_server(entry=[sys.executable, tests.support.leftovers.__file__])

    def census() -> dict[str, int]:
        file.unlink(missing_ok=True)
        server.process.send_signal(signal.SIGUSR1)
        until(file.exists, "the census is taken")
        found: dict[str, int] = json.loads(file.read_text())
        return found | {"files": open_files(server)}

    day = f"/api/v1/services/1/days/{working_day()}/stream"

    def come_and_go(count: int) -> None:
        for _ in range(count // AT_ONCE):
            streams = [
                knock(server, BOARD if n % 2 else day, behind=BEHIND[n % 3]) for n in range(AT_ONCE)
            ]
            for n, stream in enumerate(streams):
                read_until(stream, b"event: ")
                stream.sendall(BEHIND[n // 3 % 3])
            change(server, 1)
            for stream in streams:
                stream.close()

    # The test's own kept connection would end at some moment and change the counts.
    server.http.close()
    come_and_go(2 * AT_ONCE)
    until(lambda: census()["Viewer"] == 0, "the first ones are gone")
    before = until(build_settled_check(census), "nothing moves", within=15, every=0.3)
    used = memory(server)
    stayed = [knock(server) for _ in range(10)]
    for stream in stayed:
        read_until(stream, b"event: ")
    assert census()["Viewer"] == census()["LatestEventSender"] == 10
    for stream in stayed:
        stream.close()
    come_and_go(COMINGS_AND_GOINGS)
    until(lambda: census() == before, "all is as it was", within=10, every=0.2)
    assert before["Subscription"] == before["LatestEventSender"] == 0
    assert memory(server) - used < 10 * 1024 * 1024


def build_settled_check(
    census: Callable[[], dict[str, int]],
) -> Callable[[], dict[str, int] | None]:
    """Return a function that takes the census, and returns it once it is the same twice in a
    row."""
    last: dict[str, int] = {}

    def is_same() -> dict[str, int] | None:
        nonlocal last
        before, last = last, census()
        return last if before == last else None

    return is_same


def test_a_process_that_is_stopped_sends_everybody_away_and_is_gone(
    start_server: Callable[..., Server], crowd: ExitStack
) -> None:
    server = start_server()
    viewers = [Follower(server.url, BOARD) for _ in range(100)]
    for viewer in viewers:
        crowd.callback(viewer.close)
    sleeper = crowd.enter_context(closing(knock(server, receives=1)))
    until(lambda: all(viewer.events for viewer in viewers), "all have the first event", within=20)
    change(server, 50)
    began = time.monotonic()
    assert server.stop() == 0
    gone = time.monotonic() - began
    assert gone < 10
    for viewer in viewers:
        viewer.until_ended()
        assert viewer.names[-1] == "goodbye"
        assert viewer.names.count("goodbye") == 1
    pauses = [viewer.events[-1].data["retry_ms"] for viewer in viewers]
    assert 0 <= min(pauses) < 500 < 1500 < max(pauses) <= 2000
    assert len(set(pauses)) > 50
    assert is_over(sleeper)


def test_a_process_that_is_being_stopped_opens_no_stream(
    start_server: Callable[..., Server], crowd: ExitStack
) -> None:
    """The request comes over a connection that is already open: new connections are refused."""
    server = start_server()
    stream = crowd.enter_context(closing(knock(server, "/api/v1/business")))
    read_until(stream, b"}")
    viewer = Follower(server.url, BOARD)
    crowd.callback(viewer.close)
    until(lambda: viewer.events, "it is followed")
    server.process.send_signal(signal.SIGTERM)
    viewer.until_ended()
    answer = b""
    try:
        stream.sendall(f"GET {BOARD} HTTP/1.1\r\nHost: dibs.test\r\n\r\n".encode())
        answer = stream.recv(65536)
    except OSError:
        pass  # closed already
    assert b" 200 " not in answer
    assert server.process.wait(timeout=30) == 0
