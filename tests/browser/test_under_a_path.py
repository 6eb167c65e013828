"""The page under a path of a site, and the page that shows the API, in a browser."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.support.redis_server import free_port
from tests.support.server import Server

#: Collects what the page's policy has kept it from.
WATCH = """
window.violations = [];
addEventListener("securitypolicyviolation", (event) => violations.push(event.blockedURI));
"""


def test_the_page_and_the_api_docs_work_under_a_path_and_load_nothing_from_elsewhere(
    start_server: Callable[..., Server], new_page: Callable[..., Page]
) -> None:
    port = free_port()
    site = f"http://127.0.0.1:{port}"
    server = start_server(port=port, public_url=f"{site}/book/")
    assert server.answers()
    page = new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.add_init_script(WATCH)
    faults: list[str] = []
    page.on("pageerror", lambda fault: faults.append(str(fault)))

    page.goto(f"{site}/book")
    page.get_by_role("button").first.click()
    page.wait_for_url(f"{site}/book/?service=*")
    page.goto(f"{site}/book/manage/%E0%A4%A#{'x' * 20}")
    expect(page.locator("main")).not_to_be_empty()

    page.goto(f"{site}/book/api/docs")
    expect(page.get_by_text("/api/v1/holds", exact=True).first).to_be_visible(timeout=30_000)
    assert page.evaluate("violations") == []
    assert faults == []
    elsewhere = [url for url in asked if not url.startswith((f"{site}/book", "data:"))]
    assert elsewhere == []
