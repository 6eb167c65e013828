"""While nothing changes, polls cost nothing: no SQL, no call to the hold store."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, cast

import httpx2
import pytest

from dibs.app import Dibs, create_app
from dibs.availability.boards import BoardKey, boards_of
from dibs.availability.slots import service_slot_at
from dibs.holds.memory import MemoryHoldStore
from dibs.holds.store import HoldStore, Lifetimes
from dibs.live.bus import MemoryBus
from dibs.settings import Settings
from tests.support.days import at, wire
from tests.support.dibs_in_process import build_over
from tests.support.hand_clock import HandClock
from tests.support.recorded_statements import statements

pytestmark = [pytest.mark.anyio, pytest.mark.scenario(28)]

DAY = date(2026, 11, 25)
KEY = BoardKey(1, DAY)
POLL = f"/wp-json/appointease/v1/slots/poll?date={DAY}&employee_id=1"
BOARD = f"/api/v1/boards/1/{DAY}"
ONE_DAY = f"/api/v1/services/1/days/{DAY}"
POLLS = 200


class Recorder:
    """Passes all calls on to the hold store and records their names and arguments."""

    def __init__(self, store: HoldStore) -> None:
        self._store = store
        self.calls: list[tuple[str, Any]] = []

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._store, name)
        if name == "claims":
            return method

        async def call(about: Any, *arguments: Any, **options: Any) -> Any:
            self.calls.append((name, about))
            return await method(about, *arguments, **options)

        return call


@dataclass
class Scene:
    dibs: Dibs
    clock: HandClock
    calls: list[tuple[str, Any]]
    http: httpx2.AsyncClient

    async def get(self, url: str, **headers: str) -> httpx2.Response:
        answer = await self.http.get(url, headers=headers)
        assert answer.status_code in (200, 304), answer.text
        return answer

    async def second(self) -> None:
        """Let a second pass, and do the comparison that `Hub.run` does once a second."""
        self.clock.advance(1)
        await self.dibs.hub._compare()


@pytest.fixture
async def scene(demo_settings: Settings) -> AsyncIterator[Scene]:
    clock, bus = HandClock(), MemoryBus()
    recorder = Recorder(MemoryHoldStore(clock, bus.announce, Lifetimes()))
    dibs = build_over(demo_settings, cast(HoldStore, recorder), bus, clock)
    transport = httpx2.ASGITransport(app=create_app(dibs))
    async with httpx2.AsyncClient(transport=transport, base_url="http://dibs") as http:
        yield Scene(dibs, clock, recorder.calls, http)
    await dibs.database.close()


async def crowd(scene: Scene) -> None:
    """Make a hold on each of a hundred other boards, and one on the test's board."""
    catalog = await scene.dibs.ledger.catalog()
    for resource in (1, 2):
        for days in range(50):
            day = DAY + timedelta(days=days)
            slot = service_slot_at(at("10:00", day), catalog.rules[1], 1, resource)
            await scene.dibs.holds.acquire(
                boards_of(resource, slot.guarded, catalog.hours[resource].zone),
                slot,
                f"visitor {resource} {days}",
                ttl=timedelta(minutes=10),
            )


@pytest.mark.parametrize(
    "urls",
    [
        [POLL],
        [f"{POLL}&client_id=client-{number}" for number in range(POLLS)],
        [f"/index.php?rest_route=/appointease/v1/slots/poll&date={DAY}&employee_id=1"],
        [BOARD],
        [ONE_DAY, f"{ONE_DAY}?resource=1"],
    ],
    ids=["poll", "poll of named clients", "poll without pretty addresses", "board", "day"],
)
async def test_looking_asks_neither_the_database_nor_the_hold_store(
    scene: Scene, urls: list[str]
) -> None:
    await crowd(scene)
    for url in urls:
        await scene.get(url)
    scene.calls.clear()
    with statements() as sql:
        for number in range(POLLS):
            await scene.get(urls[number % len(urls)])
    assert (sql, scene.calls) == ([], [])


async def test_all_that_goes_on_is_one_comparison_a_second(scene: Scene) -> None:
    await crowd(scene)
    await scene.get(POLL)
    await scene.second()
    scene.calls.clear()
    with statements() as sql:
        for _ in range(10):
            await scene.second()
            for _ in range(POLLS // 10):
                await scene.get(POLL)
    assert scene.calls == [("read_versions", [KEY])] * 10
    assert len(sql) == 10
    assert len(set(sql)) == 1


@pytest.mark.scenario(19)
async def test_only_the_boards_somebody_looks_at_are_ever_touched(scene: Scene) -> None:
    await crowd(scene)
    scene.calls.clear()
    await scene.get(POLL)
    await scene.get(ONE_DAY)
    for _ in range(5):
        await scene.second()
    touched = {
        key for _, about in scene.calls for key in (about if isinstance(about, list) else [about])
    }
    assert touched == {KEY, BoardKey(2, DAY)}


async def test_an_unchanged_board_is_not_sent_again(scene: Scene) -> None:
    for url in (BOARD, ONE_DAY):
        first = await scene.get(url)
        again = await scene.get(url, **{"If-None-Match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")


@pytest.mark.scenario(1)
async def test_a_polling_holder_is_passed_on_once_in_three_seconds(scene: Scene) -> None:
    mine = f"{POLL}&client_id=ann&selected_time=10:00"
    await scene.get(mine)
    await scene.second()
    await scene.get(mine)
    scene.calls.clear()
    with statements() as sql:
        for _ in range(9):
            await scene.second()
            for _ in range(POLLS // 9):
                await scene.get(mine)
    called = [name for name, _ in scene.calls if name != "read_versions"]
    assert called == ["extend"] * 3
    assert {tuple(about) for name, about in scene.calls} == {(KEY,)}
    assert len(sql) == 9
    assert (await scene.get(f"{POLL}&client_id=bob")).json()["active_selections"] == ["10:00"]


async def test_one_change_costs_one_reading_however_many_look(scene: Scene) -> None:
    for number in range(50):
        await scene.get(f"{POLL}&client_id=client-{number}")
    scene.calls.clear()
    body = {"service_id": 1, "starts_at": wire(at("10:00", DAY)), "resource_id": 1}
    with statements() as sql:
        held = await scene.http.post("/api/v1/holds", json=body)
        assert held.status_code == 201, held.text
        for number in range(50):
            answer = await scene.get(f"{POLL}&client_id=client-{number}")
            assert answer.json()["active_selections"] == ["10:00"]
    assert sql == []
    assert [name for name, _ in scene.calls].count("read") <= 2
