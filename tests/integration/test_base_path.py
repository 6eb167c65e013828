"""Dibs under a path of a site, whether a proxy strips it or not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from tests.support.appointease import API
from tests.support.catalog_files import without_horizon
from tests.support.commands import dibs, make_data_folder
from tests.support.days import at, wire, working_day
from tests.support.pictures import draw_file
from tests.support.redis_server import free_port
from tests.support.server import Server
from tests.support.visitor import CUSTOMER
from tests.support.waiting import until

DAY = working_day()
#: The prefix of the path as it arrives: the proxy strips it, or leaves it.
STRIPPED, LEFT = "", "/studio/book"


@pytest.fixture(
    scope="module",
    params=["https://studio.example/studio/book", "https://studio.example/studio/book/"],
)
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    data = make_data_folder(tmp_path_factory.mktemp("path"), without_horizon())
    server = Server.start(data, command="serve", port=free_port(), public_url=request.param)
    yield server
    server.stop()


@pytest.fixture(params=[STRIPPED, LEFT])
def prefix(request: pytest.FixtureRequest) -> str:
    prefix: str = request.param
    return prefix


def links(page: str) -> list[str]:
    return [
        part.partition('"')[0] for name in ("src", "href") for part in page.split(f'{name}="')[1:]
    ]


def test_the_page_and_all_that_it_loads_are_under_the_path(server: Server, prefix: str) -> None:
    for path in ("/", "/manage/AAAAA-AAAAA"):
        page = server.http.get(prefix + path).text
        assert '<html data-base="/studio/book"' in page
        loaded = [link for link in links(page) if not link.startswith("https://")]
        assert len(loaded) >= 3
        own = {link.partition("?lang=")[0] for link in links(page)} - set(loaded)
        assert own <= {"https://studio.example/studio/book/"}
        for link in loaded:
            assert link.startswith("/studio/book/assets/")
            at_dibs = prefix + link.removeprefix(LEFT)
            assert server.http.get(at_dibs).status_code == 200


def test_a_booking_is_made_seen_and_managed_under_the_path(server: Server, prefix: str) -> None:
    slot_request = {"service_id": 1, "starts_at": wire(at("10:00", DAY)), "resource_id": 1}
    made = server.http.post(f"{prefix}/api/v1/bookings", json=slot_request | {"customer": CUSTOMER})
    booking = made.json()
    assert booking["manage_url"] == (
        f"https://studio.example/studio/book/manage/{booking['reference']}"
        f"#{booking['manage_token']}"
    )
    token = {"Authorization": f"Bearer {booking['manage_token']}"}
    path = f"{prefix}/api/v1/bookings/{booking['reference']}"
    assert server.http.get(path, headers=token).json()["status"] == "confirmed"
    with server.http.stream("GET", f"{prefix}/api/v1/boards/1/{DAY}/stream") as stream:
        assert '"state":"taken"' in next(text for text in stream.iter_text() if "data" in text)
    assert server.http.delete(path, headers=token).json()["status"] == "cancelled"


def test_a_feed_is_read_under_the_path(server: Server, prefix: str) -> None:
    made = dibs("feed", "new", "--data", server.data, **server.settings)
    (url,) = made.said
    start = "https://studio.example/studio/book"
    assert url.startswith(f"{start}/feeds/")
    assert server.http.get(prefix + url.removeprefix(start)).status_code == 200


def test_a_picture_is_shown_under_the_path(server: Server, prefix: str, tmp_path: Path) -> None:
    (tmp_path / "cut.png").write_bytes(draw_file())
    named = without_horizon().replace('name = "Consultation"', 'name = "Cut"\npicture = "cut.png"')
    (file := tmp_path / "catalog.toml").write_text(named)
    assert dibs("catalog", "apply", file, "--data", server.data, "--yes").code == 0

    def find() -> str | None:
        picture = server.http.get(f"{prefix}/api/v1/services").json()[0]["picture"]
        return picture and str(picture["small_url"])

    start = "https://studio.example/studio/book"
    url = until(find, "the server knows the picture")
    assert url.startswith(f"{start}/pictures/small/")
    assert server.http.get(prefix + url.removeprefix(start)).status_code == 200


def test_a_cookie_is_for_the_path_that_was_asked(server: Server, prefix: str) -> None:
    polled = server.http.get(
        f"{prefix}{API}/slots/poll?date={DAY}&employee_id=1&client_id={prefix}x"
    )
    assert f"; Path={prefix}/;" in polled.headers["Set-Cookie"]
    assert "; Secure" in polled.headers["Set-Cookie"]
    named = polled.headers["Set-Cookie"].partition("dibs_client=")[0]
    assert named == ("__Secure-" if prefix else "__Host-")
    ended = server.http.delete(f"{prefix}{API}/session")
    assert f"; Path={prefix}/;" in ended.headers["Set-Cookie"]


def test_the_path_without_a_slash_leads_to_the_page(server: Server) -> None:
    answer = server.http.get("/studio/book?service=1")
    assert (answer.status_code, answer.headers["Location"]) == (308, "/studio/book/?service=1")
    assert server.http.get("/studio/bookshop").status_code == 404
    assert server.http.get("/studio/book/studio/book/").status_code == 404


def test_the_api_of_the_plugin_is_under_the_path(server: Server, prefix: str) -> None:
    for path in (f"{API}/settings", "/index.php?rest_route=/appointease/v1/settings"):
        assert "working_days" in server.http.get(prefix + path).json()
    described = server.http.options(f"{prefix}{API}/settings").json()
    itself = described["_links"]["self"][0]["href"]
    assert itself == f"https://studio.example/studio/book{API}/settings"


def test_the_api_tells_where_it_is(server: Server, prefix: str) -> None:
    document = server.http.get(f"{prefix}/api/openapi.json").json()
    assert document["servers"] == [{"url": "/studio/book"}]
    page: httpx2.Response = server.http.get(f"{prefix}/api/docs")
    assert links(page.text)[-1] == "docs/swagger-ui.css"
