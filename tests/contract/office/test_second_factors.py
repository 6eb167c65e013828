"""A second factor: a code works once and for a minute, and a recovery code replaces it."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pyotp
import pytest
from sqlalchemy import text

from dibs.desk.office import users
from dibs.desk.office.errors import (
    LinkExpired,
    SecondFactorNeeded,
    WrongPassword,
    WrongSecondFactor,
)
from dibs.desk.office.permissions import Principal
from dibs.desk.office.second_factors import Setup
from dibs.desk.tokens import ManageTokens
from dibs.errors import Conflict, DibsError
from dibs.ledger.journal import Author
from tests.contract.office.conftest import CLIENT, Scene
from tests.support.office import OWNER, PASSWORD

pytestmark = pytest.mark.anyio


async def owner_of(scene: Scene) -> Principal:
    token = await scene.make_owner()
    found = await scene.dibs.desk.office.accounts.find_principal(token, "")
    assert found is not None
    return found[0]


def code_of(scene: Scene, setup: Setup, seconds: int = 0) -> str:
    moment = scene.clock.now() + timedelta(seconds=seconds)
    return pyotp.TOTP(setup.secret).at(moment)


async def turn_on_second_factor(scene: Scene) -> tuple[Principal, Setup, list[str]]:
    principal, factors = await owner_of(scene), scene.dibs.desk.office.second_factors
    setup = await factors.begin(principal, PASSWORD, CLIENT)
    codes = await factors.finish(principal, setup.setup, code_of(scene, setup))
    scene.clock.advance(120)
    return principal, setup, codes


async def test_it_counts_once_an_app_has_shown_a_code(scene: Scene) -> None:
    principal, factors = await owner_of(scene), scene.dibs.desk.office.second_factors
    with pytest.raises(WrongPassword):
        await factors.begin(principal, "not the password", CLIENT)
    setup = await factors.begin(principal, PASSWORD, CLIENT)
    assert setup.picture.startswith("data:image/svg+xml")
    assert await scene.is_in(await scene.sign_in())
    with pytest.raises(WrongSecondFactor):
        await factors.finish(principal, setup.setup, "000000")
    for forged in ("x", setup.setup[:-4] + "AAAA"):
        with pytest.raises(LinkExpired):
            await factors.finish(principal, forged, code_of(scene, setup))
    other = await scene.add("otto@example.com", "owner")
    with pytest.raises(LinkExpired):
        await factors.finish(
            Principal("Otto", frozenset(), user_id=other.id), setup.setup, code_of(scene, setup)
        )
    codes = await factors.finish(principal, setup.setup, code_of(scene, setup))
    assert len(set(codes)) == 10
    with pytest.raises(SecondFactorNeeded):
        await scene.sign_in()


async def test_a_code_is_good_in_the_digits_of_any_script(scene: Scene) -> None:
    _, setup, codes = await turn_on_second_factor(scene)
    arabic = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
    for code in (code_of(scene, setup), codes[0]):
        assert await scene.is_in(await scene.sign_in(code=f"\u200f{code.translate(arabic)}"))


async def test_a_code_is_good_once_and_about_its_time(scene: Scene) -> None:
    _, setup, _ = await turn_on_second_factor(scene)
    for seconds in (-90, 90):
        with pytest.raises(WrongSecondFactor):
            await scene.sign_in(code=code_of(scene, setup, seconds))
    before, now = code_of(scene, setup, -30), code_of(scene, setup)
    assert await scene.is_in(await scene.sign_in(code=f" {now[:3]} {now[3:]} "))
    for used in (now, before):
        with pytest.raises(WrongSecondFactor):
            await scene.sign_in(code=used)
    assert await scene.is_in(await scene.sign_in(code=code_of(scene, setup, 30)))


async def test_of_two_who_use_a_code_at_once_one_gets_in(scene: Scene) -> None:
    _, setup, codes = await turn_on_second_factor(scene)

    async def try_code(code: str) -> type[DibsError] | None:
        try:
            await scene.sign_in(code=code)
        except DibsError as error:
            return type(error)
        return None

    for code in (code_of(scene, setup), codes[0]):
        answers = await asyncio.gather(*(try_code(code) for _ in range(3)))
        assert sorted(map(str, answers)) == sorted(
            map(str, [None, WrongSecondFactor, WrongSecondFactor])
        )


async def test_recovery_codes_are_good_once_each(scene: Scene) -> None:
    principal, _, codes = await turn_on_second_factor(scene)
    factors = scene.dibs.desk.office.second_factors
    assert await scene.is_in(await scene.sign_in(code=codes[0].lower().replace("-", " ")))
    with pytest.raises(WrongSecondFactor):
        await scene.sign_in(code=codes[0])
    assert await factors.count_recovery_codes(1) == 9
    new = await factors.renew_recovery_codes(principal, PASSWORD, CLIENT)
    with pytest.raises(WrongSecondFactor):
        await scene.sign_in(code=codes[1])
    assert await scene.is_in(await scene.sign_in(code=new[1]))
    await factors.remove(principal, PASSWORD, CLIENT)
    assert await scene.is_in(await scene.sign_in())
    with pytest.raises(Conflict):
        await factors.renew_recovery_codes(principal, PASSWORD, CLIENT)


async def test_the_password_alone_or_a_link_alone_is_not_enough(scene: Scene) -> None:
    await turn_on_second_factor(scene)
    with pytest.raises(WrongPassword):
        await scene.dibs.desk.office.accounts.sign_in(OWNER["email"], "wrong", "000000", CLIENT)
    # The person with access to the server can turn the second factor off.
    link = await users.reset_user(scene.database, 1, users.AT_COMMAND_LINE, timedelta(hours=1))
    _, session = await scene.dibs.desk.office.links.use(link, PASSWORD, None, CLIENT)
    assert session is not None


async def test_a_copy_of_the_database_has_no_secret_of_an_app(scene: Scene) -> None:
    _, setup, codes = await turn_on_second_factor(scene)
    rows = await scene.database.read(
        lambda connection: [
            tuple(row)
            for table in ("users", "recovery_codes", "audit")
            for row in connection.execute(text(f"SELECT * FROM {table}"))
        ]
    )
    said = repr(rows)
    for secret in (setup.secret, codes[0], codes[0].replace("-", "")):
        assert secret not in said


async def test_a_new_secret_key_leaves_the_second_factor_as_it_is(scene: Scene) -> None:
    _, setup, codes = await turn_on_second_factor(scene)
    context = scene.dibs.desk.context
    old = context.tokens
    try:
        object.__setattr__(context, "tokens", ManageTokens("a new key", "a key for tests"))
        assert await scene.is_in(await scene.sign_in(code=code_of(scene, setup)))
        object.__setattr__(context, "tokens", ManageTokens("a new key"))
        scene.clock.advance(60)
        with pytest.raises(WrongSecondFactor):
            await scene.sign_in(code=code_of(scene, setup))
        assert await scene.is_in(await scene.sign_in(code=codes[0]))
    finally:
        object.__setattr__(context, "tokens", old)


async def test_a_reset_is_in_the_audit(scene: Scene) -> None:
    await turn_on_second_factor(scene)
    mike = await scene.add("mike@example.com")
    await users.reset_user(
        scene.database, mike.id, Author("user", 1, address="192.0.2.7"), timedelta(hours=1)
    )
    actions = await scene.database.read(
        lambda connection: list(
            connection.execute(text("SELECT action FROM audit WHERE address = '192.0.2.7'"))
            .scalars()
            .all()
        )
    )
    assert actions == ["user.reset"]
