"""How many sign-in codes a mailbox gets, and who may ask for them."""

from __future__ import annotations

import asyncio
from typing import Literal

import pytest
from sqlalchemy import select

from dibs.desk import Desk
from dibs.desk.known_browsers import BOOKED, SIGNED_IN
from dibs.desk.sign_in import CodeRequester
from dibs.errors import TooManyRequests
from dibs.ledger.tables import code_counts
from tests.contract.notify.scene import ADDRESS, Scene

pytestmark = [pytest.mark.anyio, pytest.mark.scenario(24)]
STRANGER = CodeRequester("198.51.100.1")


async def seconds_to_wait(scene: Scene, requester: CodeRequester, email: str = ADDRESS) -> int:
    """Ask for a code. Returns the seconds to wait, or 0 if a code will be sent."""
    try:
        await scene.desk.sign_in.send_code(email, requester)
    except TooManyRequests as limited:
        return limited.retry_after
    return 0


def stranger(number: int) -> CodeRequester:
    return CodeRequester(f"198.51.100.{number}")


def add_mark(
    scene: Scene, kind: Literal["s", "b"], email: str = ADDRESS, address: str = ""
) -> CodeRequester:
    """Return the requester of a code, in a browser that has signed in or booked with an address."""
    return CodeRequester(address, marks=scene.desk.sign_in.known_browsers.add_mark("", email, kind))


async def flood(scene: Scene) -> None:
    """Let strangers everywhere ask for codes until no unknown browser gets any more."""
    answers = [await seconds_to_wait(scene, stranger(n // 5)) for n in range(21)]
    assert [bool(seconds) for seconds in answers] == [False] * 20 + [True]


async def test_codes_of_one_mailbox_are_limited_for_each_address(scene: Scene) -> None:
    typed = ["ann@example.com", "Ann@Example.com", "ann+a@example.com", "ann+b@example.com"]
    for email in (*typed, ADDRESS):
        assert await seconds_to_wait(scene, STRANGER, email) == 0
    scene.clock.advance(600)
    assert await seconds_to_wait(scene, STRANGER) == 3000
    assert await seconds_to_wait(scene, stranger(2)) == 0
    assert await seconds_to_wait(scene, STRANGER, "other@example.com") == 0
    scene.clock.advance(3000)
    assert await seconds_to_wait(scene, STRANGER) == 0


async def test_codes_of_one_mailbox_are_limited_for_all_strangers_together(scene: Scene) -> None:
    await flood(scene)
    assert await seconds_to_wait(scene, stranger(99), "other@example.com") == 0


async def test_codes_for_many_mailboxes_are_limited_for_one_address(scene: Scene) -> None:
    answers = [await seconds_to_wait(scene, STRANGER, f"person{n}@example.com") for n in range(31)]
    assert [bool(seconds) for seconds in answers] == [False] * 30 + [True]


@pytest.mark.parametrize("kind", [SIGNED_IN, BOOKED])
async def test_strangers_never_use_up_the_codes_of_a_browser_that_is_known(
    scene: Scene, kind: Literal["s", "b"]
) -> None:
    known = add_mark(scene, kind, address=STRANGER.address)
    await flood(scene)
    for number in range(30):
        await seconds_to_wait(scene, STRANGER, f"person{number}@example.com")
    assert [await seconds_to_wait(scene, known) for _ in range(5)] == [0] * 5
    assert await seconds_to_wait(scene, known) == 3600
    assert await seconds_to_wait(scene, known, "other@example.com") > 0, "known for one mailbox"


async def test_whoever_only_books_uses_up_no_codes_of_who_has_signed_in(scene: Scene) -> None:
    """Anybody can book with any address, in any number of browsers."""
    answers = [await seconds_to_wait(scene, add_mark(scene, BOOKED)) for _ in range(21)]
    assert [bool(seconds) for seconds in answers] == [False] * 20 + [True]
    assert await seconds_to_wait(scene, add_mark(scene, SIGNED_IN)) == 0


async def test_codes_asked_for_at_once_are_counted_one_by_one(scene: Scene) -> None:
    answers = await asyncio.gather(*(seconds_to_wait(scene, STRANGER) for _ in range(9)))
    assert answers.count(0) == 5


async def test_all_nodes_count_codes_together_and_store_no_address(scene: Scene) -> None:
    nodes = [scene.desk, Desk(scene.desk.context, scene.another_worker())]
    for number in range(5):
        await nodes[number % 2].sign_in.send_code(ADDRESS, STRANGER)
    for node in nodes:
        with pytest.raises(TooManyRequests):
            await node.sign_in.send_code(ADDRESS, STRANGER)
    stored = [tuple(row) for row in await scene.rows(select(code_counts))]
    assert len(stored) == 3
    assert not any(word in str(stored) for word in (STRANGER.address, "ann", "example"))
    scene.clock.advance(3600)
    await scene.desk.sign_in.send_code("other@example.com", STRANGER)
    kept = [tuple(row) for row in await scene.rows(select(code_counts))]
    assert len(kept) == 3, "counts that are over go"
