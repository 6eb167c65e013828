"""Every text of the page comes from the file of texts, and there is room for longer languages."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.pages import choose, fill_in, part
from tests.support.pseudo_language import BEGIN, speak_pseudo, without_pseudo
from tests.support.server import Server

NewPage = Callable[..., Page]

#: Returns the texts that people read or hear, one for each element.
TEXTS = """() => {
  const texts = [document.title];
  for (const each of document.querySelectorAll("body *:not(script, option, bdi, noscript)")) {
    const own = [...each.childNodes].filter(({nodeType}) => nodeType === 3);
    texts.push(own.map(({data}) => data).join(""));
    for (const name of ["aria-label", "title", "placeholder"]) {
      texts.push(each.getAttribute(name) ?? "");
    }
  }
  return texts.filter(text => text.trim() !== "");
}"""
#: Returns the elements whose text doesn't fit. Elements that cut long names on purpose are left
#: out; those names can be read in full elsewhere.
CUT = """() => [...document.querySelectorAll("#page *")].filter(each => {
  const {overflowX, display, clipPath} = getComputedStyle(each);
  if (display === "inline" || clipPath !== "none" || each.closest(".visually-hidden")) return false;
  if (each.matches("input, svg, svg *, .summary-line, .summary-line *")) return false;
  if (each.matches(".clamped, .month-grid, .times")) return false;
  return each.scrollWidth > each.clientWidth + 1 && each.clientWidth > 0;
}).map(each => `${each.tagName}.${each.className} ${each.textContent}`)"""
#: Texts that are not translated: those of the catalog, those of the browser (dates, zones), and
#: names of programs.
FOREIGN = re.compile(
    r"Dibs Studio|Consultation|Premium Service|Photo Session|Drawing Class|Sarah Johnson|"
    r"Mike Wilson|Daylight Studio|Nora Lind|Google|Outlook|UTC|AM|PM|GMT|"
    r"(Mon|Tues?|Wed(nes)?|Thu(rs)?|Fri|Sat(ur)?|Sun)(day)?|"
    r"(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\w*|\b[A-Z]{1,2}\b"
)


def expect_all_said_and_nothing_cut(page: Page) -> None:
    for text in page.evaluate(TEXTS):
        left = FOREIGN.sub("", without_pseudo(text))
        assert not re.search(r"[^\W\d_]", left), f"in no file: {text!r}"
    assert page.evaluate(CUT) == []
    root = "document.documentElement"
    assert page.evaluate(f"{root}.scrollWidth <= {root}.clientWidth"), "wider than the window"


@pytest.mark.parametrize("direction", ["ltr", "rtl"])
@pytest.mark.parametrize("width", [390, 1280])
def test_a_longer_language_has_room_on_every_step(
    server: Server, new_page: NewPage, width: int, direction: str
) -> None:
    page = new_page(width, 900)
    speak_pseudo(page, direction)
    page.goto(server.url)
    page.get_by_test_id("service-1").click(trial=True)
    expect(page.locator("html")).to_have_attribute("dir", direction)
    expect(page.get_by_role("heading", level=2)).to_contain_text(BEGIN)
    expect_all_said_and_nothing_cut(page)
    page.get_by_test_id("service-1").click()
    page.get_by_test_id("resource-1").click(trial=True)
    expect_all_said_and_nothing_cut(page)
    page.get_by_test_id("resource-1").click()
    expect(page.locator("button.slot").first).to_be_visible()
    expect_all_said_and_nothing_cut(page)
    choose(page, page.locator("button.slot").last.get_attribute("data-slot") or "")
    expect_all_said_and_nothing_cut(page)
    part(page, "continue").click()
    expect(page.locator('input[name="name"]')).to_be_visible()
    part(page, "confirm").click()
    expect(page.locator('input[name="name"]')).to_have_attribute("aria-invalid", "true")
    expect_all_said_and_nothing_cut(page)
    fill_in(page)
    part(page, "confirm").click()
    expect(part(page, "reference")).to_be_visible()
    page.locator("#link").evaluate("input => input.value = ''")
    page.locator(".keep-link-text").evaluate("shown => shown.textContent = ''")
    page.get_by_test_id("reference").evaluate("shown => shown.textContent = ''")
    expect_all_said_and_nothing_cut(page)


@pytest.mark.parametrize("direction", ["ltr", "rtl"])
@pytest.mark.parametrize("width", [390, 1280])
def test_a_longer_language_has_room_for_who_manages_a_booking(
    server: Server, new_page: NewPage, width: int, direction: str
) -> None:
    booking = server.visitor().book("10:00").json()
    page = new_page(width, 900)
    speak_pseudo(page, direction)
    page.goto(booking["manage_url"])
    page.get_by_test_id("cancel").click()
    part(page, "cancel-yes").click(trial=True)
    expect_all_said_and_nothing_cut(page)
    page.reload()
    part(page, "move").click()
    expect(page.locator("button.slot").first).to_be_visible()
    expect_all_said_and_nothing_cut(page)
    page.goto(f"{server.url}/my")
    expect(page.locator('input[name="email"]')).to_be_visible()
    expect_all_said_and_nothing_cut(page)
