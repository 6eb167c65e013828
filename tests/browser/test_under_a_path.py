"""The booking page and the API page under a path of a site, in a browser."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.support.office import OWNER, PASSWORD, owner_token
from tests.support.redis_server import free_port
from tests.support.server import Server

#: Records the addresses that the content security policy of the page has blocked.
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


def test_the_address_of_a_service_opens_it(
    start_server: Callable[..., Server], new_page: Callable[..., Page]
) -> None:
    server = start_server()
    page = new_page(390, 844)
    page.add_init_script(WATCH)
    page.goto(f"{server.url}/book/photo-session?utm_source=poster")
    expect(page.locator("button.slot").first).to_be_visible()
    expect(page.locator(".summary")).to_contain_text("Photo Session")
    page.goto(f"{server.url}/book/consultation")
    page.get_by_test_id("resource-1").click()
    page.wait_for_url(f"{server.url}/?service=1&resource=1*")
    page.go_back()
    expect(page.get_by_test_id("resource-1")).to_be_visible()
    page.get_by_role("button", name="Back").click()
    expect(page.get_by_test_id("service-2")).to_be_visible()
    assert page.evaluate("violations") == []


def test_the_office_works_under_a_path(
    start_server: Callable[..., Server], new_page: Callable[..., Page]
) -> None:
    port = free_port()
    site = f"http://127.0.0.1:{port}"
    server = start_server(port=port, public_url=f"{site}/book")
    assert f"{site}/book/office/welcome#" in server.log.read_text()
    page = new_page()
    page.add_init_script(WATCH)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{site}/book/office/welcome#{owner_token(server)}")
    page.locator('input[name="name"]').fill(OWNER["name"])
    page.locator('input[name="email"]').fill(OWNER["email"])
    page.locator('input[name="password"]').fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator(".menu")).to_be_visible()
    page.get_by_role("link", name="Users").click()
    expect(page.get_by_role("heading", name="Users")).to_be_focused()
    expect(page).to_have_url(f"{site}/book/office/users")
    page.reload()
    expect(page.get_by_role("heading", name="Users")).to_be_visible()
    page.go_back()
    expect(page).to_have_url(f"{site}/book/office")
    assert [each["path"] for each in page.context.cookies()] == ["/book/", "/book/"]
    assert page.evaluate("violations") == []
    elsewhere = [url for url in asked if not url.startswith((f"{site}/book", "data:"))]
    assert elsewhere == []
