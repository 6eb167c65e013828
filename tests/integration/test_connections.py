"""How much of a server one sender can use: time, connections, memory, open files."""

from __future__ import annotations

import contextlib
import itertools
import json
import resource
import socket
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.support.answers import refusal_of
from tests.support.catalog_files import without_horizon
from tests.support.commands import make_data_folder
from tests.support.days import working_day
from tests.support.raw_http import answer_to, connect, read_to_end
from tests.support.server import Server
from tests.support.waiting import until

HALF_A_HEAD = b"POST /api/v1/holds HTTP/1.1\r\nHost: x\r\n"
HALF_A_BODY = HALF_A_HEAD + b"Content-Length: 1000\r\n\r\n{"
GET = b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n"
#: This program runs `dibs` in a process that may open only a few files.
FEW_FILES = 256
WITH_FEW_FILES = [
    sys.executable,
    "-c",
    f"import resource; resource.setrlimit(resource.RLIMIT_NOFILE, ({FEW_FILES}, {FEW_FILES}));"
    "from dibs.cli import main; main()",
]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_data_folder(tmp_path_factory.mktemp("connections"), without_horizon())


@pytest.fixture
def serve(data: Path) -> Iterator[Callable[..., Server]]:
    """Yield a function that starts a server. Only one may run at a time."""
    started: list[Server] = []

    def start(**settings: Any) -> Server:
        started.append(Server.start(data, command="serve", **settings))
        return started[-1]

    yield start
    for server in started:
        server.stop()


def is_closed(connection: socket.socket) -> bool:
    """Tell whether the server has closed the connection, after reading all that it sent before."""
    connection.settimeout(0.01)
    try:
        while connection.recv(65536):
            pass
    except TimeoutError:
        return False
    except ConnectionResetError:
        pass
    return True


