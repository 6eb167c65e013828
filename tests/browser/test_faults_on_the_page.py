"""What the page says when clocks, answers, fields or the server are wrong, in real Chromium."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.pages import (
    choose,
    confirm,
    cut_off,
    expect_state,
    fill_in,
    go_on,
    insist,
    open_times,
    part,
    slot,
)
from tests.support.server import Server, run_dibs
from tests.support.waiting import until

NewPage = Callable[..., Page]


@pytest.mark.scenario(49)
@pytest.mark.parametrize("off", [-600, 600])
def test_the_countdown_shows_the_time_left_though_two_clocks_are_wrong(
    server: Server, new_page: NewPage, off: int
) -> None:
    """Both the visitor's clock and the clock behind the deadlines are wrong by ten minutes."""
    ann = new_page()
    ann.add_init_script(f"""
        const origin = performance.timeOrigin + {off * 1000};
        Object.defineProperty(performance, "timeOrigin", {{get: () => origin}});
        const now = Date.now;
        Date.now = () => now() + {off * 1000};
    """)

    def with_another_clock(route: Route) -> None:
        answer = route.fetch()
        claim = answer.json()
        for name in ("expires_at", "ends_at_latest"):
            instant = datetime.fromisoformat(claim[name]) - timedelta(seconds=off)
            claim[name] = instant.isoformat()
        route.fulfill(response=answer, json=claim)

    ann.route("**/api/v1/checkouts", with_another_clock)
    open_times(ann, server)
    choose(ann, "10:00")
    go_on(ann)
    expect(part(ann, "countdown")).to_contain_text(re.compile(r"Held for you, (10|9) min left"))
    fill_in(ann)
    confirm(ann)
    expect(part(ann, "reference")).to_be_visible()


@pytest.mark.scenario(14)
def test_with_the_server_gone_nothing_is_pretended_and_nothing_typed_is_lost(
    start_server: Callable[..., Server], new_page: NewPage
) -> None:
    server = start_server()
    ann = new_page()
    open_times(ann, server)
    choose(ann, "10:00")
    go_on(ann)
    fill_in(ann, "Ann Lee")
    port = int(server.url.rpartition(":")[2])
    server.kill()
    confirm(ann)
    expect(part(ann, "notice")).to_contain_text(re.compile("can’t reach|no answer"), timeout=30_000)
    expect(ann.get_by_test_id("reference")).not_to_be_visible()
    expect(ann.locator('input[name="name"]')).to_have_value("Ann Lee")
    back = start_server(port=port)
    confirm(ann)
    expect(part(ann, "reference")).to_be_visible(timeout=15_000)
    assert [claim["state"] for claim in back.visitor().board()["busy"]] == ["taken"]


@pytest.mark.scenario(13)
def test_an_answer_that_gets_lost_books_once(server: Server, new_page: NewPage) -> None:
    ann = new_page()
    open_times(ann, server)
    choose(ann, "10:00")
    go_on(ann)
    fill_in(ann)
    lost: list[Any] = []

    def lose_the_first_answer(route: Any) -> None:
        if lost:
            route.continue_()
            return
        lost.append(route.fetch())
        route.abort()

    ann.route("**/api/v1/bookings", lose_the_first_answer)
    confirm(ann)
    retry = part(ann, "confirm")
    reference = part(ann, "reference")
    until(
        lambda: reference.is_visible() or (lost and retry.is_enabled()),
        "the page has heard of the failure",
        within=20,
    )
    if not reference.is_visible():
        retry.click()
    expect(reference).to_be_visible(timeout=15_000)
    expect(reference).to_contain_text(lost[0].json()["reference"])
    assert len(server.visitor().board()["busy"]) == 1


