"""Questions and terms inside a page of another site, with two elements that each have a form."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect
from selenium.webdriver.remote.webdriver import WebDriver

from tests.browser.embedding import LISTEN, script
from tests.support.asking import build_asking_demo
from tests.support.days import working_day
from tests.support.other_browsers import Tab, firefox, webkit
from tests.support.server import Server, run_dibs
from tests.support.sites import Site, another_site
from tests.support.waiting import until

NewPage = Callable[..., Page]
#: The first element asks a question of each kind and shows the terms of the business; the second
#: shows terms only.
BODY = (
    '<dibs-booking id="asks" service="1" staff="1"></dibs-booking>'
    '<dibs-booking id="terms" service="2" staff="1"></dibs-booking>'
)


@pytest.fixture
def site() -> Iterator[Site]:
    with another_site() as site:
        yield site


@pytest.fixture
def asking(tmp_path: Path, site: Site) -> Iterator[Server]:
    """Start a Dibs with questions that the other site is allowed to embed."""
    (file := tmp_path / "catalog.toml").write_text(build_asking_demo(), encoding="utf-8")
    applied = run_dibs("catalog", "apply", str(file), "--data", str(tmp_path / "data"))
    assert applied.returncode == 0, applied.stderr
    server = Server.start(tmp_path / "data", command="serve", allowed_origins=site.url)
    yield server
    server.stop()


def strict_page(site: Site, server: Server) -> str:
    site.is_strict(server.url)
    site.files["/listen.js"] = LISTEN
    return site.shows(f'<script src="/listen.js"></script>{script(server.url)}{BODY}')


def answers_of(server: Server) -> list[dict[str, object]]:
    """Return the answers of each booking by the id of the question, and the accepted terms as
    `terms`."""
    rows = server.sql("SELECT answers, accepted_terms FROM bookings ORDER BY starts_at")
    return [
        {each["id"]: each["answer"] for each in json.loads(answers or "[]")} | {"terms": terms}
        for answers, terms in rows
    ]


GIVEN = {"allergies": "nuts", "hair": "Long", "grown_up": True, "guests": 2}
TERMS = "No-shows pay half.\nSee you soon."


def to_form(element: Locator, time: str) -> None:
    day = element.locator(f'button[data-day="{working_day()}"]')
    expect(element.locator('button[data-day][aria-pressed="true"]')).to_be_visible()
    if not day.is_visible():
        element.get_by_role("button", name="Next month").click()
    day.click()
    slot = element.locator(f'button.slot[data-slot="{time}"]')
    slot.click()
    expect(slot).to_have_attribute("data-state", "mine")
    element.get_by_test_id("continue").locator("visible=true").first.click()
    expect(element.locator('[name="accepted_terms"]')).to_be_visible()
    element.locator('[name="name"]').fill("Ann Lee")
    element.locator('[name="email"]').fill("ann@example.com")


@pytest.mark.parametrize("width", [390, 1280])
def test_each_element_asks_for_itself(
    asking: Server, site: Site, new_page: NewPage, width: int
) -> None:
    page = new_page(width)
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(strict_page(site, asking))
    asks, terms = page.locator("#asks"), page.locator("#terms")
    to_form(asks, "10:00")
    confirm = asks.get_by_test_id("confirm").locator("visible=true").first
    confirm.click()
    hair = asks.locator('[name="answers.hair"]')
    expect(asks.locator('[id="answers.hair-error"]')).to_have_text("Please answer this question.")
    expect(asks.locator('[id="accepted_terms-error"]')).to_have_text("Please accept the terms.")
    expect(hair.first).to_be_focused()
    asks.locator('[name="answers.allergies"]').fill("nuts")
    hair.nth(1).check()
    asks.locator('[name="answers.grown_up"]').check()
    asks.locator('[name="answers.guests"]').fill("2")
    asks.locator('[name="accepted_terms"]').check()
    confirm.click()
    expect(asks.get_by_test_id("answers")).to_contain_text("nuts")
    # The other element doesn't know the answers that were given in the first.
    to_form(terms, "12:00")
    expect(terms.locator('[name="answers.hair"]')).to_have_count(0)
    expect(terms.locator('[name="accepted_terms"]')).not_to_be_checked()
    terms.locator("summary").click()
    expect(terms.get_by_text("Bring your own towel.")).to_be_visible()
    terms.locator('[name="accepted_terms"]').check()
    terms.get_by_test_id("confirm").locator("visible=true").first.click()
    expect(terms.get_by_test_id("reference")).to_be_visible()
    assert answers_of(asking) == [GIVEN | {"terms": TERMS}, {"terms": "Bring your own towel."}]
    told = json.dumps(page.evaluate("window.said"))
    assert told.count('"booked"') == 2
    assert "nuts" not in told
    assert faults == []


@pytest.fixture(scope="module", params=[firefox, webkit], ids=["firefox", "webkit"])
def driver(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[WebDriver]:
    start: Callable[[Path], AbstractContextManager[WebDriver]] = request.param
    with start(tmp_path_factory.mktemp("browser")) as driver:
        yield driver


@pytest.mark.all_browsers
def test_other_browsers_ask_too(asking: Server, site: Site, driver: WebDriver) -> None:
    asks, terms = (Tab(driver, within=each) for each in ("#asks", "#terms"))
    asks.open(strict_page(site, asking))
    for tab, time in ((asks, "10:00"), (terms, "12:00")):
        tab.open_day(working_day())
        tab.choose(time)
        tab.click_part("continue")
        tab.fill("name", "Ann Lee")
        tab.fill("email", "ann@example.com")
        if tab is asks:
            tab.fill("answers.allergies", "nuts")
            tab.click('input[name="answers.hair"][value="Long"]')
            tab.click('input[name="answers.grown_up"]')
            tab.fill("answers.guests", "2")
        tab.click('input[name="accepted_terms"]')
        tab.click_part("confirm")
        until(lambda tab=tab: tab.read_part("reference"), "the reference is shown")
    assert answers_of(asking) == [GIVEN | {"terms": TERMS}, {"terms": "Bring your own towel."}]
