"""Pictures, categories, prices and the order of services and people, in the office's pages."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.office_pages import Look, build_look
from tests.support.office import OfficeBrowser
from tests.support.pictures import draw_file
from tests.support.server import Server

OpenPage = Callable[..., Page]

SIZES = pytest.mark.parametrize(("width", "height", "dark"), [(390, 844, True), (1280, 860, False)])
EVIL = "<img src=x onerror=\"document.title='evil'\"> & שלום"
SAVED = "Saved. Customers see it now."


@pytest.fixture
def look(pytestconfig: pytest.Config) -> Look:
    return build_look(pytestconfig)


def tables(owner: OfficeBrowser, kind: str) -> list[dict[str, Any]]:
    return [each["table"] for each in owner.get("/catalog").json()[kind]]


def is_loaded(picture: Locator) -> bool:
    return bool(picture.evaluate("each => each.complete && each.naturalWidth > 0"))


@SIZES
def test_a_service_gets_a_picture_a_category_and_a_kind_of_price(
    server: Server,
    owner: OfficeBrowser,
    open_office: OpenPage,
    look: Look,
    tmp_path: Path,
    width: int,
    height: int,
    dark: bool,
) -> None:
    (photo := tmp_path / "photo.jpg").write_bytes(draw_file("JPEG", (1200, 900)))
    (text := tmp_path / "text.jpg").write_text("no picture")
    page = open_office("/services/1", width=width, height=height, dark=dark)
    file = page.locator('input[type="file"]')
    file.set_input_files(text)
    expect(page.get_by_text("It is no JPEG, PNG, WebP or GIF file.")).to_be_visible()
    file.set_input_files(photo)
    picture = page.get_by_role("img", name="Picture")
    expect(picture).to_be_visible()
    expect(page.get_by_text("It is no JPEG")).to_have_count(0)
    page.wait_for_function("document.querySelector('img.picture').naturalWidth > 0")
    page.get_by_label("Category").fill(EVIL)
    page.get_by_label("It costs").select_option("from")
    page.get_by_label("Where").select_option("video")
    page.get_by_label("Place").fill("https://meet.example.com/secret")
    look(page, "service-with-picture")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text(SAVED)).to_be_visible()
    expect(page.get_by_role("heading", name=EVIL)).to_be_visible()
    row = page.get_by_test_id("service").filter(has_text="Consultation")
    expect(row).to_contain_text("from 75.00 EUR")
    look(page, "services-with-categories")
    [saved] = [each for each in tables(owner, "services") if each["id"] == 1]
    assert (saved["price_from"], saved["place_kind"], saved["category"]) == (True, "video", EVIL)
    shown = server.http.get("/api/v1/services").json()[0]
    assert (shown["place"], shown["picture"]["name"]) == (None, saved["picture"])
    row.get_by_role("link").click()
    page.get_by_role("button", name="Remove the picture").press("Enter")
    expect(picture).to_have_count(0)
    expect(page.get_by_role("button", name="Choose a picture")).to_be_focused()
    page.get_by_label("It costs").select_option("request")
    expect(page.get_by_label("Price in")).to_have_count(0)
    page.get_by_role("button", name="Save").click()
    expect(row).to_contain_text("on request")
    [saved] = [each for each in tables(owner, "services") if each["id"] == 1]
    assert (saved["price"], saved["price_on_request"], saved["picture"]) == (None, True, None)
    assert page.title() != "evil"


@SIZES
def test_a_person_gets_a_picture_and_a_line(
    owner: OfficeBrowser,
    open_office: OpenPage,
    look: Look,
    tmp_path: Path,
    width: int,
    height: int,
    dark: bool,
) -> None:
    (photo := tmp_path / "face.png").write_bytes(draw_file(size=(300, 300)))
    page = open_office("/people/2", width=width, height=height, dark=dark)
    page.locator('input[type="file"]').set_input_files(photo)
    expect(page.get_by_role("img", name="Picture")).to_be_visible()
    page.get_by_label("A line about them").fill(EVIL)
    look(page, "person-with-picture")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text(SAVED)).to_be_visible()
    [saved] = [each for each in tables(owner, "resources") if each["id"] == 2]
    assert saved["about"] == EVIL
    assert saved["picture"]
    mike = page.get_by_test_id("resource").filter(has_text="Mike Wilson")
    up = mike.get_by_role("button", name="Move Mike Wilson up")
    up.press("Enter")
    expect(page.get_by_test_id("resource").first).to_contain_text("Mike Wilson")
    expect(up).to_be_focused()
    look(page, "people-with-pictures")
    assert [each["id"] for each in tables(owner, "resources")] == [2, 1, 3, 4]
    assert page.title() != "evil"


def test_a_category_moves_with_all_that_is_in_it(
    owner: OfficeBrowser, open_office: OpenPage
) -> None:
    for key, category in ((1, "Hair"), (2, "Beard"), (3, "Hair")):
        seen = next(e for e in owner.get("/catalog").json()["services"] if e["table"]["id"] == key)
        body = {"table": seen["table"] | {"category": category}, "version": seen["version"]}
        assert owner.http.put(f"/catalog/services/{key}", json=body).is_success
    page = open_office("/services")
    headings = page.locator(".category-head h2")
    expect(headings).to_have_text(["Hair", "Beard", "Without a category"])
    down = page.get_by_role("button", name="Move Hair down")
    down.press("Enter")
    expect(headings).to_have_text(["Beard", "Hair", "Without a category"])
    expect(down).to_be_focused()
    assert [each["id"] for each in tables(owner, "services")] == [2, 1, 3, 4]
    page.get_by_role("button", name="Move Photo Session up").press("Enter")
    expect(page.get_by_test_id("service").nth(1)).to_contain_text("Photo Session")
    assert [each["id"] for each in tables(owner, "services")] == [2, 3, 1, 4]
