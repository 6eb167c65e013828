"""Known habits of AppointEase clients, minute by minute, with a clock that the test moves."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx2
import pytest

from dibs.app import Dibs, create_app
from dibs.availability.boards import BoardKey
from dibs.settings import Settings
from tests.support.answers import refusal_of
from tests.support.appointease import API
from tests.support.days import working_day
from tests.support.dibs_in_process import build, build_over
from tests.support.hand_clock import HandClock
from tests.support.redis_server import RedisServer

pytestmark = pytest.mark.anyio

DAY = date(2026, 11, 25)
MAX_TRIES = 20


@dataclass
class Client:
    """One browser. It sends `name` as its client id, unless a request leaves it out."""

    name: str
    http: httpx2.AsyncClient
    day: date = DAY

    async def poll(self, selected: str | None = None) -> list[str]:
        """Poll, and return the times that others have selected."""
        query = {"date": str(self.day), "employee_id": "1", "client_id": self.name}
        more = {"selected_time": selected} if selected else {}
        answer = await self.http.get(f"{API}/slots/poll", params=query | more)
        selections: list[str] = answer.json()["active_selections"]
        return selections

    async def send_heartbeat(self, selected: str | None = None) -> list[str]:
        """Poll by WordPress Heartbeat, and return the times that others have selected."""
        query = {"date": str(self.day), "employee_id": "1", "client_id": self.name}
        asked = query | ({"selected_time": selected} if selected else {})
        form = {f"data[appointease_poll][{name}]": value for name, value in asked.items()}
        answer = await self.http.post(
            "/wp-admin/admin-ajax.php", data={"action": "heartbeat"} | form
        )
        selections: list[str] = answer.json()["appointease_active_selections"]
        return selections

    async def select(self, time: str) -> int:
        """Select a time and return the status of the answer.

        On a busy machine, a board may take more than a second to read. The server then answers 503,
        and the client asks again.
        """
        body = self._slot(time) | {"client_id": self.name}
        for _ in range(MAX_TRIES):
            answer = await self.http.post(f"{API}/slots/select", json=body)
            if answer.status_code != 503:
                break
        return answer.status_code

    async def deselect_without_a_name(self, time: str) -> None:
        answer = await self.http.post(f"{API}/slots/deselect", json=self._slot(time))
        assert answer.json() == {"success": True}

    async def book(self, time: str) -> int:
        return (await self.ask_to_book(time)).status_code

    async def ask_to_book(self, time: str) -> httpx2.Response:
        body = {
            "name": self.name,
            "email": f"{self.name}@example.com",
            "date": f"{self.day} {time}:00",
            "service_id": "1",
            "employee_id": "1",
        }
        headers = {"X-WP-Nonce": "96bf044326"}
        return await self.http.post(f"{API}/appointments", json=body, headers=headers)

    def _slot(self, time: str) -> dict[str, Any]:
        return {"date": str(self.day), "time": time, "employee_id": "1"}


@dataclass
class Scene:
    dibs: Dibs
    clock: HandClock
    client: Callable[[str], Client]

    async def second(self) -> None:
        """Let a second pass, and do the comparison that `Hub.run` does once a second."""
        self.clock.advance(1)
        await self.dibs.hub._compare()


@pytest.fixture
async def scene(demo_settings: Settings) -> AsyncIterator[Scene]:
    clock = HandClock()
    dibs = build(demo_settings, clock)
    transport = httpx2.ASGITransport(app=create_app(dibs))
    async with AsyncExitStack() as stack:
        browsers = {
            name: await stack.enter_async_context(
                httpx2.AsyncClient(transport=transport, base_url="http://dibs")
            )
            for name in ("ann", "bob")
        }
        yield Scene(dibs, clock, lambda name: Client(name, browsers[name]))
    await dibs.database.close()


@pytest.mark.scenario(3)
async def test_ninety_seconds_in_the_form_after_deselecting(scene: Scene) -> None:
    ann, bob = scene.client("ann"), scene.client("bob")
    assert await ann.select("10:00") == 200
    for _ in range(5):
        await scene.second()
        await ann.poll("10:00")
    await ann.deselect_without_a_name("10:00")
    for second in range(90):
        await scene.second()
        assert await bob.poll() == ["10:00"], f"after {second} s"
        if second % 10 == 0:
            assert await bob.select("10:00") == 409
            assert await bob.book("10:00") == 409
    assert await ann.book("10:00") == 200
    assert await bob.poll() == []
    assert await bob.book("10:00") == 409


async def test_the_time_after_deselecting_is_not_for_ever(scene: Scene) -> None:
    ann, bob = scene.client("ann"), scene.client("bob")
    await ann.select("10:00")
    await ann.deselect_without_a_name("10:00")
    for _ in range(121):
        await scene.second()
    assert await bob.poll() == []
    assert await bob.select("10:00") == 200


async def test_a_poll_that_arrives_after_deselecting_takes_no_time_from_the_form(
    scene: Scene,
) -> None:
    ann, bob = scene.client("ann"), scene.client("bob")
    await ann.select("10:00")
    await ann.poll("10:00")
    for _ in range(4):
        await scene.second()
    await ann.deselect_without_a_name("10:00")
    await ann.poll("10:00")
    for _ in range(90):
        await scene.second()
        assert await bob.poll() == ["10:00"]
    assert await ann.book("10:00") == 200


async def test_polls_out_of_order_leave_the_newest_selection(scene: Scene) -> None:
    ann, bob = scene.client("ann"), scene.client("bob")
    for time in ("09:00", "10:00", "11:00"):
        await ann.select(time)
    for _ in range(6):
        for late in ("10:00", "09:00", "11:00", "10:00"):
            await ann.poll(late)
            assert await bob.poll() == ["11:00"]
        await scene.second()


async def test_a_client_that_polls_on_keeps_its_slot_and_one_that_is_gone_loses_it(
    scene: Scene,
) -> None:
    ann, bob = scene.client("ann"), scene.client("bob")
    await ann.select("10:00")
    for _ in range(200):
        await scene.second()
        await ann.poll("10:00")
        assert await bob.poll() == ["10:00"]
    for _ in range(11):
        await scene.second()
    assert await bob.poll() == []


@pytest.mark.parametrize("pace", [5, 60, 115])
async def test_a_heartbeat_keeps_a_slot_also_when_it_slows_down(scene: Scene, pace: int) -> None:
    """WordPress slows the heartbeat down after a while, and in windows without the focus."""
    ann, bob = scene.client("ann"), scene.client("bob")
    await ann.select("10:00")
    for second in range(3 * pace):
        await scene.second()
        if second % pace == 0:
            form = {
                "action": "heartbeat",
                "data[appointease_poll][date]": str(DAY),
                "data[appointease_poll][employee_id]": "1",
                "data[appointease_poll][client_id]": "ann",
                "data[appointease_poll][selected_time]": "10:00",
            }
            await ann.http.post("/wp-admin/admin-ajax.php", data=form)
        assert await bob.poll() == ["10:00"]


@pytest.fixture
async def idle_pages(demo_settings: Settings) -> AsyncIterator[list[Client]]:
    """Yield the pages of several browsers, over a Dibs with the real clock."""
    dibs = build(demo_settings)
    transport = httpx2.ASGITransport(app=create_app(dibs))
    async with AsyncExitStack() as stack:
        yield [
            Client(
                name,
                await stack.enter_async_context(
                    httpx2.AsyncClient(transport=transport, base_url="http://dibs")
                ),
                working_day(),
            )
            for name in ("ann", "bob", "cem")
        ]
    await dibs.database.close()


async def test_a_heartbeat_without_a_pause_is_answered_twice_a_second(
    idle_pages: list[Client],
) -> None:
    """This client asks again as soon as it has an answer. All other clients are answered at
    once."""
    hasty, other, selecting = idle_pages
    began = asyncio.get_running_loop().time()

    def seconds_since_begin() -> float:
        return asyncio.get_running_loop().time() - began

    async def ask_without_a_pause() -> float:
        for _ in range(5):
            assert await hasty.send_heartbeat() == []
        return seconds_since_begin()

    asking = asyncio.create_task(ask_without_a_pause())
    for _ in range(10):
        assert await other.poll() == []
    assert await other.send_heartbeat() == []
    assert not asking.done(), "nobody waits for it"
    assert await asking >= 2
    assert await selecting.select("10:00") == 200
    assert await hasty.send_heartbeat() == ["10:00"], "an answer that came late is no old one"


async def test_many_heartbeats_of_one_client_at_once_are_all_answered_soon(
    idle_pages: list[Client],
) -> None:
    hasty = idle_pages[0]
    async with asyncio.timeout(20):
        assert await asyncio.gather(*(hasty.send_heartbeat() for _ in range(100))) == [[]] * 100


async def test_a_selection_in_a_heartbeat_that_is_answered_late_counts_at_once(
    idle_pages: list[Client],
) -> None:
    hasty, other, _ = idle_pages
    await hasty.send_heartbeat()
    late = asyncio.create_task(hasty.send_heartbeat("10:00"))
    async with asyncio.timeout(20):
        while await other.poll() != ["10:00"]:
            await asyncio.sleep(0)
    assert not late.done()
    assert await late == []
    assert await other.poll() == ["10:00"]


# --- several nodes


@dataclass
class Nodes:
    """Two nodes over the same database and hold store, with the same browser at each."""

    first: Client
    second: Client
    dibs: Dibs

    async def deadline(self) -> datetime:
        (hold,) = (await self.dibs.holds.read(BoardKey(1, self.first.day))).holds
        return hold.expires_at


@pytest.fixture(params=["embedded", "production"])
def node_settings(request: pytest.FixtureRequest) -> Settings:
    if request.param == "embedded":
        embedded: Settings = request.getfixturevalue("demo_settings")
        return embedded
    redis: RedisServer = request.getfixturevalue("redis_server")
    redis.control.flushall()
    of_postgres: Settings = request.getfixturevalue("postgres_settings")
    return of_postgres.model_copy(update={"redis_url": redis.url})


@pytest.fixture
async def nodes(node_settings: Settings) -> AsyncIterator[Nodes]:
    first = build(node_settings)
    second = build_over(node_settings, first.holds, first.bus)
    async with AsyncExitStack() as stack:
        browsers = [
            await stack.enter_async_context(
                httpx2.AsyncClient(
                    transport=httpx2.ASGITransport(app=create_app(dibs)), base_url="http://dibs"
                )
            )
            for dibs in (first, second)
        ]
        here, there = (Client("ann", browser, working_day()) for browser in browsers)
        yield Nodes(here, there, first)
    await first.holds.aclose()
    for dibs in (first, second):
        await dibs.database.close()


async def test_a_poll_late_at_another_node_takes_no_time_from_the_form(nodes: Nodes) -> None:
    assert await nodes.first.select("10:00") == 200
    await nodes.first.poll("10:00")
    await nodes.first.deselect_without_a_name("10:00")
    until = await nodes.deadline()
    await nodes.second.poll("10:00")
    assert await nodes.deadline() == until


async def test_a_slot_selected_at_one_node_ends_soon_after_polls_at_another(nodes: Nodes) -> None:
    assert await nodes.first.select("10:00") == 200
    selected = await nodes.deadline()
    await nodes.second.poll("10:00")
    assert await nodes.deadline() < selected - timedelta(seconds=100)


@pytest.mark.scenario(13)
async def test_a_double_click_that_reaches_two_nodes_books_once_and_says_so(nodes: Nodes) -> None:
    began = datetime.now(UTC).minute
    outcomes = []
    for time in ("09:00", "10:00", "11:00"):
        for node in (nodes.first, nodes.second):
            node.http.cookies.clear()
        answers = await asyncio.gather(
            nodes.first.ask_to_book(time), nodes.second.ask_to_book(time)
        )
        outcomes.append(sorted(map(refusal_of, answers)))
    if began == datetime.now(UTC).minute:
        assert outcomes == [[(200, "no code"), (409, "duplicate_submission")]] * 3
