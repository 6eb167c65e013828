"""`bench office`: the calendar of a business with 30 people and 500 bookings a day, in Chromium.

It measures how soon the day and the week of everybody are painted after the navigation began (with
an empty cache each time), how soon a change is painted after its request was sent, and the time
between frames while a booking is dragged. All of it runs on the machine of the server, without a
network.
"""

from __future__ import annotations

import subprocess
import tempfile
import time
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from statistics import median, quantiles
from typing import TYPE_CHECKING, Any

import httpx2
from playwright.sync_api import sync_playwright

from bench.page import CHROMIUM, FLAGS
from bench.results import machine, results, save, table
from bench.servers import DIBS, dibs, run_dibs

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PEOPLE = 30
BOOKINGS = 500
ROUNDS = 10
CHANGES = 60
#: A Monday.
DAY = datetime.now(UTC).date() + timedelta(days=7 - datetime.now(UTC).weekday())
WEEK = 7
PASSWORD = "a long word for a bench"
#: Notes when the calendar is painted, by the same clock that this process reads.
WATCH = """() => {
    window.paintedAt = [];
    const note = () => requestAnimationFrame(() => {
        const channel = new MessageChannel();
        channel.port1.onmessage = () =>
            window.paintedAt.push(performance.timeOrigin + performance.now());
        channel.port2.postMessage(0);
    });
    new MutationObserver(() => {
        if (document.querySelector(".cal-block:not(.cal-ghost), .cal-week-line")) note();
    }).observe(document, {subtree: true, childList: true, attributes: true, characterData: true});
}"""
COUNT_FRAMES = """() => {
    window.frames_ = [];
    const tick = (at) => { window.frames_.push(at); requestAnimationFrame(tick); };
    requestAnimationFrame(tick);
}"""


def run() -> None:
    with tempfile.TemporaryDirectory(dir=results(), prefix="office-") as folder:
        data = Path(folder) / "data"
        (catalog := Path(folder) / "catalog.toml").write_text(_catalog())
        run_dibs("catalog", "apply", str(catalog), "--data", str(data))
        with dibs(data, DIBS_LIMITS="off") as server, server.awake():
            owner = _sign_in(data, server.url)
            references = _fill(owner)
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
                measured = _measure(browser, server.url, owner, references)
                browser.close()
            owner.close()
    rows = [
        {
            "what": what,
            "median ms": round(median(times)),
            "p95 ms": round(quantiles(times, n=20, method="inclusive")[-1]),
            "slowest ms": round(max(times)),
        }
        for what, times in measured.items()
    ]
    save("office", {"machine": machine(), "people": PEOPLE, "bookings": BOOKINGS, "cases": rows})
    print(table(rows))


def _measure(
    browser: Browser, url: str, owner: httpx2.Client, references: list[str]
) -> dict[str, list[float]]:
    first = [_first_paint(browser, url, owner, "day") for _ in range(ROUNDS)]
    week = [_first_paint(browser, url, owner, "week") for _ in range(ROUNDS)]
    page = _open(browser, url, owner, "week")
    week_changes = [_change(page, owner, references[0], number) for number in range(CHANGES)]
    page.context.close()
    page = _open(browser, url, owner, "day")
    changes = [_change(page, owner, references[0], number) for number in range(CHANGES)]
    frames = _drag(page)
    return {
        "the day is painted after the navigation began": first,
        "the week is painted after the navigation began": week,
        "a change is painted on the day after its request was sent": changes,
        "a change is painted on the week after its request was sent": week_changes,
        "between two frames while a booking is dragged": frames,
    }


def _first_paint(browser: Browser, url: str, owner: httpx2.Client, view: str) -> float:
    page = _open(browser, url, owner, view)
    painted: float = page.evaluate("window.paintedAt[0] - performance.timeOrigin")
    page.context.close()
    return painted


