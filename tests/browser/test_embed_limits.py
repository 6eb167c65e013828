"""`<dibs-booking>` under restrictions: the browser refuses cookies of other sites, the site refuses
pictures of other sites, or the line is slow, so that each round trip counts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import WHOLE_CHROMIUM
from tests.browser.embedding import script
from tests.support.catalog_files import DEMO
from tests.support.pictures import draw_file
from tests.support.server import Server, run_dibs
from tests.support.sites import Site, another_site
from tests.support.waiting import until

NewPage = Callable[..., Page]
BROWSER = WHOLE_CHROMIUM


@pytest.fixture
def site() -> Iterator[Site]:
    with another_site() as site:
        yield site


@pytest.fixture
def named(start_server: Callable[..., Server], site: Site) -> Server:
    """Start a Dibs that the other site is allowed to embed."""
    return start_server(allowed_origins=site.url)


def test_the_browser_of_these_tests_refuses_cookies_of_others(
    site: Site, new_page: NewPage
) -> None:
    """Otherwise it would prove nothing that the element works in this browser."""
    with another_site() as other:
        other.headers["Set-Cookie"] = "seen=1; SameSite=None; Secure"
        other.files["/seen.css"] = ""
        elsewhere = other.url.replace("localhost", "127.0.0.1")
        page = new_page()
        page.goto(site.shows("", head=f'<link rel="stylesheet" href="{elsewhere}/seen.css">'))
        assert other.asked == ["/seen.css"]
        assert page.context.cookies(elsewhere) == []
        page.goto(f"{elsewhere}/seen.css")
        assert [each["name"] for each in page.context.cookies(elsewhere)] == ["seen"]


def test_a_site_without_room_for_pictures_of_others_shows_letters(
    named: Server, site: Site, new_page: NewPage, tmp_path: Path
) -> None:
    for name in ("logo.png", "sarah.png"):
        (tmp_path / name).write_bytes(draw_file())
    looking = DEMO.replace("[business]\n", '[business]\nlogo = "logo.png"\n')
    looking = looking.replace(
        'name = "Sarah Johnson"', 'name = "Sarah Johnson"\npicture = "sarah.png"'
    )
    (file := tmp_path / "looking.toml").write_text(looking, encoding="utf-8")
    done = run_dibs("catalog", "apply", str(file), "--data", str(named.data))
    assert done.returncode == 0, done.stderr
    until(
        lambda: named.http.get("/api/v1/business").json()["appearance"]["logo"], "there is a logo"
    )
    site.is_strict(named.url)
    page = new_page()
    page.goto(site.shows(script(named.url) + '<dibs-booking service="1"></dibs-booking>'))
    expect(page.locator(".logo")).to_have_text("D")
    expect(page.locator(".avatar", has_text="SJ").first).to_be_visible()
    assert page.locator("img").count() == 0


def test_with_service_and_staff_the_times_come_in_the_first_round(
    named: Server, site: Site, new_page: NewPage
) -> None:
    page = new_page()
    waiting: list[Route] = []
    page.route("**/embed/assets/app-*.js", lambda route: waiting.append(route))
    body = '<dibs-booking service="consultation" staff="sarah-johnson"></dibs-booking>'
    with page.expect_request("**/embed/assets/TimeStep-*.js"):
        page.goto(site.shows(script(named.url) + body), wait_until="commit")
    for held_back in waiting:
        held_back.continue_()
    expect(page.locator("button.slot").first).to_be_visible()
