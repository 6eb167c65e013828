"""The audit page of the office, in real Chromium: entries are searched, shown in words and saved to
a file."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Dialog, Page, expect

from tests.browser.office_pages import Look, build_look, set_up_owner, sign_in
from tests.support.server import Server

NewPage = Callable[..., Page]
EVIL = "<img src=x onerror=alert(1)>"


@pytest.fixture
def look(pytestconfig: pytest.Config) -> Look:
    return build_look(pytestconfig)


@pytest.mark.parametrize(("width", "height", "dark"), [(390, 844, True), (1280, 860, False)])
def test_an_owner_finds_who_closed_what(
    server: Server,
    new_page: NewPage,
    watch_errors: Callable[[Page], None],
    look: Look,
    width: int,
    height: int,
    dark: bool,
) -> None:
    owner = set_up_owner(server)
    user = {"name": EVIL, "email": "mike@example.com", "role": "manager"}
    made = owner.post("/users", user).json()["user"]
    owner.patch(f"/users/{made['id']}", {"role": "staff", "resource_id": 2})
    closure = {
        "resource_id": 1,
        "starts_at": "2027-02-01T10:00:00Z",
        "ends_at": "2027-02-01T11:00:00Z",
        "reason": "Dentist " + EVIL,
    }
    assert owner.post("/closures", closure).status_code == 201
    owner.close()
    page = new_page(width, height, dark)
    watch_errors(page)
    alerts: list[str] = []

    def dismiss(dialog: Dialog) -> None:
        alerts.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", dismiss)
    sign_in(page, server, "/audit")
    entries = page.locator(".rows > li")
    expect(entries.filter(has_text="Time closed")).to_contain_text("person or room1")
    expect(entries.filter(has_text="User changed")).to_contain_text(f"user{EVIL}")
    expect(entries.filter(has_text="User changed").locator("del").first).to_have_text("manager")
    look(page, "audit")

    page.get_by_label("What").select_option("closure")
    expect(entries).to_have_count(1)
    expect(entries).to_contain_text(f"Dentist {EVIL}")
    page.get_by_label("Who").select_option("visitor")
    expect(page.get_by_role("status")).to_have_text("There is nothing of that in the audit.")
    page.get_by_label("Who").select_option(label="Olga Owner")
    expect(entries).to_have_count(1)
    with page.expect_download() as saving:
        page.get_by_role("link", name="Save as JSON").click()
    (saved,) = json.loads(Path(saving.value.path()).read_text())
    assert (saved["action"], saved["by"]) == ("closure.added", "Olga Owner")

    page.locator('input[name="from"]').fill("2026-05-02")
    page.locator('input[name="to"]').fill("2026-05-01")
    expect(page.get_by_text("The range ends before it begins.")).to_be_visible()
    page.locator('input[name="to"]').fill("2026-05-03")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(entries).to_have_count(0)
    page.get_by_label("Reference of a booking").fill(EVIL)
    expect(page.get_by_text("A reference has letters and digits only.")).to_be_visible()
    look(page, "audit-filter")
    assert alerts == []
