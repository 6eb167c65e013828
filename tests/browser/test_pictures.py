"""The pictures of the README, made from a running Dibs."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.support.days import working_day
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
  <img src="data:image/png;base64,{image}" style="border-radius:12px;display:block;width:700px">
</figure>
"""


def test_two_browsers_side_by_side(
    server: Server, new_page: Callable[..., Page], pytestconfig: pytest.Config
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
        FIGURE.format(who=who, image=base64.b64encode(page.screenshot()).decode())
        for who, page in (("Ann chooses 10:00", ann), ("Bob, at the same moment", bob))
    )
    sheet = new_page(1500, 540)
    sheet.set_content(FRAME.format(figures=figures))
    folder: Path = pytestconfig.getoption("--pictures")
    folder.mkdir(parents=True, exist_ok=True)
    picture = folder / "two-browsers.png"
    sheet.locator("body").screenshot(path=picture)
    assert picture.stat().st_size > 20_000
