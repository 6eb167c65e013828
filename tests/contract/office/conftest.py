from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from dibs.app import Dibs
from dibs.desk.office import users
from dibs.desk.office.accounts import Client
from dibs.desk.office.links import FirstOwner, make_owner_link
from dibs.ledger.database import Database
from dibs.ledger.users import NewUser, Role, User
from dibs.settings import Settings
from tests.support.dibs_in_process import build
from tests.support.hand_clock import HandClock
from tests.support.office import OWNER, PASSWORD

CLIENT = Client("192.0.2.1", "Firefox on Linux")


@dataclass
class Scene:
    """An office with an owner, and a clock that the test moves."""

    dibs: Dibs
    clock: HandClock

    @property
    def database(self) -> Database:
        return self.dibs.database

    async def make_owner(self) -> str:
        """Make the first owner. Returns the token of their session."""
        link = await make_owner_link(self.database, self.dibs.settings.user_link_lifetime)
        assert link is not None
        newcomer = FirstOwner(OWNER["name"], OWNER["email"])
        _, token = await self.dibs.desk.office.links.use(link, PASSWORD, newcomer, CLIENT)
        assert token is not None
        return token

    async def add(self, email: str, role: Role = "manager", resource: int | None = None) -> User:
        """Add a user who has chosen the password `PASSWORD`."""
        new = NewUser(email, email.partition("@")[0], role, resource)
        lifetime = self.dibs.settings.user_link_lifetime
        _, link = await users.add_user(self.database, new, users.AT_COMMAND_LINE, lifetime)
        made, _ = await self.dibs.desk.office.links.use(link, PASSWORD, None, CLIENT)
        return made

    async def sign_in(self, email: str = OWNER["email"], code: str | None = None) -> str:
        return await self.dibs.desk.office.accounts.sign_in(email, PASSWORD, code, CLIENT)

    async def is_in(self, token: str) -> bool:
        """Tell whether the token's session is valid. Asking counts as using the session."""
        return await self.dibs.desk.office.accounts.find_principal(token, "") is not None


@pytest.fixture(params=["demo_settings", "postgres_settings"])
def settings(request: pytest.FixtureRequest) -> Settings:
    """Return the settings, for either database."""
    found: Settings = request.getfixturevalue(request.param)
    return found


@pytest.fixture
async def scene(settings: Settings) -> AsyncIterator[Scene]:
    clock = HandClock()
    dibs = build(settings, clock)
    yield Scene(dibs, clock)
    await dibs.close()
