"""The page works for everybody: with keyboard or screen reader, on small screens, light and dark,
and on slow lines."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

import dibs
from dibs.web.page_language import read_languages
from tests.browser.pages import (
    book,
    choose,
    confirm,
    cut_off,
    expect_state,
    fill_in,
    go_on,
    insist,
    open_times,
    part,
    slot,
)
from tests.support.catalog_files import DEMO
from tests.support.days import working_day
from tests.support.server import Server, run_dibs

NewPage = Callable[..., Page]
STATIC = Path(dibs.__file__).parent / "web" / "static"
MAX_SCRIPT = 30_000
#: Pixels. From this width on, the card has a background around it.
WIDE = 704
MAX_SCRIPT_OF_A_BOOKING = 37_800


@pytest.mark.scenario(33)
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize(("width", "height"), [(360, 740), (768, 1024), (1280, 860)])
def test_axe_finds_nothing_on_any_step(
    server: Server,
    new_page: NewPage,
    pytestconfig: pytest.Config,
    width: int,
    height: int,
    dark: bool,
) -> None:
    folder: Path = pytestconfig.getoption("--pictures")
    folder.mkdir(parents=True, exist_ok=True)
    page = new_page(width, height, dark)
    page.emulate_media(reduced_motion="reduce")  # a half-changed colour lacks contrast

    def check(step: str) -> None:
        name = f"{step}-{width}-{'dark' if dark else 'light'}.png"
        page.screenshot(path=folder / name)
        found = Axe().run(page)
        assert found.violations_count == 0, f"{step}: {found.generate_report()}"
        assert page.evaluate("document.documentElement.scrollWidth") <= width, step

    other = server.visitor()
    other.book("14:00")
    server.visitor().hold("11:00")
    server.visitor().check_out("11:30")
    page.goto(server.url)
    page.get_by_test_id("service-1").click(trial=True)
    check("1-service")
    page.get_by_test_id("service-1").click()
    page.get_by_test_id("resource-1").click(trial=True)
    check("2-staff")
    open_times(page, server)
    expect_state(page, "14:00", "taken")
    choose(page, "10:00")
    check("3-times")
    go_on(page)
    page.locator('input[name="email"]').fill("no address")
    confirm(page)
    expect(page.locator('input[name="email"]')).to_have_attribute("aria-invalid", "true")
    check("4-details")
    fill_in(page)
    confirm(page)
    expect(part(page, "reference")).to_be_visible()
    check("5-done")
    link = part(page, "manage-link").get_attribute("href")
    assert link is not None
    page.goto(link)
    expect(part(page, "move")).to_be_visible()
    check("6-manage")
    part(page, "move").click()
    expect(page.locator("button.slot").first).to_be_visible()
    check("7-move")


@pytest.mark.scenario(33)
def test_a_screen_reader_is_told_the_state_of_a_slot(server: Server, new_page: NewPage) -> None:
    page = new_page()
    server.visitor().book("14:00")
    server.visitor().hold("11:00")
    open_times(page, server)
    expect_state(page, "11:00", "held")
    expect(slot(page, "11:00")).to_have_accessible_name(re.compile("11:00.*Processing"))
    fold = page.get_by_role("button", name="1 booked")
    expect(slot(page, "14:00")).not_to_be_visible()
    fold.click()
    expect(fold).to_have_attribute("aria-expanded", "true")
    expect(slot(page, "14:00")).to_have_accessible_name(re.compile("2:00.*Booked"))
    choose(page, "10:00")
    expect(slot(page, "10:00")).to_have_accessible_name(re.compile("10:00.*your choice"))
    expect(page.get_by_role("status").filter(has_text="held for you").first).to_be_visible()


LONG = "Rehabilitationsnachsorgegruppenleiterweiterbildungsveranstaltung"


@pytest.mark.scenario(40)
@pytest.mark.parametrize(
    ("width", "height", "text"), [(320, 568, 1), (414, 740, 1), (360, 740, 2), (1280, 800, 2)]
)
def test_nothing_lies_beside_a_small_screen_or_under_the_bar(
    server: Server, new_page: NewPage, tmp_path: Path, width: int, height: int, text: int
) -> None:
    catalog = DEMO.replace('name = "Consultation"', f'name = "{LONG}"').replace("75.00", "1149.50")
    file = tmp_path / "long.toml"
    file.write_text(catalog.replace("Initial consultation", LONG * 2))
    assert (
        run_dibs("catalog", "apply", str(file), "--yes", "--data", str(server.data)).returncode == 0
    )
    page = new_page(width, height)
    page.add_init_script(
        "addEventListener('DOMContentLoaded', () =>"
        f" document.documentElement.style.fontSize = '{text * 100}%')"
    )

    def check(step: str) -> None:
        assert page.evaluate("document.documentElement.scrollWidth") <= width, step
        assert page.evaluate(SPILLING) == [], step
        top = page.evaluate(
            "document.querySelector('.booker').getBoundingClientRect().top + scrollY"
        )
        assert top == 0 or width >= WIDE, step

    page.goto(server.url)
    expect(page.get_by_test_id("service-1")).to_be_visible()
    check("service")
    page.get_by_test_id("service-1").click()
    expect(page.get_by_test_id("resource-1")).to_be_visible()
    check("staff")
    open_times(page, server)
    server.visitor().hold("11:00")
    cut_off(page, "**/days/**")
    insist(page, "11:00")
    expect(part(page, "alternative")).to_be_visible()
    check("alternatives")
    for _ in range(4):
        page.locator("button.slot").nth(-1).focus()
        page.keyboard.press("ArrowLeft")
        assert page.evaluate(COVERED) is False, "a slot with the focus is under the bar"
    page.unroute("**/days/**")
    part(page, "alternative").click()
    expect(page.locator('button.slot[data-state="mine"]')).to_be_visible()
    check("chosen")
    go_on(page)
    for name in ("name", "email", "phone"):
        page.locator(f'input[name="{name}"]').focus()
        assert page.evaluate(COVERED) is False, f"{name} is under the bar"
    check("details")
    fill_in(page)
    confirm(page)
    expect(part(page, "reference")).to_be_visible()
    check("done")


#: Elements whose text doesn't fit into them.
SPILLING = """[...document.querySelectorAll(
    'button:not(.icon-button), .bar-title, .notice.card, .summary, .choice span')]
    .filter(element => element.scrollWidth > element.clientWidth + 1
        && getComputedStyle(element).display !== 'inline')
    .map(element => element.outerHTML.slice(0, 120))"""

COVERED = """(() => {
    const box = document.activeElement.getBoundingClientRect();
    const bar = document.querySelector('.dock');
    return getComputedStyle(bar).position === 'sticky'
        && box.bottom > bar.getBoundingClientRect().top;
})()"""


@pytest.mark.scenario(40)
def test_without_colours_of_its_own_the_page_tells_the_same(
    server: Server, new_page: NewPage
) -> None:
    server.visitor().hold("11:00")
    page = new_page()
    page.emulate_media(forced_colors="active")
    open_times(page, server)
    choose(page, "10:00")
    page.locator("h3").first.hover()

    def look(selector: str) -> tuple[str, ...]:
        element = page.locator(selector).first
        kinds = ("backgroundColor", "borderTopColor", "color", "borderTopStyle")
        return tuple(element.evaluate(f"e => getComputedStyle(e).{kind}") for kind in kinds)

    expect(page.locator('.connection[data-status="live"]')).to_be_visible()
    free = look('.day[data-free]:not([data-free="0"], [aria-pressed="true"])')
    full = look('.day[data-free="0"]')
    selected = look('.day[aria-pressed="true"]')
    assert len({free, full, selected}) == 3
    states = {look(f'.slot[data-state="{state}"]') for state in ("free", "mine", "held")}
    assert len(states) == 3
    live = look(".connection")
    cut_off(page, "**/days/**")
    expect(page.locator('.connection[data-status="unknown"]')).to_be_visible(timeout=15_000)
    assert look(".connection") != live


@pytest.mark.scenario(33)
def test_arrow_keys_walk_the_times_and_the_month(server: Server, new_page: NewPage) -> None:
    page = new_page()
    open_times(page, server)
    choose(page, "10:00")
    slot(page, "10:00").focus()
    for key, time in (
        ("ArrowRight", "10:30"),
        ("ArrowLeft", "10:00"),
        ("End", "16:30"),
        ("Home", "09:00"),
    ):
        page.keyboard.press(key)
        expect(slot(page, time)).to_be_focused()
    page.keyboard.press("ArrowDown")
    below = page.evaluate("document.activeElement.offsetTop")
    page.keyboard.press("ArrowUp")
    expect(slot(page, "09:00")).to_be_focused()
    assert below > page.evaluate("document.activeElement.offsetTop")
    page.keyboard.press("Tab")
    expect(part(page, "continue")).to_be_focused()
    today = datetime.now(UTC).date()
    current = page.locator('[aria-current="date"]')
    is_in_another_month = not current.is_visible()
    if is_in_another_month:
        page.get_by_role("button", name="Previous month").click()
    expect(current).to_have_attribute("data-day", str(today))
    if is_in_another_month:
        page.get_by_role("button", name="Next month").click()
    day = page.locator(f'button[data-day="{working_day()}"]')
    day.focus()
    for key, weekday in (("Home", "Sunday"), ("End", "Saturday")):
        page.keyboard.press(key)
        focused = page.locator("button.day:focus")
        expect(focused).to_have_accessible_name(re.compile(weekday))
        assert focused.get_attribute("data-day") is not None


def test_the_page_is_light() -> None:
    """Measures all script that the page needs before it shows anything, compressed with gzip, in
    each language. Later script is loaded while the visitor chooses."""
    scripts = re.findall(
        r'(?:src|href)="./(assets/[^"]+\.js)"', (STATIC / "index.html").read_text()
    )
    assert scripts
    for tag, language in read_languages(STATIC).items():
        weight = sum(
            len(gzip.compress((STATIC / name).read_bytes())) for name in (*scripts, language.file)
        )
        assert weight <= MAX_SCRIPT, f"{weight} bytes of script in {tag}"


def test_the_whole_way_to_a_booking_is_light(server: Server, new_page: NewPage) -> None:
    page = new_page()
    loaded: set[str] = set()
    page.on("response", lambda answer: loaded.add(answer.url))
    open_times(page, server)
    book(page, "10:00")
    scripts = [url.rpartition("/assets/")[2] for url in loaded if url.endswith(".js")]
    assert scripts
    weight = sum(len(gzip.compress((STATIC / "assets" / name).read_bytes())) for name in scripts)
    assert weight <= MAX_SCRIPT_OF_A_BOOKING, f"{weight} bytes of script"
