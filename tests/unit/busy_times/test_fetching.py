"""Files are fetched from a real server, and only from allowed addresses."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler

import pytest

from dibs.busy_times.addresses import parse_address
from dibs.busy_times.answers import MAX_FILE
from dibs.busy_times.faults import CalendarFault
from dibs.busy_times.fetching import MAX_REDIRECTS, FetchedFile, Fetcher, VersionHeaders
from tests.support.calendar_host import CalendarHost, calendar_host

pytestmark = pytest.mark.anyio


@pytest.fixture
def host() -> Iterator[CalendarHost]:
    with calendar_host() as found:
        yield found


UNKNOWN = VersionHeaders()


async def fetch(
    url: str, known: VersionHeaders = UNKNOWN, timeout: float = 30
) -> FetchedFile | None:
    return await Fetcher(["localhost"], timeout).fetch(parse_address(url), known)


async def fault_of(url: str, timeout: float = 30) -> str:
    with pytest.raises(CalendarFault) as fault:
        await fetch(url, timeout=timeout)
    assert url not in str(fault.value)
    return str(fault.value)


def raw(text: bytes) -> Callable[[BaseHTTPRequestHandler], None]:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(text)

    return answer


async def test_a_file_with_its_marks(host: CalendarHost) -> None:
    host.files["/a.ics?key=1"] = b"BEGIN"
    host.marks["/a.ics?key=1"] = '"one"'
    found = await fetch(f"{host.url}/a.ics?key=1")
    assert found == FetchedFile(b"BEGIN", VersionHeaders('"one"'))
    [(_, headers)] = host.asked
    assert headers["host"] == f"localhost:{host.port}"
    assert "if-none-match" not in headers


async def test_a_file_that_has_not_changed(host: CalendarHost) -> None:
    host.files["/a.ics"], host.marks["/a.ics"] = b"BEGIN", '"one"'
    assert await fetch(f"{host.url}/a.ics", VersionHeaders('"one"')) is None
    assert await fetch(f"{host.url}/a.ics", VersionHeaders('"two"')) is not None


async def test_the_time_of_the_last_change_is_sent_back(host: CalendarHost) -> None:
    host.files["/a.ics"] = b"BEGIN"
    await fetch(f"{host.url}/a.ics", VersionHeaders("", "Sun, 01 Nov 2026 00:00:00 GMT"))
    assert host.asked[0][1]["if-modified-since"] == "Sun, 01 Nov 2026 00:00:00 GMT"


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nBE\r\n3\r\nGIN\r\n0\r\n\r\n",
        b"HTTP/1.0 200 OK\r\n\r\nBEGIN",
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nBEGIN",
    ],
    ids=["in chunks", "until the connection ends", "after a first answer"],
)
async def test_ways_to_send_a_file(host: CalendarHost, answer: bytes) -> None:
    host.answers["/a"] = raw(answer)
    found = await fetch(f"{host.url}/a")
    assert found is not None
    assert found.body == b"BEGIN"


async def test_redirects_are_followed(host: CalendarHost) -> None:
    for number in range(MAX_REDIRECTS):
        host.redirect(f"/{number}", f"/{number + 1}")
    host.files[f"/{MAX_REDIRECTS}"] = b"BEGIN"
    assert await fetch(f"{host.url}/0") is not None
    host.redirect("/start", "/0")
    assert await fault_of(f"{host.url}/start") == "redirected"


@pytest.mark.parametrize("target", ["", "ftp://localhost/", "http://a:b@localhost/", "//[", "/a b"])
async def test_redirects_to_what_is_no_address(host: CalendarHost, target: str) -> None:
    host.redirect("/0", target)
    assert await fault_of(f"{host.url}/0") == "redirected"


async def test_a_redirect_leads_into_no_private_network(host: CalendarHost) -> None:
    """The settings allow the name `localhost`, but not this address."""
    host.redirect("/0", f"http://127.0.0.1:{host.port}/secret")
    host.files["/secret"] = b"BEGIN"
    assert await fault_of(f"{host.url}/0") == "forbidden"
    assert [path for path, _ in host.asked] == ["/0"]


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]"])
async def test_nothing_of_this_machine_is_asked_unless_it_is_named(
    host: CalendarHost, name: str
) -> None:
    host.files["/a"] = b"BEGIN"
    address = parse_address(f"http://{name}:{host.port}/a")
    with pytest.raises(CalendarFault, match="forbidden"):
        await Fetcher().fetch(address, VersionHeaders())
    assert host.asked == []


async def test_a_port_may_be_named(host: CalendarHost) -> None:
    host.files["/a"] = b"BEGIN"
    address = parse_address(f"{host.url}/a")
    assert await Fetcher([f"localhost:{host.port}"]).fetch(address, VersionHeaders()) is not None
    with pytest.raises(CalendarFault, match="forbidden"):
        await Fetcher(["localhost:1"]).fetch(address, VersionHeaders())


@pytest.mark.parametrize("status", [204, 304, 401, 404, 500])
async def test_other_answers(host: CalendarHost, status: int) -> None:
    host.answers["/a"] = raw(f"HTTP/1.1 {status} No\r\nContent-Length: 0\r\n\r\n".encode())
    assert await fault_of(f"{host.url}/a") == f"refused {status}"


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nBEGIN",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nBE\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Le",
    ],
)
async def test_answers_that_are_none(host: CalendarHost, answer: bytes) -> None:
    host.answers["/a"] = raw(answer)
    assert await fault_of(f"{host.url}/a") == "unreachable"


async def test_nobody_listens() -> None:
    assert await fault_of("http://localhost:1/a") == "unreachable"


async def test_a_name_that_nobody_has() -> None:
    assert await fault_of("http://nobody.invalid/a") == "unreachable"


async def test_tls_is_checked(host: CalendarHost) -> None:
    assert await fault_of(f"https://localhost:{host.port}/a") == "unreachable"


async def test_a_file_without_end(host: CalendarHost) -> None:
    def flood(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.0 200 OK\r\n\r\n")
        for _ in range(MAX_FILE // 65_536 + 100):
            handler.wfile.write(b"x" * 65_536)

    host.answers["/a"] = flood
    assert await fault_of(f"{host.url}/a") == "too_large"


async def test_headers_without_end(host: CalendarHost) -> None:
    def flood(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
        for number in range(10_000):
            handler.wfile.write(f"X-{number}: {'x' * 90}\r\n".encode())

    host.answers["/a"] = flood
    assert await fault_of(f"{host.url}/a") == "too_large"


async def test_a_server_that_sends_a_letter_now_and_then(host: CalendarHost) -> None:
    done = threading.Event()

    def drip(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.0 200 OK\r\n\r\n")
        while not done.wait(0.05):
            handler.wfile.write(b"x")

    host.answers["/a"] = drip
    try:
        assert await fault_of(f"{host.url}/a", timeout=0.5) == "too_slow"
    finally:
        done.set()