def test_what_is_wrong_with_a_field_is_said_in_words_until_it_is_right(
    server: Server, new_page: NewPage
) -> None:
    ann = new_page()
    open_times(ann, server)
    choose(ann, "10:00")
    go_on(ann)
    fill_in(ann, "n" * 300, "ann@")
    ann.locator('input[name="phone"]').fill("abc")
    confirm(ann)
    for name, said in (
        ("name", "at most 200 letters; these are 300"),
        ("email", "full e-mail address"),
        ("phone", "phone number or nothing"),
    ):
        field, error = ann.locator(f'input[name="{name}"]'), ann.locator(f"#{name}-error")
        expect(error).to_contain_text(said)
        expect(field).to_have_attribute("aria-invalid", "true")
    expect(ann.locator('input[name="name"]')).to_be_focused()
    fill_in(ann)
    ann.locator('input[name="phone"]').fill("0301234567")
    expect(ann.locator('[aria-invalid="true"]')).to_have_count(0)
    expect(ann.locator(".field-error").filter(has_text=re.compile("."))).to_have_count(0)
    # The server is stricter than the page. Its refusal is shown at the field, too.
    fill_in(ann, email="ann@-example.com")
    confirm(ann)
    expect(ann.locator("#email-error")).to_contain_text("full e-mail address")
    fill_in(ann)
    # A double click books once.
    part(ann, "confirm").dblclick()
    expect(part(ann, "reference")).to_be_visible()
    assert len(server.visitor().board()["busy"]) == 1


CATALOG = re.compile(r'<script type="application/json" id="catalog">.*?</script>', re.DOTALL)


def serve_without_catalog(route: Route) -> None:
    """Serve the page without its catalog, as the server does while the database is away."""
    answer = route.fetch()
    page, removed = CATALOG.subn("", answer.text())
    assert removed == 1
    route.fulfill(response=answer, body=page)


def test_a_server_that_cannot_be_reached_is_asked_again_at_a_click(
    server: Server, new_page: NewPage
) -> None:
    ann = new_page()
    ann.route(f"{server.url}/", serve_without_catalog)
    ann.route("**/api/v1/**", lambda route: route.abort())
    ann.goto(server.url)
    expect(part(ann, "try-again")).to_be_visible()
    ann.unroute("**/api/v1/**")
    part(ann, "try-again").click()
    expect(ann.get_by_test_id("service-1")).to_be_visible()
    open_times(ann, server)
    ann.route("**/api/v1/**", lambda route: route.abort())
    ann.evaluate("dispatchEvent(new Event('offline'))")
    insist(ann, "10:00")
    expect(part(ann, "notice")).to_contain_text("can’t reach", timeout=15_000)
    ann.unroute("**/api/v1/**")
    ann.evaluate("dispatchEvent(new Event('online'))")
    expect(part(ann, "notice")).not_to_contain_text("can’t reach", timeout=15_000)
    choose(ann, "10:00")


@pytest.mark.scenario(15)
def test_what_cannot_be_told_is_never_shown_as_free(server: Server, new_page: NewPage) -> None:
    ann = new_page()
    open_times(ann, server)
    cut_off(ann, "**/api/v1/**")
    expect(ann.locator('button[data-state="free"]')).to_have_count(0, timeout=15_000)
    expect(ann.locator("body")).to_contain_text("can’t tell right now", timeout=15_000)
    ann.unroute("**/api/v1/**")
    expect_state(ann, "10:00", "free", within=20_000)


@pytest.mark.scenario(31)
def test_the_month_is_one_request(server: Server, new_page: NewPage) -> None:
    ann = new_page()
    asked: list[str] = []
    ann.on("request", lambda request: asked.append(request.url))
    ann.goto(f"{server.url}/?service=1&resource=1")
    expect(ann.locator('button[data-state="free"]').first).to_be_visible()
    months = {url for url in asked if "/availability?" in url and "slots=" not in url}
    assert len([url for url in asked if "/availability?" in url and url in months]) == len(months)
    assert len(months) <= 2, "this month, and the next one if this one is over"


@pytest.mark.scenario(32)
def test_an_open_page_follows_when_staff_and_hours_change(
    server: Server, new_page: NewPage, tmp_path: Path
) -> None:
    ann = new_page()
    open_times(ann, server)
    expect(slot(ann, "16:30")).to_be_visible()
    changed = run_dibs("catalog", "export", "--data", str(server.data)).stdout
    changed = changed.replace("Sarah Johnson", "Sarah Miller").replace(
        'wed = ["09:00-17:00"]', 'wed = ["09:00-15:00"]'
    )
    file = tmp_path / "changed.toml"
    file.write_text(changed)
    assert (
        run_dibs("catalog", "apply", str(file), "--yes", "--data", str(server.data)).returncode == 0
    )
    expect(slot(ann, "16:30")).to_have_count(0)
    expect(ann.locator("body")).to_contain_text("Sarah Miller", timeout=60_000)
