"""`bench page`: how soon the booking page shows something, and a month that can be clicked.

Chromium runs with an empty cache in each round, on the machine of the server. So this measures what
the page itself costs, without a network. Then it measures on a slow line, as Lighthouse simulates
it for phones: there the first times must show within 1.5 seconds, and nothing may move.
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
#: Notes when the first time can be seen, and how far elements have moved.
WATCH_TIMES = """() => {
    window.moved = 0;
    new PerformanceObserver(seen => {
        for (const each of seen.getEntries()) window.moved += each.value;
    }).observe({type: "layout-shift", buffered: true});
    new MutationObserver(() => {
        if (window.timesAt === undefined && document.querySelector("button.slot")) {
            window.timesAt = performance.now();
        }
    }).observe(document, {subtree: true, childList: true});
}"""
#: Lighthouse's slow 4G: milliseconds of latency, and bytes per second.
SLOW_4G = {"latency": 150, "downloadThroughput": 1.6e6 / 8, "uploadThroughput": 750e3 / 8}
SLOW_ROUNDS = 7
#: Milliseconds to wait after the first times. After that, nothing is expected to move any more.
SETTLED_AFTER = 1_000
TIMES_WITHIN = 1_500
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
            slow = [_open_slowly(browser, server.url) for _ in range(SLOW_ROUNDS)]
        browser.close()
    measured = {
        "first contentful paint": [painted for painted, _ in rounds],
        "a month one can click": [month for _, month in rounds],
        "first times on slow 4G": [times for times, _ in slow],
    }
    rows = [
        {"what": what, "median ms": round(median(times)), "slowest ms": round(max(times))}
        for what, times in measured.items()
    ]
    moved = max(shift for _, shift in slow)
    save("page", {"machine": machine(), "rounds": ROUNDS, "cases": rows, "layout shift": moved})
    print(table(rows))
    late = median([times for times, _ in slow]) > TIMES_WITHIN
    print(f"Layout shift on slow 4G: {moved:.3f} (0 is the mark)")
    print(f"First times on slow 4G: {'later than' if late else 'within'} {TIMES_WITHIN} ms")


def _open(browser: Browser, url: str) -> tuple[float, float]:
    """Open the page with an empty cache. Returns the milliseconds from the beginning of the
    navigation until the first paint, and until a month can be clicked."""
    context = browser.new_context()
    page = context.new_page()
    page.add_init_script(f"({WATCH})({MONTH!r})")
    page.goto(f"{url}/?service=1&resource=1")
    page.wait_for_function("() => window.monthAt !== undefined")
    page.wait_for_function(PAINT)
    painted, month = page.evaluate(PAINT), page.evaluate("window.monthAt")
    context.close()
    return float(painted), float(month)


def _open_slowly(browser: Browser, url: str) -> tuple[float, float]:
    """Return the milliseconds until the first times can be seen, and the layout shift."""
    context = browser.new_context(viewport={"width": 412, "height": 823})
    page = context.new_page()
    line = context.new_cdp_session(page)
    line.send("Network.enable")
    line.send("Network.emulateNetworkConditions", {"offline": False, **SLOW_4G})
    page.add_init_script(f"({WATCH_TIMES})()")
    page.goto(f"{url}/?service=1&resource=1")
    page.wait_for_function("() => window.timesAt !== undefined")
    page.wait_for_timeout(SETTLED_AFTER)
    times, moved = page.evaluate("[window.timesAt, window.moved]")
    context.close()
    return float(times), float(moved)
