"""`<dibs-booking>`: the booking page inside a page of another site, which stays as it is."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.embedding import LISTEN, heard_events, names_said, script
from tests.browser.pages import book, choose, expect_state, fill_in, go_on, open_day, part, slot
from tests.support.days import working_day
from tests.support.server import Server
from tests.support.sites import Site, another_site
from tests.support.waiting import until

NewPage = Callable[..., Page]
HOW_TO = Path(__file__).parents[2] / "docs/how-to"
LANGUAGES = Path(__file__).parents[2] / "frontend/src/booking/languages"
STATE = """() => ({
    url: location.href,
    title: document.title,
    entries: history.length,
    style: document.documentElement.getAttribute("style"),
    globals: Object.keys(window).filter(name => /dibs/i.test(name)),
})"""


@pytest.fixture
def site() -> Iterator[Site]:
    with another_site() as site:
        yield site


@pytest.fixture
def named(start_server: Callable[..., Server], site: Site) -> Server:
    """Start a Dibs that the other site is allowed to embed."""
    return start_server(allowed_origins=site.url)


def open_site(new_page: NewPage, address: str, *, with_clock: bool = False, **window: int) -> Page:
    """Open the page of another site. `with_clock` lets the test advance the timers of the page."""
    page = new_page(**window)
    if with_clock:
        page.clock.install()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda told: faults.append(told.text) if told.type == "error" else None)
    page.add_init_script(LISTEN)
    page.goto(address)
    page.context.faults = faults  # type: ignore[attr-defined]
    return page


def faults_of(context: BrowserContext) -> list[str]:
    found: list[str] = context.faults  # type: ignore[attr-defined]
    return found


def to_times(page: Page) -> None:
    part(page, "service-1").click()
    part(page, "resource-1").click()
    open_day(page, working_day())


def is_free(server: Server, time: str) -> bool:
    return bool(server.visitor().slots(resource=1)[time]["state"] == "free")


@pytest.mark.parametrize("width", [390, 1280])
def test_a_strict_site_books_and_notices_nothing(
    named: Server, site: Site, new_page: NewPage, width: int
) -> None:
    site.is_strict(named.url)
    body = f"{script(named.url)}<h1>Studio</h1><dibs-booking></dibs-booking>"
    page = open_site(new_page, site.shows(body), width=width)
    expect(part(page, "service-1")).to_be_visible()
    before = page.evaluate(STATE)
    to_times(page)
    book(page, "10:00")
    assert page.evaluate(STATE) == before
    assert faults_of(page.context) == []
    assert page.context.cookies() == []
    assert named.sql("SELECT status, customer_name FROM bookings") == [("confirmed", "Ann Lee")]
    width_of_page = page.evaluate("document.documentElement.scrollWidth")
    assert width_of_page <= width, "nothing is wider than the window"


def test_the_page_to_try_shows_it_and_what_it_is_told(
    named: Server, site: Site, new_page: NewPage
) -> None:
    example = (HOW_TO / "embed-example.html").read_text(encoding="utf-8")
    site.files["/"] = example.replace("https://book.example", named.url)
    page = open_site(new_page, site.url)
    part(page, "service-1").click()
    expect(page.locator("#told")).to_contain_text('dibs:step {"step":"staff"}')
    page.get_by_role("link", name="Book in a dialog").click()
    expect(page.get_by_role("dialog").locator("[data-testid=service-1]")).to_be_visible()


def test_it_tells_what_happens_but_nothing_of_the_customer(
    named: Server, site: Site, new_page: NewPage
) -> None:
    page = open_site(new_page, site.shows(script(named.url) + "<dibs-booking></dibs-booking>"))
    to_times(page)
    book(page, "10:00")
    [(reference,)] = named.sql("SELECT reference FROM bookings")
    assert names_said(page) == [
        *("ready", "step", "step", "held", "checkout", "step", "step", "booked"),
    ]
    [(_, held)] = heard_events(page, "held")
    [(_, booked)] = heard_events(page, "booked")
    assert booked == held | {"reference": reference}
    assert set(held) == {"service_id", "resource_id", "starts_at", "ends_at"}
    everything = str(heard_events(page))
    secret = page.evaluate("Object.values(localStorage).join() + Object.values(sessionStorage)")
    assert "manage_token" in secret
    assert "Ann" not in everything
    assert "token" not in everything


def test_what_is_given_back_is_told(named: Server, site: Site, new_page: NewPage) -> None:
    page = open_site(new_page, site.shows(script(named.url) + "<dibs-booking></dibs-booking>"))
    to_times(page)
    choose(page, "10:00")
    page.get_by_role("button", name="Change who or where").click()
    until(lambda: "released" in names_said(page), "the page is told")


def test_the_back_button_of_the_page_goes_one_step_back(
    named: Server, site: Site, new_page: NewPage
) -> None:
    page = open_site(new_page, site.shows(script(named.url) + "<dibs-booking></dibs-booking>"))
    to_times(page)
    choose(page, "10:00")
    go_on(page)
    page.get_by_role("button", name="Back", exact=True).click()
    expect_state(page, "10:00", "mine")
    assert page.url == f"{site.url}/"


def test_an_element_shows_one_service_and_one_person(
    named: Server, site: Site, new_page: NewPage
) -> None:
    body = '<dibs-booking service="consultation" staff="mike-wilson"></dibs-booking>'
    page = open_site(new_page, site.shows(script(named.url) + body))
    expect(page.locator("button.slot").first).to_be_visible()
    expect(page.get_by_text("with Mike Wilson")).to_be_visible()
    expect(page.get_by_role("button", name="Change the service")).to_have_count(0)
    expect(page.get_by_role("button", name="Change who or where")).to_have_count(0)


def test_a_service_that_is_not_there_leaves_all(
    named: Server, site: Site, new_page: NewPage
) -> None:
    body = '<dibs-booking service="&lt;img src=x onerror=alert(1)&gt;" staff="0"></dibs-booking>'
    page = open_site(new_page, site.shows(script(named.url) + body))
    expect(part(page, "service-1")).to_be_visible()
    assert page.locator("[data-testid^=service-]").count() > 1


def test_the_form_is_filled_in_but_never_sent(named: Server, site: Site, new_page: NewPage) -> None:
    body = '<dibs-booking data-email="ann@example.com" data-phone="+49 30 1234567"></dibs-booking>'
    address = site.shows(script(named.url) + body)
    page = open_site(
        new_page,
        f"{address}?name=Ann+Lee&email=x%40example.com&service=1&staff=sarah-johnson&price=0",
    )
    expect(page.locator("button.slot").first).to_be_visible()
    open_day(page, working_day())
    choose(page, "10:00")
    go_on(page)
    wanted = {"name": "Ann Lee", "email": "ann@example.com", "phone": "+49 30 1234567"}
    for name, value in wanted.items():
        expect(page.locator(f'input[name="{name}"]')).to_have_value(value)
    assert named.sql("SELECT count(*) FROM bookings WHERE status = 'confirmed'") == [(0,)]
    assert page.url.endswith("price=0"), "the address of the site is its own"


def test_what_was_typed_stays_when_it_is_shown_again(
    named: Server, site: Site, new_page: NewPage
) -> None:
    body = '<dibs-booking service="1" staff="1" data-name="Ann"></dibs-booking>'
    page = open_site(new_page, site.shows(script(named.url) + body))
    open_day(page, working_day())
    choose(page, "10:00")
    go_on(page)
    fill_in(page, name="Ann Catherine Lee")
    page.evaluate("window.kept = document.querySelector('dibs-booking'); window.kept.remove()")
    page.evaluate("document.body.append(window.kept)")
    open_day(page, working_day())
    choose(page, "11:00")
    go_on(page)
    expect(page.locator('input[name="name"]')).to_have_value("Ann Catherine Lee")


def test_what_is_taken_away_leaves_nothing_behind(
    named: Server, site: Site, new_page: NewPage
) -> None:
    body = '<dibs-booking service="1" staff="1"></dibs-booking>'
    page = open_site(new_page, site.shows(script(named.url) + body), with_clock=True)
    open_day(page, working_day())
    choose(page, "10:00")
    requests: list[str] = []
    page.evaluate("window.kept = document.querySelector('dibs-booking'); window.kept.remove()")
    until(lambda: is_free(named, "10:00"), "the hold is given back")
    until(lambda: "dibs_streams 0.0" in named.http.get("/metrics").text, "no stream is open")
    page.on("request", lambda request: requests.append(request.url))
    page.clock.run_for("02:00")
    # If a timer had sent a request, it would be recorded before the answer to this request.
    assert page.evaluate("fetch('/').then((answer) => answer.status)") == 200
    assert requests == [f"{site.url}/"]
    page.evaluate("document.body.append(window.kept)")
    open_day(page, working_day())
    book(page, "10:00")
    assert faults_of(page.context) == []


def test_who_moves_an_element_keeps_the_time(named: Server, site: Site, new_page: NewPage) -> None:
    body = '<dibs-booking service="1" staff="1"></dibs-booking><main id="else"></main>'
    page = open_site(new_page, site.shows(script(named.url) + body))
    open_day(page, working_day())
    choose(page, "10:00")
    page.evaluate("document.getElementById('else').append(document.querySelector('dibs-booking'))")
    expect_state(page, "10:00", "mine")
    assert names_said(page).count("ready") == 1


def test_two_on_one_page_are_like_two_tabs(named: Server, site: Site, new_page: NewPage) -> None:
    element = '<dibs-booking service="1" staff="1" id="{}"></dibs-booking>'
    body = script(named.url) + element.format("one") + element.format("two")
    page = open_site(new_page, site.shows(body))
    one, two = page.locator("#one"), page.locator("#two")
    day = f'button[data-day="{working_day()}"]'
    for each in (one, two):
        expect(each.locator('button[data-day][aria-pressed="true"]')).to_be_visible()
        if not each.locator(day).is_visible():
            each.get_by_role("button", name="Next month").click()
        each.locator(day).click()
    at = 'button.slot[data-slot="{}"]'
    one.locator(at.format("10:00")).click()
    expect(one.locator(at.format("10:00"))).to_have_attribute("data-state", "mine")
    expect(two.locator(at.format("10:00"))).to_have_attribute("data-state", "elsewhere")
    two.locator(at.format("12:00")).click()
    expect(two.locator(at.format("12:00"))).to_have_attribute("data-state", "mine")
    expect(one.get_by_test_id("notice").first).to_contain_text("in another tab")
    assert faults_of(page.context) == []


# --- The plain link


def test_without_leave_there_is_the_plain_link(
    server: Server, site: Site, new_page: NewPage
) -> None:
    body = (
        f'<dibs-booking service="consultation"><a href="{server.url}/">Book here</a></dibs-booking>'
    )
    page = open_site(new_page, site.shows(script(server.url) + body))
    until(lambda: "unavailable" in names_said(page), "the page is told")
    expect(page.get_by_role("link", name="Book here")).to_be_visible()


def test_a_link_of_its_own_leads_to_the_same_service(
    server: Server, site: Site, new_page: NewPage
) -> None:
    body = '<dibs-booking service="consultation"></dibs-booking>'
    page = open_site(new_page, site.shows(script(server.url) + body))
    link = page.get_by_role("link", name="Book a time")
    expect(link).to_have_attribute("href", f"{server.url}/book/consultation")
    link.click()
    shown = page.get_by_text("Consultation", exact=True).locator("visible=true")
    expect(shown.first).to_be_visible()


def test_without_script_there_is_what_the_site_has_put_there(
    named: Server, site: Site, new_page: NewPage
) -> None:
    page = open_site(
        new_page,
        site.shows('<dibs-booking><a href="https://b.example/">Book here</a></dibs-booking>'),
    )
    expect(page.get_by_role("link", name="Book here")).to_be_visible()


def test_a_server_that_comes_back_is_shown(named: Server, site: Site, new_page: NewPage) -> None:
    page = new_page()
    page.add_init_script(LISTEN)
    page.route("**/api/v1/services?*", lambda route: route.abort())
    page.goto(site.shows(script(named.url) + "<dibs-booking></dibs-booking>"))
    until(lambda: "unavailable" in names_said(page), "the page is told")
    expect(page.get_by_role("link", name="Book a time")).to_be_visible()
    page.unroute("**/api/v1/services?*")
    expect(part(page, "service-1")).to_be_visible()
    expect(page.get_by_role("link", name="Book a time")).to_have_count(0)


def test_a_script_of_three_days_ago_finds_the_files_of_today(
    named: Server, site: Site, new_page: NewPage
) -> None:
    """The cache still has an old `embed.js`, and the files that it names no longer exist."""
    of_old = re.sub(r"-[\w-]{8}\.(js|css)", r"-00000000.\1", named.http.get("/embed.js").text)
    page = new_page()
    page.route(
        "**/embed.js", lambda route: route.fulfill(body=of_old, content_type="text/javascript")
    )
    gone: list[str] = []
    page.on("response", lambda answer: gone.append(answer.url) if answer.status == 404 else None)
    page.goto(site.shows(script(named.url) + "<dibs-booking></dibs-booking>"))
    expect(part(page, "service-1")).to_be_visible()
    assert gone
    assert all("-00000000." in url for url in gone)


# --- In a dialog


def test_a_button_opens_it_in_a_dialog(named: Server, site: Site, new_page: NewPage) -> None:
    site.is_strict(named.url)
    link_of_site = f'<a href="{named.url}/?service=1">Book a time</a>'
    body = f'<dibs-button service="1">{link_of_site}</dibs-button>'
    page = open_site(new_page, site.shows(script(named.url) + body))
    link = page.get_by_role("link", name="Book a time")
    page.wait_for_function("() => !!customElements.get('dibs-button')")
    link.click()
    dialog = page.get_by_role("dialog", name="Book a time")
    part(page, "resource-1").click()
    open_day(page, working_day())
    choose(page, "10:00")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(link).to_be_focused()
    until(lambda: is_free(named, "10:00"), "the hold is given back")
    link.click()
    part(page, "resource-1").click()
    open_day(page, working_day())
    book(page, "10:00")
    page.get_by_role("button", name="Close").click()
    expect(slot(page, "10:00")).to_have_count(0)
    assert page.url == f"{site.url}/"
    assert faults_of(page.context) == []


def test_who_wants_another_tab_gets_one(named: Server, site: Site, new_page: NewPage) -> None:
    page = open_site(new_page, site.shows(script(named.url) + "<dibs-button></dibs-button>"))
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Book a time").click(modifiers=["Control"])
    expect(opened.value).to_have_url(f"{named.url}/")
    expect(page.get_by_role("dialog")).to_have_count(0)


# --- Languages


@pytest.mark.parametrize(
    ("lang", "direction"),
    [("en", "ltr"), ("de-AT", "ltr"), ("fr", "ltr"), ("es", "ltr"), ("ar", "rtl")],
)
def test_it_speaks_the_language_of_the_element(
    named: Server, site: Site, new_page: NewPage, lang: str, direction: str
) -> None:
    body = f'<dibs-booking lang="{lang}"></dibs-booking>'
    page = open_site(new_page, site.shows(script(named.url) + body), width=390)
    heading = page.get_by_role("heading", level=2)
    texts = json.loads((LANGUAGES / f"{lang[:2]}.json").read_text(encoding="utf-8"))
    expect(heading).to_have_text(texts["chooseService"])
    expect(page.get_by_test_id("language")).to_be_hidden()
    assert heading.evaluate("heading => getComputedStyle(heading).direction") == direction
    assert page.evaluate("[document.documentElement.lang, document.dir]") == ["en", ""]
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_visitor_chooses_a_language_for_all_elements(
    named: Server, site: Site, new_page: NewPage
) -> None:
    body = "<dibs-booking></dibs-booking><dibs-booking></dibs-booking>"
    address = site.shows(script(named.url) + body)
    page = open_site(new_page, address)
    expect(part(page, "service-1")).to_be_visible()
    part(page, "language").select_option("de")
    in_german = json.loads((LANGUAGES / "de.json").read_text(encoding="utf-8"))["chooseService"]
    headings = page.get_by_role("heading", level=2)
    expect(headings).to_have_text([in_german, in_german])
    page.reload()
    expect(headings).to_have_text([in_german, in_german])
    assert page.evaluate("[document.documentElement.lang, document.cookie]") == ["en", ""]
