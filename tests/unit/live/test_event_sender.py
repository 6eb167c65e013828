"""An event sender sends at once if it can. Otherwise it keeps only the newest event."""

from __future__ import annotations

import asyncio
from unittest import mock

import pytest

from dibs.live import event_sender as module
from dibs.live.event_sender import LatestEventSender
from tests.unit.live.stage import a_moment, eventually

pytestmark = pytest.mark.anyio


class Wire:
    """The connection to a viewer, which the test can block. `said` has the events that got
    through."""

    def __init__(self, send_timeout: float = 5) -> None:
        self.said: list[bytes] = []
        self.last = False
        self.is_cut = False
        self.is_broken = False
        self._is_free = asyncio.Event()
        self._is_free.set()
        self.sender = LatestEventSender(self._send, self._cut, send_timeout)

    async def _send(self, event: bytes, last: bool) -> None:
        await self._is_free.wait()
        if self.is_broken:
            raise ConnectionResetError
        self.said.append(event)
        self.last = last

    def _cut(self) -> None:
        self.is_cut = True

    def block(self) -> None:
        self._is_free.clear()

    def free(self) -> None:
        self._is_free.set()


@pytest.fixture
async def wire() -> Wire:
    return Wire()


@pytest.fixture
async def opened(wire: Wire) -> Wire:
    wire.sender.open()
    return wire


async def test_before_it_is_opened_it_keeps_the_newest(wire: Wire) -> None:
    wire.sender.send_latest(b"1")
    wire.sender.send_latest(b"2")
    assert wire.said == []
    wire.sender.open(b"head ")
    assert wire.said == [b"head 2"]


async def test_what_is_put_in_is_sent_in_the_same_step(opened: Wire) -> None:
    opened.sender.send_latest(b"1")
    opened.sender.send_latest(b"2")
    assert opened.said == [b"1", b"2"]


async def test_as_long_as_nothing_is_in_the_way_there_is_no_task(opened: Wire) -> None:
    before = asyncio.all_tasks()
    opened.sender.send_latest(b"1")
    opened.sender.send_heartbeat(b"heartbeat")
    assert asyncio.all_tasks() == before


async def test_a_slow_viewer_skips_and_ends_on_the_newest(opened: Wire) -> None:
    opened.block()
    for event in (b"1", b"2", b"3", b"4"):
        opened.sender.send_latest(event)
    await a_moment()
    assert opened.said == []
    opened.free()
    await eventually(lambda: opened.said == [b"1", b"4"])
    opened.sender.send_latest(b"5")
    assert opened.said[-1] == b"5"


async def test_a_heartbeat_takes_no_states_place(opened: Wire) -> None:
    opened.block()
    for event in (b"1", b"2"):
        opened.sender.send_latest(event)
    opened.sender.send_heartbeat(b"heartbeat")
    opened.free()
    await eventually(lambda: opened.said == [b"1", b"2"])


async def test_who_takes_nothing_for_too_long_is_cut() -> None:
    wire = Wire(send_timeout=0.01)
    wire.sender.open()
    wire.block()
    wire.sender.send_latest(b"1")
    wire.sender.send_latest(b"2")
    assert not wire.is_cut
    await eventually(lambda: wire.is_cut)
    wire.free()
    wire.sender.send_latest(b"3")
    await a_moment()
    assert wire.said == []


async def test_who_takes_too_long_over_what_came_later_is_cut_as_well() -> None:
    wire = Wire(send_timeout=0.01)
    wire.sender.open()
    wire.block()
    wire.sender.send_latest(b"1")
    wire.sender.send_latest(b"2")
    with mock.patch.object(wire, "said", mock.Mock(append=lambda _: wire.block())):
        wire.free()
        await eventually(lambda: wire.is_cut)


async def test_a_viewer_that_fails_is_cut_and_nobody_else_hears_of_it(opened: Wire) -> None:
    opened.is_broken = True
    opened.sender.send_latest(b"1")
    assert opened.is_cut


async def test_one_that_fails_later_is_cut_too(opened: Wire) -> None:
    opened.block()
    opened.sender.send_latest(b"1")
    opened.is_broken = True
    opened.free()
    await eventually(lambda: opened.is_cut)


async def test_after_the_last_event_comes_nothing(opened: Wire) -> None:
    opened.sender.close(b"goodbye")
    assert opened.last
    opened.sender.send_latest(b"1")
    opened.sender.send_heartbeat(b"heartbeat")
    opened.sender.close(b"goodbye again")
    assert opened.said == [b"goodbye"]


async def test_whoever_is_slow_when_it_ends_is_cut(opened: Wire) -> None:
    opened.block()
    opened.sender.send_latest(b"1")
    opened.sender.close(b"goodbye")
    assert opened.is_cut
    opened.sender.discard()


async def test_the_last_event_does_not_wait_for_its_reader(
    opened: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "GOODBYE_TIMEOUT", 0.01)
    opened.block()
    opened.sender.close(b"goodbye")
    await eventually(lambda: opened.is_cut)
    opened.sender.discard()


async def test_one_that_is_closed_before_it_is_opened_says_so_when_it_is(wire: Wire) -> None:
    wire.sender.send_latest(b"1")
    wire.sender.close(b"goodbye")
    wire.sender.send_latest(b"2")
    wire.sender.open()
    assert (wire.said, wire.last) == ([b"goodbye"], True)


async def test_one_whose_viewer_is_gone_leaves_nothing_behind(opened: Wire) -> None:
    before = asyncio.all_tasks()
    opened.block()
    opened.sender.send_latest(b"1")
    opened.sender.send_latest(b"2")
    opened.sender.discard()
    await eventually(lambda: asyncio.all_tasks() == before)
    opened.free()
    opened.sender.send_latest(b"3")
    await a_moment()
    assert opened.said == []
