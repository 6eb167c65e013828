"""Two people look at the same day through nginx, which picks one of two nodes for each request:
each sees what the other does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.pages import (
    choose,
    confirm,
    expect_state,
    fill_in,
    go_on,
    insist,
    open_times,
    part,
)
from tests.support.proxies import Proxy, nginx
from tests.support.stack import Stack


@pytest.fixture
def site(stack: Stack, tmp_path: Path) -> Iterator[Proxy]:
    stack.node()
    stack.node()
    proxy = nginx(tmp_path / "proxy", stack.nodes)
    yield proxy
    proxy.stop()


@pytest.fixture
def two(site: Proxy, new_page: Callable[..., Page]) -> tuple[Page, Page]:
    pages = new_page(), new_page()
    for page in pages:
        open_times(page, site)
        expect_state(page, "10:00", "free")
    return pages


def test_two_browsers_agree_through_a_proxy(two: tuple[Page, Page]) -> None:
    ann, bob = two
    choose(ann, "10:00")
    expect_state(bob, "10:00", "held")
    insist(bob, "10:00")
    expect(part(bob, "notice")).to_contain_text("Someone is choosing")
    choose(bob, "10:30")
    expect_state(ann, "10:30", "held")
    go_on(ann)
    expect_state(bob, "10:00", "pending")
    fill_in(ann)
    confirm(ann)
    expect(part(ann, "reference")).to_be_visible()
    expect_state(bob, "10:00", "taken")


@pytest.mark.scenario(36)
def test_without_redis_the_page_goes_straight_to_the_form(
    stack: Stack, two: tuple[Page, Page]
) -> None:
    ann, bob = two
    stack.redis.kill()
    ann.locator('button.slot[data-slot="10:00"]').click()
    go_on(ann)
    expect_state(bob, "10:00", "pending")
    fill_in(ann)
    confirm(ann)
    expect(part(ann, "reference")).to_be_visible()
    expect_state(bob, "10:00", "taken")
    stack.redis.start()
    choose(bob, "11:00")
