"""The pictures of the tutorial. They are made by following its steps in a running Dibs."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from tests.support.office import OWNER, PASSWORD, owner_token
from tests.support.server import Server

NewPage = Callable[..., Page]
Take = Callable[[Page, str], None]
TUTORIAL = Path(__file__).parents[2] / "docs" / "tutorial" / "first-steps.md"
WIDTH, HEIGHT = 1100, 720
ZONE = "Europe/Berlin"


@pytest.fixture
def taken() -> list[str]:
    return []


@pytest.fixture
def take(pytestconfig: pytest.Config, taken: list[str]) -> Take:
    folder: Path = pytestconfig.getoption("--pictures")
    folder.mkdir(parents=True, exist_ok=True)

    def take_picture(page: Page, name: str) -> None:
        page.screenshot(path=folder / f"first-run-{name}.png")
        taken.append(f"first-run-{name}.png")

    return take_picture


def test_a_reader_of_the_tutorial_sees_what_it_shows(
    start_server: Callable[..., Server], new_page: NewPage, take: Take, taken: list[str]
) -> None:
    server = start_server(command="serve")
    page = new_page(WIDTH, HEIGHT)
    set_up(page, server, take)
    public = new_page(WIDTH, HEIGHT)
    book(public, server, take)
    page.get_by_role("button", name="Go to the office").click()
    page.goto(f"{server.url}/office/calendar?day={day_of_booking(server)}")
    expect(page.get_by_text("Ann Lee").first).to_be_visible()
    take(page, "calendar")
    named = re.findall(r"images/(first-run-[a-z]+[.]png)", TUTORIAL.read_text(encoding="utf-8"))
    assert sorted(taken) == sorted(named)


def day_of_booking(server: Server) -> str:
    ((microseconds,),) = server.sql("SELECT starts_at FROM bookings")
    return f"{datetime.fromtimestamp(microseconds / 1e6, ZoneInfo(ZONE)).date()}"


def set_up(page: Page, server: Server, take: Take) -> None:
    page.goto(f"{server.url}/office/welcome#{owner_token(server)}")
    for field, text in (("name", OWNER["name"]), ("email", OWNER["email"])):
        page.locator(f'input[name="{field}"]').fill(text)
    take(page, "owner")
    page.locator('input[name="password"]').fill(PASSWORD)
    page.get_by_role("button", name="Begin").click()

    page.locator('input[name="business.name"]').fill("Studio Nord")
    page.get_by_label("Time zone").select_option(ZONE)
    page.get_by_label("Currency").select_option("EUR")
    take(page, "business")
    page.locator('input[name="business.name"]').press("Enter")

    expect(page.get_by_role("heading", name="The first person")).to_be_visible()
    page.get_by_label("Name").fill("Mia")
    take(page, "person")
    page.get_by_role("button", name="Go on").click()

    expect(page.get_by_role("heading", name="The first thing to book")).to_be_visible()
    page.get_by_label("Name").fill("Haircut")
    page.get_by_label("Minutes").fill("45")
    page.get_by_label("Price").fill("30.50")
    take(page, "service")
    page.get_by_role("button", name="Finish").click()
    expect(page.get_by_role("heading", name="You can be booked")).to_be_focused()
    take(page, "done")


def book(page: Page, server: Server, take: Take) -> None:
    page.goto(f"{server.url}/book/haircut")
    page.locator('button.slot[data-state="free"]').first.click()
    expect(page.locator('button.slot[data-state="mine"]')).to_be_visible()
    take(page, "page")
    page.locator('[data-testid="continue"]:visible').last.click()
    page.locator('input[name="name"]').fill("Ann Lee")
    page.locator('input[name="email"]').fill("ann@example.com")
    page.get_by_test_id("confirm").click()
    expect(page.get_by_test_id("reference")).to_be_visible()
