"""Codes and sessions expire, and a code opens one session, however often it is tried."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest

from dibs.desk import Desk
from dibs.errors import CodeExpired, WrongCode
from dibs.ledger.sign_in import CodeKey
from tests.contract.notify.scene import ADDRESS, Scene, codes_of
from tests.support.mail import text_of

pytestmark = [pytest.mark.anyio, pytest.mark.scenario(24)]


async def test_a_code_is_good_for_ten_minutes(scene: Scene) -> None:
    await scene.ask()
    scene.clock.advance(599)
    assert len(await scene.desk.sign_in.verify(ADDRESS, scene.mail_server.code)) == 64
    await scene.ask()
    scene.clock.advance(600)
    with pytest.raises(CodeExpired):
        await scene.desk.sign_in.verify(ADDRESS, scene.mail_server.code)


def in_script(code: str, zero: str) -> str:
    return "".join(chr(ord(zero) + int(each)) for each in code)


@pytest.mark.parametrize(
    "type_it",
    [
        lambda code: f"{code[:3]} {code[3:]}",
        lambda code: f"\u200f{code}\u200e",
        lambda code: f"\u202a{code}\u202c\n",
        lambda code: in_script(code, "٠"),
        lambda code: in_script(code, "０"),
    ],
    ids=["in two parts", "with marks", "with an embedding", "in Arabic", "wide"],
)
async def test_a_code_is_good_however_it_is_typed_or_pasted(
    scene: Scene, type_it: Callable[[str], str]
) -> None:
    await scene.ask()
    assert len(await scene.desk.sign_in.verify(ADDRESS, type_it(scene.mail_server.code))) == 64


async def test_while_a_code_is_still_to_be_made_any_is_wrong(scene: Scene) -> None:
    await scene.desk.sign_in.send_code(ADDRESS)
    with pytest.raises(WrongCode):
        await scene.desk.sign_in.verify(ADDRESS, "123456")
    with pytest.raises(CodeExpired):
        await scene.desk.sign_in.verify("b@example.com", "123456")
    await scene.codes.mail_worker.deliver_due()
    assert len(await scene.desk.sign_in.verify(ADDRESS, scene.mail_server.code)) == 64
    with pytest.raises(CodeExpired):
        await scene.desk.sign_in.verify(ADDRESS, scene.mail_server.code)


async def test_a_session_ends_by_itself_however_it_is_used(scene: Scene) -> None:
    await scene.ask()
    token = await scene.desk.sign_in.verify(ADDRESS, scene.mail_server.code)
    for seconds in (40_000, 40_000, 6_399):
        scene.clock.advance(seconds)
        session = await scene.desk.sign_in.session(token)
        assert session is not None
        assert session.email == ADDRESS
    scene.clock.advance(1)
    assert await scene.desk.sign_in.session(token) is None


IDLE = 12 * 3600


async def test_a_session_that_is_not_used_is_over_after_twelve_hours(scene: Scene) -> None:
    await scene.ask()
    used = await scene.desk.sign_in.verify(ADDRESS, scene.mail_server.code)
    await scene.ask()
    left_alone = await scene.desk.sign_in.verify(ADDRESS, scene.mail_server.code)
    scene.clock.advance(IDLE - 1)
    assert await scene.desk.sign_in.session(used) is not None
    scene.clock.advance(1)
    assert await scene.desk.sign_in.session(left_alone) is None
    scene.clock.advance(IDLE - 2)
    assert await scene.desk.sign_in.session(used) is not None
    assert await scene.uses() == [None, scene.clock.now()]


async def test_a_session_that_is_over_is_not_used_again_and_forgotten(scene: Scene) -> None:
    await scene.ask()
    token = await scene.desk.sign_in.verify(ADDRESS, scene.mail_server.code)
    scene.clock.advance(IDLE)
    for _ in range(2):
        assert await scene.desk.sign_in.session(token) is None
    assert await scene.uses() == [None]
    await scene.ask()
    await scene.desk.sign_in.verify(ADDRESS, scene.mail_server.code)
    assert len(await scene.uses()) == 1


async def test_the_use_of_a_session_is_written_down_every_five_minutes(scene: Scene) -> None:
    await scene.ask()
    token = await scene.desk.sign_in.verify(ADDRESS, scene.mail_server.code)
    opened = scene.clock.now()
    for seconds, written in ((299, None), (1, 300), (299, 300), (1, 600), (1000, 1600)):
        scene.clock.advance(seconds)
        assert await scene.desk.sign_in.session(token) is not None
        expected = None if written is None else opened + timedelta(seconds=written)
        assert await scene.uses() == [expected]


async def test_a_code_is_bound_to_the_secret_key_and_the_address(scene: Scene) -> None:
    await scene.ask()
    code = scene.mail_server.code
    assert scene.codes.hashes.hash_code(CodeKey(ADDRESS), code) != scene.codes.hashes.hash_code(
        CodeKey("b@example.com"), code
    )
    other = codes_of(scene.desk, scene.mail_server, "another key")
    with pytest.raises(WrongCode):
        await Desk(scene.desk.context, other).sign_in.verify(ADDRESS, code)


@pytest.mark.scenario(24)
async def test_a_code_has_five_tries_however_many_guess_at_once(scene: Scene) -> None:
    await scene.ask()
    wrong = other_than(scene.mail_server.code)
    guesses = [scene.desk.sign_in.verify(ADDRESS, wrong) for _ in range(12)]
    told = [type(answer) for answer in await asyncio.gather(*guesses, return_exceptions=True)]
    assert (told.count(WrongCode), told.count(CodeExpired)) == (5, 7)


@pytest.mark.scenario(24)
async def test_a_message_that_is_tried_again_gives_no_new_tries(scene: Scene) -> None:
    scene.mail_server.forgets_to_answer = True
    await scene.ask()
    code = scene.mail_server.code
    for _ in range(4):
        with pytest.raises(WrongCode):
            await scene.desk.sign_in.verify(ADDRESS, other_than(code))
    await scene.try_again()
    assert len(scene.mail_server.messages) == 2
    assert scene.mail_server.code == code
    with pytest.raises(WrongCode):
        await scene.desk.sign_in.verify(ADDRESS, other_than(code))
    with pytest.raises(CodeExpired):
        await scene.desk.sign_in.verify(ADDRESS, code)
    await scene.try_again()
    assert len(scene.mail_server.messages) == 2, "a code that is used up needs no message"


@pytest.mark.scenario(24)
async def test_a_used_code_does_not_come_back_with_its_message(scene: Scene) -> None:
    scene.mail_server.forgets_to_answer = True
    await scene.ask()
    code = scene.mail_server.code
    await scene.desk.sign_in.verify(ADDRESS, code)
    await scene.try_again()
    assert len(scene.mail_server.messages) == 1
    with pytest.raises(CodeExpired):
        await scene.desk.sign_in.verify(ADDRESS, code)


async def test_both_messages_of_one_code_open_a_session(scene: Scene) -> None:
    scene.mail_server.forgets_to_answer = True
    await scene.ask()
    code = scene.mail_server.code
    await scene.try_again()
    assert len(scene.mail_server.messages) == 2
    assert await scene.desk.sign_in.verify(ADDRESS, code)


async def test_a_late_message_does_not_overtake_a_newer_one(scene: Scene) -> None:
    scene.mail_server.closed = True
    await scene.ask()
    scene.mail_server.closed = False
    scene.clock.advance(0.5)
    await scene.ask()
    await scene.try_again()
    assert len(scene.mail_server.messages) == 1
    assert await scene.desk.sign_in.verify(ADDRESS, scene.mail_server.code)


async def test_codes_differ(scene: Scene) -> None:
    for _ in range(3):
        await scene.ask()
    codes = {text_of(message)[:40] for message in scene.mail_server.messages}
    assert len(codes) == 3


def other_than(code: str) -> str:
    return "111111" if code != "111111" else "222222"