@pytest.fixture(scope="module")
def hasty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Start a server that waits a second for a request, and a little longer for its body."""
    data = make_data_folder(tmp_path_factory.mktemp("hasty"), without_horizon())
    server = Server.start(data, command="serve", header_timeout=1, body_timeout=1.3)
    yield server
    server.stop()


@pytest.mark.parametrize(
    "sent",
    [HALF_A_HEAD, HALF_A_BODY, b"P", GET + HALF_A_HEAD, GET + HALF_A_BODY],
    ids=["head", "body", "one letter", "second head", "second body"],
)
def test_who_stops_in_the_middle_is_told_and_cut(hasty: Server, sent: bytes) -> None:
    with connect(hasty.url) as connection:
        connection.sendall(sent)
        connection.settimeout(20)
        received = b"".join(iter(lambda: connection.recv(65536), b""))
    assert b"HTTP/1.1 408 " in received
    assert b'"code":"too_slow"' in received


@pytest.mark.parametrize("begin", [HALF_A_HEAD, HALF_A_BODY], ids=["head", "body"])
def test_who_sends_a_letter_at_a_time_is_cut_as_well(hasty: Server, begin: bytes) -> None:
    began = time.monotonic()
    with connect(hasty.url) as connection:
        connection.sendall(begin)
        with contextlib.suppress(ConnectionError):
            while not is_closed(connection):
                assert time.monotonic() < began + 20
                connection.sendall(b"x")


def test_who_says_nothing_is_cut(hasty: Server) -> None:
    with connect(hasty.url) as silent:
        assert read_nothing(silent)
    with connect(hasty.url) as blank:
        blank.sendall(GET)
        until(lambda: b"200 OK" in blank.recv(65536), "it is answered", within=20)
        blank.sendall(b"\r\n\r\n")
        until(lambda: is_closed(blank), "it is cut", within=20)


def read_nothing(connection: socket.socket) -> bool:
    connection.settimeout(20)
    return connection.recv(65536) == b""


def test_that_slow_senders_were_cut_is_logged_once(hasty: Server) -> None:
    for _ in range(3):
        assert refusal_of(answer_to(hasty.url, HALF_A_HEAD)) == (408, "too_slow")
    lines = [json.loads(line) for line in hasty.log.read_text().splitlines() if "too_slow" in line]
    assert [line["event"] for line in lines] == ["connections refused"]


def test_a_stream_outlives_the_time_for_requests(hasty: Server) -> None:
    path = f"/api/v1/boards/1/{working_day()}"
    with hasty.http.stream("GET", f"{path}/stream") as stream:
        texts = stream.iter_text()
        next(texts)
        began = time.monotonic()
        until(lambda: time.monotonic() > began + 2.5, "more than all times have passed", within=20)
        visitor = hasty.visitor()
        assert visitor.hold("10:00").status_code == 201
        assert any('"held"' in text for text in itertools.islice(texts, 3))


# --- large heads


@pytest.mark.parametrize(
    "sent",
    [
        GET[:-2] + b"X: " + b"x" * 70_000 + b"\r\n\r\n",
        GET[:-2] + b"".join(b"X%d: x\r\n" % n for n in range(200)) + b"\r\n",
        GET[:-2] + b"".join(b"X%d: %b\r\n" % (n, b"x" * 1000) for n in range(90)) + b"\r\n",
        b"GET /" + b"x" * 70_000 + b" HTTP/1.1\r\n\r\n",
        GET[:-2] + b"X: " + b"x" * 3_000_000,
        HALF_A_HEAD + b"Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n0\r\nX: " + b"x" * 3_000_000,
    ],
    ids=["one", "many", "many large", "address", "never ending", "after the body"],
)
def test_a_head_that_is_too_large_is_refused(shared: Server, sent: bytes) -> None:
    with connect(shared.url) as connection:
        with contextlib.suppress(ConnectionError):
            connection.sendall(sent)
        try:
            answer = read_to_end(connection)
        except ConnectionResetError:
            # The server closed the connection before the whole request was sent.
            return
    assert refusal_of(answer) == (431, "head_too_large")
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_head_of_usual_size_is_not(shared: Server) -> None:
    headers = {f"X-{n}": "x" * 700 for n in range(80)}
    assert shared.http.get("/api/v1/business", headers=headers).status_code == 200


# --- many connections


def test_the_connections_of_one_address_are_bounded(serve: Callable[..., Server]) -> None:
    server = serve(limits="on", max_connections_per_ip=20, allowed_origins="")
    with contextlib.ExitStack() as stack:
        mine = [stack.enter_context(connect(server.url)) for _ in range(40)]
        until(lambda: sum(map(is_closed, mine)) >= 20, "too many are refused", within=20)
        assert sum(map(is_closed, mine)) <= 21, "one more is the test's own"
        answer = answer_to(server.url, b"")
        assert refusal_of(answer) == (429, "too_many_connections")
        assert answer.headers["Retry-After"] == "1"
    until(server.answers, "others are let in again", within=20)
    assert "too_many_connections" in server.log.read_text()


def test_streams_and_a_trusted_proxy_are_not_among_them(serve: Callable[..., Server]) -> None:
    server = serve(limits="on", max_connections_per_ip=5)
    path = f"/api/v1/boards/1/{working_day()}/stream"
    with contextlib.ExitStack() as stack:
        for _ in range(15):
            assert stack.enter_context(server.http.stream("GET", path)).status_code == 200
        assert server.answers()
    server.stop()
    proxied = serve(limits="on", max_connections_per_ip=5, trusted_proxies="127.0.0.0/8")
    with contextlib.ExitStack() as stack:
        for _ in range(15):
            stack.enter_context(connect(proxied.url)).sendall(HALF_A_HEAD)
        assert proxied.answers()


def test_connections_leave_files_to_the_database(serve: Callable[..., Server]) -> None:
    server = serve(entry=WITH_FEW_FILES, max_connections_per_ip=0, header_timeout=60)
    visitor = server.visitor()
    assert visitor.hold("10:00").status_code == 201
    with contextlib.ExitStack() as stack:
        many = [stack.enter_context(connect(server.url)) for _ in range(300)]
        until(lambda: any(map(is_closed, many)), "some are refused", within=20)
        assert visitor.book("11:00").status_code == 201, "who is in, books"
        assert refusal_of(answer_to(server.url, b"")) == (503, "server_full")
    until(server.answers, "others are let in again", within=20)
    assert "server_full" in server.log.read_text()


def test_unfinished_bodies_take_little_memory(serve: Callable[..., Server]) -> None:
    server = serve()
    head = HALF_A_HEAD + b"Content-Length: 2000001\r\n\r\n"
    before = memory_of(server)
    with contextlib.ExitStack() as stack:
        for _ in range(150):
            connection = stack.enter_context(connect(server.url))
            with contextlib.suppress(ConnectionError):
                connection.sendall(head + b" " * 2_000_000)
        assert server.visitor().hold("12:00").status_code == 201, "small ones are never refused"
        assert memory_of(server) - before < 100 * 2**20


def memory_of(server: Server) -> int:
    pages = int(Path(f"/proc/{server.process.pid}/statm").read_text().split()[1])
    return pages * resource.getpagesize()


# --- proxies that are not trusted


def test_forwarded_headers_of_an_untrusted_peer_are_told_of_once(
    serve: Callable[..., Server],
) -> None:
    forwarded = {"X-Forwarded-For": "198.51.100.7"}
    server = serve()
    for _ in range(3):
        assert server.http.get("/health/live", headers=forwarded).status_code == 200
    warned = server.log.read_text()
    assert warned.count("DIBS_TRUSTED_PROXIES") == 1
    assert "127.0.0.1" in warned
    assert "198.51.100.7" not in warned
    server.stop()
    trusting = serve(trusted_proxies="127.0.0.1")
    answer: httpx2.Response = trusting.http.get("/health/live", headers=forwarded)
    assert answer.status_code == 200
    assert trusting.log.read_text().count("DIBS_TRUSTED_PROXIES") == 1
