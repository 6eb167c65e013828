"""Passkeys in the ledger: attempts are counted, and some changes of a user end them.

Tests of passkeys in browsers are in `tests/browser/test_office_passkeys.py`.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from datetime import timedelta
from typing import Any

import orjson
import pytest

from dibs.desk.office import users
from dibs.desk.office.accounts import Client
from dibs.desk.office.errors import NoPasskeysHere, WrongPasskey
from dibs.desk.office.passkeys import hash_of, site_of
from dibs.errors import NotFound, TooManyRequests
from dibs.ledger import passkeys
from dibs.ledger.database import Transaction
from tests.contract.office.conftest import CLIENT, Scene

pytestmark = pytest.mark.anyio

ORIGIN = "https://book.example"


def credential(name: str = "x") -> dict[str, Any]:
    """Return a credential that no authenticator has signed."""
    said = {"type": "webauthn.get", "challenge": "AAAA", "origin": ORIGIN}
    return {
        "id": name,
        "rawId": name,
        "type": "public-key",
        "response": {"clientDataJSON": urlsafe_b64encode(orjson.dumps(said)).decode()},
    }


async def give_passkey(scene: Scene, user_id: int, name: str = "x") -> int:
    def give(tx: Transaction) -> int:
        return passkeys.insert_passkey(tx, user_id, name, "AAAA", 0, "Phone")

    return await scene.database.write(give)


@pytest.mark.parametrize("is_known", [True, False])
async def test_attempts_are_counted_like_those_with_a_password(
    scene: Scene, is_known: bool
) -> None:
    await scene.make_owner()
    if is_known:
        await give_passkey(scene, 1)
    sign_in = scene.dibs.desk.office.passkeys.sign_in
    most = scene.dibs.settings.max_password_rate_per_ip_and_user.count
    for _ in range(most):
        with pytest.raises(WrongPasskey):
            await sign_in(credential(), CLIENT, ORIGIN)
    with pytest.raises(TooManyRequests):
        await sign_in(credential(), CLIENT, ORIGIN)
    with pytest.raises(WrongPasskey):
        await sign_in(credential("y"), Client("192.0.2.99", "Firefox"), ORIGIN)


async def test_a_challenge_is_good_once_in_time_and_for_what_it_was_made(scene: Scene) -> None:
    await scene.make_owner()

    async def use(challenge: bytes, user_id: int | None) -> bool:
        return await scene.database.write(passkeys.use_challenge, hash_of(challenge), user_id)

    make = scene.dibs.desk.office.passkeys._make_challenge
    to_sign_in, to_add, late = await make(None), await make(1), await make(None)
    assert [await use(to_sign_in, 1), await use(to_add, None), await use(to_add, 2)] == [False] * 3
    assert [await use(to_sign_in, None), await use(to_add, 1)] == [True] * 2
    assert [await use(to_sign_in, None), await use(to_add, 1)] == [False] * 2
    scene.clock.advance(301)
    assert not await use(late, None)


async def test_a_counter_goes_on_or_stays_at_nothing(scene: Scene) -> None:
    await scene.make_owner()
    await give_passkey(scene, 1)

    async def use(count: int) -> bool:
        passkey = await scene.database.read(passkeys.find_by_credential, "x")
        assert passkey is not None
        return await scene.database.write(passkeys.note_use, passkey, count)

    uses = [await use(count) for count in (0, 0, 5, 5, 4, 0, 6)]
    assert uses == [True, True, True, False, False, False, True]


async def test_a_reset_ends_passkeys(scene: Scene) -> None:
    """The passkeys of other users stay."""
    await scene.make_owner()
    mike = await scene.add("mike@example.com")
    await give_passkey(scene, 1)
    number = await give_passkey(scene, mike.id, "y")
    desk = scene.dibs.desk.office.passkeys
    found = await scene.dibs.desk.office.accounts.find_principal(await scene.sign_in(), "")
    assert found is not None
    with pytest.raises(NotFound):
        await desk.remove(found[0], number)
    await users.reset_user(scene.database, mike.id, users.AT_COMMAND_LINE, timedelta(hours=1))
    assert await desk.list_passkeys(mike.id) == []
    assert len(await desk.list_passkeys(1)) == 1


def test_passkeys_need_a_name_and_a_safe_connection() -> None:
    good = {"https://book.example:8443": "book.example", "http://localhost:8000": "localhost"}
    for origin, name in good.items():
        assert (site_of(origin).name, site_of(origin).origin) == (name, origin)
    for origin in ("http://book.example", "https://192.0.2.1", "https://[::1]", "", "https://"):
        with pytest.raises(NoPasskeysHere):
            site_of(origin)
