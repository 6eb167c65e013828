"""To find who of many people is free, all their boards are read at once."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from dibs.app import Dibs
from dibs.availability.boards import BoardKey
from dibs.desk import administration
from dibs.desk.offers import SlotRequest
from dibs.ledger.catalog import Catalog, Resource
from dibs.ledger.ledger import LedgerSnapshot
from dibs.live import hub
from tests.support.days import at, working_day
from tests.support.dibs_in_process import demo_catalog

pytestmark = [pytest.mark.anyio]

CONSULTATION = 1
#: So many that reading their boards one after the other would exceed a second if the database
#: hangs.
PEOPLE = tuple(range(101, 108))
DEADLINE = 10.0


def with_many_people(catalog: Catalog) -> Catalog:
    week = catalog.resources[1].weekly
    people = {each: Resource(each, f"Person {each}", weekly=week) for each in PEOPLE}
    service = replace(catalog.services[CONSULTATION], resource_ids=PEOPLE)
    return replace(
        catalog,
        services={**catalog.services, CONSULTATION: service},
        resources={**catalog.resources, **people},
    )


class SlowLedger:
    """A ledger that answers no reading of a board before the boards of all these people are being
    read."""

    def __init__(self, dibs: Dibs, monkeypatch: pytest.MonkeyPatch) -> None:
        self._waiting: set[BoardKey] = set()
        self._all_wait = asyncio.Event()
        self._read_board = dibs.ledger.read_board
        monkeypatch.setattr(dibs.ledger, "read_board", self.read_board)

    async def read_board(self, key: BoardKey) -> LedgerSnapshot:
        self._waiting.add(key)
        if len(self._waiting) == len(PEOPLE):
            self._all_wait.set()
        await asyncio.wait_for(self._all_wait.wait(), DEADLINE)
        return await self._read_board(key)


@pytest.mark.parametrize("kind", ["hold", "checkout"])
async def test_the_boards_of_an_offer_are_read_together(
    dibs: Dibs, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await administration.apply(dibs.database, with_many_people(demo_catalog()))
    await dibs.ledger.catalog()
    SlowLedger(dibs, monkeypatch)
    monkeypatch.setattr(hub, "GET_TIMEOUT", DEADLINE)
    wanted = SlotRequest(CONSULTATION, at("10:00", working_day()))
    async with asyncio.timeout(DEADLINE):
        if kind == "hold":
            hold = await dibs.desk.holding.hold("ann", wanted.service_id, wanted.starts_at)
            assert hold.boards[0].resource_id == PEOPLE[0]
        else:
            checkout = await dibs.desk.booking.check_out("ann", wanted)
            assert checkout.resource_id == PEOPLE[0]
