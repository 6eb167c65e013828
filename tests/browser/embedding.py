"""Helpers for tests of the booking page inside a page of another site."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

EVENTS = ["ready", "step", "held", "checkout", "released", "ended", "booked", "unavailable"]
#: A script that collects all events of the booking elements on a page.
LISTEN = f"""
window.said = [];
for (const name of {EVENTS}) {{
    addEventListener("dibs:" + name, event => window.said.push([name, event.detail]));
}}
"""


def script(dibs: str) -> str:
    return f'<script src="{dibs}/embed.js" async></script>'


def heard_events(page: Page, *names: str) -> list[tuple[str, dict[str, Any]]]:
    """Return the events so far with one of these names, or all events if no name is given."""
    heard = page.evaluate("window.said")
    return [(name, detail) for name, detail in heard if name in names or not names]


def names_said(page: Page) -> list[str]:
    return [name for name, _ in heard_events(page)]
