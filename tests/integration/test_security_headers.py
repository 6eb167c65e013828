"""The security headers of every answer, whichever part gives it: one table of answers and
headers."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import httpx2
import pytest

from tests.support.appointease import API
from tests.support.catalog_files import without_horizon
from tests.support.commands import make_data_folder
from tests.support.days import at, wire, working_day
from tests.support.raw_http import answer_to
from tests.support.redis_server import free_port
from tests.support.server import Server
from tests.support.visitor import CUSTOMER

DAY = working_day()
WISH = {"service_id": 1, "starts_at": wire(at("10:00", DAY)), "resource_id": 1}
NAMED = "https://shop.example"
EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Strict-Transport-Security": "max-age=31536000",
    "Vary": "Origin",
}

Http = httpx2.Client
Ask = Callable[[Http], httpx2.Response]


def asset(http: Http) -> httpx2.Response:
    page = http.get("/book/").text
    path = page.partition('src="')[2].partition('"')[0]
    return http.get(path)


def embedded_asset(http: Http) -> httpx2.Response:
    return http.get(f"/{http.get('/embed/files.json').json()['script']}")


def booking(http: Http) -> httpx2.Response:
    made = http.post("/api/v1/bookings", json=WISH | {"customer": CUSTOMER}).json()
    token = {"Authorization": f"Bearer {made['manage_token']}"}
    answer = http.get(f"/api/v1/bookings/{made['reference']}", headers=token)
    http.delete(f"/api/v1/bookings/{made['reference']}", headers=token)
    return answer


def hold(http: Http) -> httpx2.Response:
    answer = http.post("/api/v1/holds", json=WISH)
    token = {"Authorization": f"Bearer {answer.json()['visitor']}"}
    http.delete(f"/api/v1/holds/{answer.json()['id']}", headers=token)
    return answer


def exceed_limit(http: Http) -> httpx2.Response:
    while (answer := http.get(f"{API}/session")).status_code == 200:
        pass
    return answer


def stream(http: Http) -> httpx2.Response:
    with http.stream("GET", f"/api/v1/boards/1/{DAY}/stream") as answer:
        return answer


def poll(http: Http) -> httpx2.Response:
    return http.get(f"{API}/slots/poll?date={DAY}&employee_id=1")


#: Each answer: its status, and whether it may be cached and used by other sites.
NO_STORE, NO_CACHE = "no-store", "no-cache"
OURS, ANYBODYS = "same-origin", "cross-origin"
ANSWERS: dict[str, tuple[Ask, int, str, str]] = {
    "page": (lambda http: http.get("/"), 200, NO_CACHE, ANYBODYS),
    "manage page": (lambda http: http.get("/manage/AAAAA-AAAAA"), 200, NO_CACHE, ANYBODYS),
    "manage page that can't be decoded": (
        lambda http: http.get("/manage/%E0%A4%A"),
        200,
        NO_CACHE,
        ANYBODYS,
    ),
    "asset": (asset, 200, "public, max-age=31536000, immutable", ANYBODYS),
    "no such picture": (lambda http: http.get("/pictures/none.jpg"), 404, NO_STORE, OURS),
    "script for other sites": (
        lambda http: http.get("/embed.js"),
        200,
        "public, max-age=300",
        ANYBODYS,
    ),
    "its files": (lambda http: http.get("/embed/files.json"), 200, NO_CACHE, ANYBODYS),
    "asset for other sites": (
        embedded_asset,
        200,
        "public, max-age=31536000, immutable",
        ANYBODYS,
    ),
    "no such asset": (lambda http: http.get("/assets/none.js"), 404, NO_STORE, OURS),
    "redirect": (lambda http: http.get("/book?service=1"), 308, NO_STORE, OURS),
    "business": (lambda http: http.get("/api/v1/business"), 200, NO_STORE, OURS),
    "services": (lambda http: http.head("/api/v1/services"), 200, NO_CACHE, OURS),
    "availability": (
        lambda http: http.get(f"/api/v1/services/1/availability?from={DAY}&to={DAY}"),
        200,
        NO_CACHE,
        OURS,
    ),
    "board": (lambda http: http.get(f"/api/v1/boards/1/{DAY}"), 200, NO_CACHE, OURS),
    "day": (lambda http: http.get(f"/api/v1/services/1/days/{DAY}"), 200, NO_CACHE, OURS),
    "stream": (stream, 200, "no-store, no-transform", OURS),
    "hold": (hold, 201, NO_STORE, OURS),
    "booking": (booking, 200, NO_STORE, OURS),
    "malformed": (lambda http: http.post("/api/v1/holds", json={}), 422, NO_STORE, OURS),
    "no such booking": (lambda http: http.get("/api/v1/bookings/A"), 404, NO_STORE, OURS),
    "no such page": (lambda http: http.get("/none"), 404, NO_STORE, OURS),
    "no such page either": (lambda http: http.get("/%E0%A4%A"), 404, NO_STORE, OURS),
    "no such method": (lambda http: http.put("/api/v1/holds"), 405, NO_STORE, OURS),
    "too large": (
        lambda http: http.post("/api/v1/holds", content=b" " * 3_000_000),
        413,
        NO_STORE,
        OURS,
    ),
    "too often": (exceed_limit, 429, NO_STORE, OURS),
    "no request": (lambda http: answer_to(http.base_url, b"what?\r\n\r\n"), 400, NO_STORE, OURS),
    "headers too large": (
        lambda http: http.get("/", headers={"X-Long": "x" * 70_000}),
        431,
        NO_STORE,
        OURS,
    ),
    "live": (lambda http: http.get("/health/live"), 200, NO_STORE, OURS),
    "ready": (lambda http: http.get("/health/ready"), 200, NO_STORE, OURS),
    "document": (lambda http: http.get("/api/openapi.json"), 200, NO_STORE, OURS),
    "docs": (lambda http: http.get("/api/docs"), 200, NO_CACHE, OURS),
    "poll": (poll, 200, NO_STORE, OURS),
    "poll that says nothing": (lambda http: http.get(f"{API}/slots/poll"), 400, NO_STORE, OURS),
    "settings of the plugin": (lambda http: http.get(f"{API}/settings"), 200, NO_STORE, OURS),
    "session": (lambda http: http.post(f"{API}/session"), 400, NO_STORE, OURS),
    "heartbeat": (lambda http: http.post("/wp-admin/admin-ajax.php"), 400, NO_STORE, OURS),
    "no such route": (lambda http: http.get(f"{API}/none"), 404, NO_STORE, OURS),
}

#: Answers that differ by encoding, and pages that also differ by language.
PAGES = ("page", "manage page", "manage page that can't be decoded")
COMPRESSED = (
    *("asset", "script for other sites", "its files", "asset for other sites"),
    *("no such page", "no such page either"),
)
TRANSLATED = ("business", "services")
SAME_FOR_ALL_ORIGINS = ("redirect", "no request", "headers too large")


@pytest.fixture(scope="module")
def http(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx2.Client]:
    data = make_data_folder(tmp_path_factory.mktemp("headers"), without_horizon())
    port = free_port()
    server = Server.start(
        data,
        command="serve",
        port=port,
        public_url="https://studio.example/book",
        allowed_origins=NAMED,
        limits="on",
        max_lookup_rate_per_ip="5/minute",
    )
    yield server.http
    server.stop()


@pytest.mark.parametrize("what", ANSWERS)
def test_every_answer_says_how_little_may_be_done_with_it(http: Http, what: str) -> None:
    ask, status, kept, shown_by = ANSWERS[what]
    answer = ask(http)
    assert answer.status_code == status, answer.text
    said = EVERYWHERE | {"Cache-Control": kept, "Cross-Origin-Resource-Policy": shown_by}
    if what in SAME_FOR_ALL_ORIGINS:
        del said["Vary"]
    wanted = {name: [value] for name, value in said.items()}
    if what in PAGES:
        wanted["Vary"] = ["Accept-Encoding, Accept-Language, Cookie", "Origin"]
    elif what in COMPRESSED:
        wanted["Vary"] = ["Accept-Encoding", "Origin"]
    elif what in TRANSLATED:
        wanted["Vary"] = ["Accept-Language", "Origin"]
    assert {name: answer.headers.get_list(name) for name in said} == wanted


@pytest.mark.parametrize(("path", "framed_by"), [("/", f"'self' {NAMED}"), ("/api/docs", "'none'")])
def test_a_document_may_load_nothing_of_others(http: Http, path: str, framed_by: str) -> None:
    policy = dict(
        part.strip().split(" ", 1)
        for part in http.get(path).headers["Content-Security-Policy"].split(";")
    )
    assert policy["frame-ancestors"] == framed_by
    for name, sources in policy.items():
        if name != "frame-ancestors":
            assert set(sources.split()) <= {"'self'", "'none'", "data:"}, name


def test_without_https_browsers_are_not_told_to_insist_on_it(shared: Server) -> None:
    assert "Strict-Transport-Security" not in shared.http.get("/").headers


def test_what_other_origins_may_read_they_can(http: Http) -> None:
    answer = http.get("/api/v1/business", headers={"Origin": NAMED})
    assert answer.headers["Access-Control-Allow-Origin"] == NAMED
    assert answer.headers.get_list("Vary") == ["Accept-Language", "Origin"]


def test_a_poll_stays_small(http: Http) -> None:
    answer = poll(http)
    assert sum(len(name) + len(value) + 4 for name, value in answer.headers.raw) < 700


# --- HEAD


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/manage/AAAAA-AAAAA",
        "/api/v1/business",
        "/api/v1/services",
        "/api/v1/resources",
        f"/api/v1/services/1/availability?from={DAY}&to={DAY}",
        f"/api/v1/boards/1/{DAY}",
        f"/api/v1/services/1/days/{DAY}",
        f"/api/v1/boards/1/{DAY}/stream",
        "/api/openapi.json",
        "/api/docs",
        "/embed.js",
        "/embed/files.json",
        "/health/live",
        "/health/ready",
        f"{API}/settings",
        f"{API}/slots/poll?date={DAY}&employee_id=1",
    ],
)
def test_what_can_be_got_has_a_head(shared: Server, path: str) -> None:
    answer = shared.http.head(path)
    assert (answer.status_code, answer.content) == (200, b"")
    with shared.http.stream("GET", path) as whole:
        assert answer.headers["Content-Type"] == whole.headers["Content-Type"]


def test_what_can_not_be_got_says_what_can_be_done(shared: Server) -> None:
    for ask in (shared.http.head, shared.http.get):
        answer = ask("/api/v1/holds")
        assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")
