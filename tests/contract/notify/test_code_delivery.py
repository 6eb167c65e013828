"""A message with a code is delivered once, is tried again after growing pauses, and delays no
other."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from dibs.notify.mail_worker import MAX_DELIVERIES, MAX_RETRIES
from tests.contract.notify.scene import ADDRESS, Scene

pytestmark = [pytest.mark.anyio, pytest.mark.scenario(24)]


@pytest.mark.scenario(30)
async def test_a_message_is_tried_again_ever_more_rarely(scene: Scene) -> None:
    scene.mail_server.closed = True
    await scene.ask()
    moments = [0]
    for second in range(1, 60):
        scene.clock.advance(1)
        before = scene.mail_server.attempts
        await scene.codes.mail_worker.deliver_due()
        if scene.mail_server.attempts > before:
            moments.append(second)
    assert moments == [0, 1, 3, 7, 15, 31]
    scene.mail_server.closed = False
    scene.clock.advance(10)
    await scene.codes.mail_worker.deliver_due()
    assert len(scene.mail_server.messages) == 1
    await scene.desk.sign_in.verify(ADDRESS, scene.mail_server.code)


@pytest.mark.scenario(30)
async def test_a_message_that_came_too_late_is_given_up(scene: Scene) -> None:
    scene.mail_server.closed = True
    await scene.ask()
    scene.mail_server.closed = False
    scene.clock.advance(600)
    await scene.codes.mail_worker.deliver_due()
    scene.clock.advance(3600)
    await scene.codes.mail_worker.deliver_due()
    assert scene.mail_server.messages == []


async def test_a_message_that_is_refused_for_good_is_given_up_at_once(scene: Scene) -> None:
    scene.mail_server.refuses = True
    with capture_logs() as logged:
        await scene.ask()
    assert await scene.deliveries() == [("refused", None)]
    said = str(logged)
    assert "letter given up" in said
    assert "refused with 550" in said
    assert ADDRESS not in said
    scene.clock.advance(60)
    await scene.codes.mail_worker.deliver_due()
    assert scene.mail_server.attempts == 1


HANGING = [f"hanging{n}@example.com" for n in range(MAX_DELIVERIES)]


@pytest.mark.scenario(30)
async def test_messages_that_hang_are_cut_and_others_go_on(scene: Scene) -> None:
    """At first, as many messages hang as can be sent at once."""
    scene.mail_server.hangs_for = set(HANGING)
    impatient = scene.impatient_worker()
    for address in (*HANGING, ADDRESS):
        await scene.desk.sign_in.send_code(address)
    for _ in range(2):
        async with asyncio.timeout(10):
            await impatient.deliver_due()
    assert [message["To"] for message in scene.mail_server.messages] == [ADDRESS]
    tried = {due_at for _, due_at in await scene.deliveries()} - {None}
    assert tried == {scene.clock.now() + timedelta(seconds=1)}, "those that were cut are put off"


@pytest.mark.scenario(30)
async def test_a_new_message_goes_while_messages_that_are_tried_again_hang(scene: Scene) -> None:
    scene.mail_server.closed = True
    for address in HANGING:
        await scene.desk.sign_in.send_code(address)
    await scene.codes.mail_worker.deliver_due()
    scene.mail_server.closed = False
    scene.mail_server.hangs_for = set(HANGING)
    scene.clock.advance(60)
    before = scene.mail_server.attempts
    running = asyncio.create_task(scene.codes.mail_worker.run())
    async with asyncio.timeout(10):
        while scene.mail_server.attempts < before + MAX_RETRIES:
            await asyncio.sleep(0)
        await scene.desk.sign_in.send_code(ADDRESS)
        while not scene.mail_server.messages:
            await asyncio.sleep(0)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert scene.mail_server.messages[0]["To"] == ADDRESS


async def test_a_new_message_comes_before_a_backlog(scene: Scene) -> None:
    scene.mail_server.closed = True
    for address in HANGING:
        await scene.desk.sign_in.send_code(address)
    await scene.codes.mail_worker.deliver_due()
    scene.mail_server.closed = False
    scene.clock.advance(60)
    await scene.desk.sign_in.send_code(ADDRESS)
    await scene.codes.mail_worker.deliver_due()
    assert ADDRESS in {message["To"] for message in scene.mail_server.messages}


async def test_two_workers_deliver_a_message_once(scene: Scene) -> None:
    await scene.desk.sign_in.send_code(ADDRESS)
    posts = [scene.codes.mail_worker, scene.another_worker().mail_worker]
    for post in posts:
        await post._begin(MAX_RETRIES)
    for post in posts:
        await post.deliver_due()
    assert len(scene.mail_server.messages) == 1


async def test_a_message_whose_deliverer_died_falls_due_again(scene: Scene) -> None:
    await scene.desk.sign_in.send_code(ADDRESS)
    scene.mail_server.hangs = True
    dying = asyncio.create_task(scene.another_worker().mail_worker.deliver_due())
    async with asyncio.timeout(10):
        while scene.mail_server.attempts == 0:
            await asyncio.sleep(0)
    dying.cancel()
    scene.mail_server.hangs = False
    scene.clock.advance(59)
    await scene.codes.mail_worker.deliver_due()
    assert scene.mail_server.messages == []
    scene.clock.advance(1)
    await scene.codes.mail_worker.deliver_due()
    assert len(scene.mail_server.messages) == 1
