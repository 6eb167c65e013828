"""A stream of the calendar ends when the session, user or role that opened it ends."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.support.days import at, wire, working_day
from tests.support.follower import Follower
from tests.support.office import OWNER, PREFIX, OfficeBrowser, owner_token
from tests.support.server import Server
from tests.support.waiting import until

pytestmark = pytest.mark.scenario(57)

STREAM = f"{PREFIX}/calendar/stream?from={working_day()}"


@pytest.fixture
def owner(start_server: Callable[..., Server]) -> Iterator[OfficeBrowser]:
    server = start_server(stream_heartbeat_interval=5)
    browser = OfficeBrowser(server.url)
    assert browser.use_link(owner_token(server), **OWNER).status_code == 201
    yield browser
    browser.close()


def follow(url: str, **headers: str) -> Follower:
    follower = Follower(url, STREAM, **headers)
    assert follower.status == 200
    until(lambda: follower.events, "the first event comes")
    return follower


def cookie_of(browser: OfficeBrowser) -> str:
    return f"dibs_office={browser.http.cookies['dibs_office']}"


def test_what_happens_after_the_end_is_not_shown(owner: OfficeBrowser) -> None:
    """A user who is disabled doesn't see bookings that are made seconds later."""
    url = str(owner.http.base_url).removesuffix("/").removesuffix(PREFIX)
    mike = {"name": "Mike", "email": "mike@example.com", "role": "manager"}
    made: dict[str, Any] = owner.post("/users", mike).json()
    browser = OfficeBrowser(url)
    assert browser.use_link(made["link"].partition("#")[2]).status_code == 201
    stream = follow(url, Cookie=cookie_of(browser))
    assert owner.post(f"/users/{made['user']['id']}/disable").status_code == 200
    late = {"service_id": 1, "resource_id": 1, "customer": {"name": "Late Lucy"}}
    booked = owner.post("/bookings", late | {"starts_at": wire(at("10:00", working_day()))})
    assert booked.status_code == 201, booked.text
    stream.until_ended()
    assert "Late Lucy" not in str([event.data for event in stream.events])
    stream.close()
    browser.close()


def test_a_stream_ends_with_what_allowed_it(owner: OfficeBrowser) -> None:
    url = str(owner.http.base_url).removesuffix("/").removesuffix(PREFIX)
    mike = {"name": "Mike", "email": "mike@example.com", "role": "manager"}
    made: dict[str, Any] = owner.post("/users", mike).json()
    number, browser = made["user"]["id"], OfficeBrowser(url)
    assert browser.use_link(made["link"].partition("#")[2]).status_code == 201
    key = owner.post("/keys", {"name": "Screen", "scopes": ["calendar:read"]}).json()
    endings: list[Callable[[], object]] = [
        lambda: browser.delete("/session"),
        lambda: owner.patch(f"/users/{number}", {"role": "staff", "resource_id": 1}),
        lambda: owner.post(f"/users/{number}/disable"),
    ]
    for end in endings:
        if browser.user() is None:
            browser.sign_in(mike["email"])
        stream = follow(url, Cookie=cookie_of(browser))
        end()
        stream.until_ended()
        stream.close()
    stream = follow(url, Authorization=f"Bearer {key['token']}")
    owner.delete(f"/keys/{key['key']['id']}")
    stream.until_ended()
    stream.close()
    browser.close()