def _open(browser: Browser, url: str, owner: httpx2.Client, view: str) -> Page:
    """Open the calendar with an empty cache, and return the page when it is painted."""
    context = browser.new_context(viewport={"width": 1600, "height": 900})
    cookies: Any = [
        {"name": name, "value": value, "url": url} for name, value in owner.cookies.items()
    ]
    context.add_cookies(cookies)
    page = context.new_page()
    page.add_init_script(f"({WATCH})()")
    page.goto(f"{url}/office/calendar?day={DAY}&view={view}", wait_until="commit")
    page.wait_for_selector(".cal-block, .cal-week-line")
    _wait_until(lambda: page.evaluate("window.paintedAt.length > 0"))
    return page


def _change(page: Page, owner: httpx2.Client, reference: str, number: int) -> float:
    """Move a booking. Returns the milliseconds from the request until the move is painted."""
    page.evaluate("window.paintedAt.length = 0")
    sent = time.time() * 1000
    # The booking stays the first of its day, because a cell of the week leaves out later ones.
    start = f"{DAY}T0{5 + number % 2}:00:00Z"
    change = {"starts_at": start, "override": ["hours"]}
    assert owner.patch(f"/bookings/{reference}", json=change).status_code == 200
    _wait_until(lambda: page.evaluate("window.paintedAt.length > 0"))
    painted: float = page.evaluate("window.paintedAt[0]")
    return painted - sent


def _drag(page: Page) -> list[float]:
    """Drag a booking over the day. Returns the milliseconds between frames meanwhile."""
    box = page.locator(".cal-block.is-booking").first.bounding_box()
    assert box is not None
    x, y = box["x"] + 20, box["y"] + 8
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 10, y + 10)
    page.evaluate(COUNT_FRAMES)
    for step in range(120):
        page.mouse.move(x + 8 * (step % 100), y + 100 + 3 * step)
    frames: list[float] = page.evaluate("window.frames_")
    page.keyboard.press("Escape")
    page.mouse.up()
    return [after - before for before, after in pairwise(frames)]


def _wait_until(condition: Any, within: float = 20.0) -> None:
    deadline = time.monotonic() + within
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def _catalog() -> str:
    hours = "".join(
        f'{day} = ["08:00-20:00"]\n' for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    )
    people = "".join(
        f'[[resources]]\nid = {number}\nname = "Person {number}"\nkind = "staff"\n'
        f"[resources.hours]\n{hours}"
        for number in range(1, PEOPLE + 1)
    )
    all_of_them = list(range(1, PEOPLE + 1))
    return (
        '[business]\nname = "Bench"\ntime_zone = "UTC"\ncurrency = "EUR"\nslot_interval = 30\n'
        f'[[services]]\nid = 1\nname = "Half an hour"\nduration = 30\nresources = {all_of_them}\n'
        f"{people}"
    )


def _sign_in(data: Path, url: str) -> httpx2.Client:
    command = [*DIBS, "user", "add", "bench@example.com", "--data", str(data)]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    owner = httpx2.Client(
        base_url=f"{url}/api/v1/admin", headers={"Origin": url}, timeout=30, verify=False
    )
    token = said.partition("#")[2].split()[0]
    answer = owner.post("/links/use", json={"token": token, "password": PASSWORD})
    assert answer.status_code == 201, answer.text
    return owner


def _fill(owner: httpx2.Client) -> list[str]:
    """Make bookings of half an hour on each day of the week, spread evenly over all people. Returns
    their references."""
    made = []
    first = datetime(DAY.year, DAY.month, DAY.day, 8, tzinfo=UTC)
    for number in range(WEEK * BOOKINGS):
        day, of_day = divmod(number, BOOKINGS)
        slot, person = of_day // PEOPLE, of_day % PEOPLE + 1
        start = first + timedelta(days=day, minutes=40 * slot)
        wanted = {
            "service_id": 1,
            "resource_id": person,
            "starts_at": start.isoformat(),
            "customer": {"name": f"Customer {number}", "email": f"c{number}@example.com"},
        }
        answer = owner.post("/bookings", json=wanted)
        assert answer.status_code == 201, answer.text
        made.append(answer.json()["reference"])
    return made
