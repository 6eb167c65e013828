"""The pictures of the README, made from a running Dibs."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.office_pages import set_up_owner
from tests.browser.pages import wait_for_pictures
from tests.support.days import wire, working_day
from tests.support.faked_clock import SALON, with_clock
from tests.support.office import OfficeBrowser
from tests.support.server import Server

FRAME = """
<body style="margin:0;padding:24px;background:#d9dce1;display:flex;gap:24px;
             font:16px system-ui,sans-serif;width:max-content">
  {figures}
</body>
"""
FIGURE = """
<figure style="margin:0">
  <figcaption style="margin:0 0 8px 4px;color:#333">{who}</figcaption>
  <img src="data:image/png;base64,{image}" style="border-radius:12px;display:block;width:{width}px">
</figure>
"""
#: Server and browser are set to this moment, so the pictures always show the same day.
NOW = datetime(2027, 3, 10, 6, 30, tzinfo=UTC)
DAY = "2027-03-10"
#: Customer, service, resource, and start as hour and minute in UTC.
BOOKINGS = [
    ("Ann Lee", 1, 1, (8, 0)),
    ("Carl Vogt", 1, 1, (10, 0)),
    ("Bea Lindt", 5, 1, (14, 0)),
    ("Paul Roth", 8, 2, (9, 0)),
    ("Ivo Brandt", 10, 2, (10, 0)),
    ("Max Keller", 9, 2, (15, 0)),
    ("Zoe Adler", 6, 4, (13, 0)),
]
COLOURS = 256

Keep = Callable[[str, bytes], Path]


@pytest.fixture
def keep(pytestconfig: pytest.Config) -> Keep:
    """Return a function that saves a picture with few colours, which makes the file small."""
    folder: Path = pytestconfig.getoption("--pictures")
    folder.mkdir(parents=True, exist_ok=True)

    def write(name: str, png: bytes) -> Path:
        picture = Image.open(BytesIO(png)).convert("RGB").quantize(COLOURS)
        picture.save(folder / name, optimize=True)
        return folder / name

    return write


@pytest.fixture(scope="module")
def salon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("salon") / "data"
    server = Server.start(folder, entry=with_clock(f"@{NOW:%F %T}", main=SALON))
    yield server
    server.stop()


def test_the_page_on_a_desktop_and_on_a_phone(
    salon: Server, new_page: Callable[..., Page], keep: Keep
) -> None:
    desktop, phone = new_page(1280, 860), new_page(390, 860)
    for page in (desktop, phone):
        page.clock.set_fixed_time(NOW)
        berlin = {"timezoneId": "Europe/Berlin"}
        page.context.new_cdp_session(page).send("Emulation.setTimezoneOverride", berlin)
        page.goto(salon.url)
        expect(page.locator(".finder-chips")).to_be_visible()
    phone.goto(f"{salon.url}/?service=1&resource=1&day=2027-03-12")
    phone.locator('button.slot[data-state="free"]').nth(4).click()
    expect(phone.locator('button.slot[data-state="mine"]')).to_be_visible()
    expect(phone.locator(".bar")).to_contain_text("Held for you")
    for page in (desktop, phone):
        wait_for_pictures(page)
    figures = "".join(
        FIGURE.format(who=who, width=width, image=base64.b64encode(page.screenshot()).decode())
        for who, width, page in (
            ("On a desktop: what to book", 1000, desktop),
            ("On a phone: when", 305, phone),
        )
    )
    sheet = new_page(1400, 760)
    sheet.set_content(FRAME.format(figures=figures))
    assert keep("salon.png", sheet.locator("body").screenshot()).stat().st_size > 20_000


def test_the_calendar_of_the_office(
    salon: Server, new_page: Callable[..., Page], keep: Keep
) -> None:
    owner = set_up_owner(salon)
    for name, service, resource, (hour, minute) in BOOKINGS:
        book(owner, name, service, resource, NOW.replace(hour=hour, minute=minute))
    page = new_page(1280, 800)
    page.context.add_cookies(
        [
            {"name": name, "value": value, "url": salon.url}
            for name, value in owner.http.cookies.items()
        ]
    )
    page.clock.set_fixed_time(NOW)
    page.goto(f"{salon.url}/office/calendar?day={DAY}")
    for name, *_ in BOOKINGS:
        expect(page.get_by_text(name).first).to_be_visible()
    expect(page.get_by_text("Live")).to_be_attached()
    page.mouse.move(0, 0)
    assert keep("office-calendar.png", page.screenshot()).stat().st_size > 20_000
    owner.close()


def book(owner: OfficeBrowser, name: str, service: int, resource: int, start: datetime) -> None:
    wanted = {"service_id": service, "resource_id": resource, "starts_at": wire(start)}
    answer = owner.post("/bookings", wanted | {"customer": {"name": name}})
    assert answer.status_code == 201, answer.text


def test_two_browsers_side_by_side(
    server: Server, new_page: Callable[..., Page], keep: Keep
) -> None:
    ann, bob = new_page(1100, 760), new_page(1100, 760)
    for page in (ann, bob):
        page.goto(f"{server.url}/?service=1&resource=1&day={working_day()}")
        expect(page.locator('button.slot[data-slot="14:00"]')).to_be_visible()
    server.visitor().book("14:00")
    ann.locator('button.slot[data-slot="10:00"]').click()
    expect(ann.locator('button.slot[data-slot="10:00"]')).to_have_attribute("data-state", "mine")
    bob.locator('button.slot[data-slot="11:30"]').click()
    for page, others in ((ann, "11:30"), (bob, "10:00")):
        expect(page.locator(f'button.slot[data-slot="{others}"]')).to_contain_text("Processing")
        expect(page.locator('button.slot[data-slot="14:00"]')).to_contain_text("Booked")
        expect(page.get_by_test_id("next-free")).to_contain_text(":")
    figures = "".join(
        FIGURE.format(who=who, width=700, image=base64.b64encode(page.screenshot()).decode())
        for who, page in (("Ann chooses 10:00", ann), ("Bob, at the same moment", bob))
    )
    sheet = new_page(1500, 540)
    sheet.set_content(FRAME.format(figures=figures))
    assert keep("two-browsers.png", sheet.locator("body").screenshot()).stat().st_size > 20_000
