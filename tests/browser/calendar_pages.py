"""Short helpers for what people do on the calendar of the office."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Locator, Page

from tests.support.days import at, wire, working_day
from tests.support.office import OfficeBrowser

DAY = working_day()


def book(owner: OfficeBrowser, clock: str, name: str = "Ann Lee", **more: Any) -> dict[str, Any]:
    wanted = {"service_id": 1, "resource_id": 1, "starts_at": wire(at(clock))}
    answer = owner.post("/bookings", wanted | {"customer": {"name": name}} | more)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def block(page: Page, name: str) -> Locator:
    return page.locator(".cal-block:not(.cal-ghost)").filter(has_text=name)


def column(page: Page, resource: int) -> Locator:
    return page.locator(f'[data-key="{resource}/{DAY}"]')


def point(page: Page, resource: int, clock: str) -> tuple[float, float]:
    """Return the coordinates (x, y) of a time in the column of a resource."""
    box = column(page, resource).bounding_box()
    assert box is not None
    hours, minutes = clock.split(":")
    share = (int(hours) * 60 + int(minutes)) / 1440
    return box["x"] + box["width"] / 2, box["y"] + box["height"] * share


def drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(start[0], start[1] + 6)
    page.mouse.move(*end, steps=8)


def starts(owner: OfficeBrowser, name: str) -> list[tuple[int, str, str]]:
    """Return resource, start and end of each entry of this customer on the calendar."""
    columns = owner.get(f"/calendar?from={DAY}").json()["columns"]
    return [
        (each["resource_id"], each["starts_at"][11:16], each["ends_at"][11:16])
        for one in columns
        for each in one["entries"]
        if each["customer"] and each["customer"]["name"] == name
    ]
