from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from dibs.ledger.users import Role
from tests.integration.conftest import MODES
from tests.support.office import OWNER, OfficeBrowser, owner_token
from tests.support.server import Server

NewBrowser = Callable[..., OfficeBrowser]

#: Makes a user with a role who has chosen a password.
NewUser = Callable[[Role], dict[str, Any]]

_users = itertools.count()


@pytest.fixture(scope="session", params=MODES)
def office(request: pytest.FixtureRequest, _servers: Any) -> Server:
    """Return a server whose office has an owner, in each mode. Each test makes its own users."""
    server: Server = _servers.get("office", request.param)
    browser = OfficeBrowser(server.url)
    if not browser.get("/session").json()["is_set_up"]:
        assert browser.use_link(owner_token(server), **OWNER).status_code == 201
    browser.close()
    return server


@pytest.fixture
def browser(office: Server) -> Iterator[NewBrowser]:
    """Yield a function that opens browsers."""
    opened: list[OfficeBrowser] = []

    def new(**headers: str) -> OfficeBrowser:
        opened.append(OfficeBrowser(office.url, **headers))
        return opened[-1]

    yield new
    for each in opened:
        each.close()


@pytest.fixture
def owner(browser: NewBrowser) -> OfficeBrowser:
    """Return the owner, signed in."""
    signed_in = browser()
    assert signed_in.sign_in(OWNER["email"]).status_code == 201
    return signed_in


@pytest.fixture
def user(browser: NewBrowser, owner: OfficeBrowser) -> NewUser:
    """Return a function that makes a user with a role who has chosen a password."""

    def make(role: Role) -> dict[str, Any]:
        number = next(_users)
        of = {"resource_id": 1} if role == "staff" else {}
        said = {"name": f"User {number}", "email": f"user{number}@example.com", "role": role}
        answer = owner.post("/users", said | of)
        assert answer.status_code == 201, answer.text
        token = answer.json()["link"].partition("#")[2]
        assert browser().use_link(token).status_code == 201
        made: dict[str, Any] = answer.json()["user"]
        return made

    return make
