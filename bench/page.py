"""`bench page`: how soon the booking page shows something, and a month one can click.

Chromium with an empty cache for each round, on the machine of the server: what the page itself
costs, without a network. A report: there is no mark to reach.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

from bench.results import machine, results, save, table
from bench.servers import demo

if TYPE_CHECKING:
    from playwright.sync_api import Browser

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]
ROUNDS = 15
MONTH = 'button[data-day]:not([data-free="0"]):not([data-free="unknown"])'
#: Notes when the first free day of the month can be clicked.
WATCH = """selector => {
    const note = () => {
        if (window.monthAt === undefined && document.querySelector(selector)) {
            window.monthAt = performance.now();
        }
    };
    const everything = {subtree: true, childList: true, attributes: true};
    new MutationObserver(note).observe(document, everything);
}"""
PAINT = """() => performance.getEntriesByName("first-contentful-paint")[0]?.startTime"""


def run() -> None:
    with (
        tempfile.TemporaryDirectory(dir=results(), prefix="page-") as folder,
        demo(Path(folder) / "data") as server,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        with server.awake():
            rounds = [_open(browser, server.url) for _ in range(ROUNDS)]
        browser.close()
    measured = {
        "first contentful paint": [painted for painted, _ in rounds],
        "a month one can click": [month for _, month in rounds],
    }
    rows = [
        {"what": what, "median ms": round(median(times)), "slowest ms": round(max(times))}
        for what, times in measured.items()
    ]
    save("page", {"machine": machine(), "rounds": ROUNDS, "cases": rows})
    print(table(rows))


def _open(browser: Browser, url: str) -> tuple[float, float]:
    """Milliseconds since the navigation began, in a context with an empty cache."""
    context = browser.new_context()
    page = context.new_page()
    page.add_init_script(f"({WATCH})({MONTH!r})")
    page.goto(f"{url}/?service=1&resource=1")
    page.wait_for_function("() => window.monthAt !== undefined")
    page.wait_for_function(PAINT)
    painted, month = page.evaluate(PAINT), page.evaluate("window.monthAt")
    context.close()
    return float(painted), float(month)
