"""What every hold store promises about reading boards, about expiry and about versions."""

from __future__ import annotations

import itertools

import pytest

from dibs.availability.boards import BoardKey
from dibs.clock import microseconds
from dibs.holds.store import Hold
from tests.contract.holds.store_under_test import (
    BOARD,
    BOTH,
    ELEVEN,
    MIDNIGHT,
    NEXT,
    TEN,
    StoreUnderTest,
)


class ReadingContract:
    # --- read, read_versions, find_holds

    async def test_an_unknown_board_is_empty(self, it: StoreUnderTest) -> None:
        part = await it.part()
        assert (part.version, part.ledger_version, part.holds, part.visitors) == (
            0,
            None,
            (),
            frozenset(),
        )
        assert part.now == it.clock.now()
        assert not part.lost
        assert await it.store.read_versions([BOARD, NEXT]) == [0, 0]

    @pytest.mark.parametrize("known", [False, True])
    async def test_a_store_behind_its_reader_rises_above_what_was_seen(
        self, it: StoreUnderTest, known: bool
    ) -> None:
        if known:
            await it.acquire_surely(TEN, "ann", 1)
        seen = await it.version() + 10**15
        await it.announced()
        part = await it.store.read(BOARD, seen)
        assert part.lost
        assert part.version > seen
        assert await it.version() == part.version
        assert await it.announced() == [BOARD]

    async def test_a_reader_who_is_not_ahead_changes_nothing(self, it: StoreUnderTest) -> None:
        await it.acquire_surely(TEN, "ann", 1)
        version = await it.version()
        await it.announced()
        for seen in (0, version - 1, version):
            part = await it.store.read(BOARD, seen)
            assert (part.version, part.lost) == (version, False)
        assert await it.announced() == []

    async def test_read_versions_answers_in_the_order_asked(self, it: StoreUnderTest) -> None:
        await it.acquire_surely(TEN, "ann", 1)
        await it.store.record_commit(NEXT, 1)
        elsewhere = BoardKey(2, BOARD.day)
        versions = [await it.version(NEXT), 0, await it.version(BOARD)]
        assert await it.store.read_versions([NEXT, elsewhere, BOARD]) == versions

    async def test_all_live_holds_of_a_visitor_are_found(self, it: StoreUnderTest) -> None:
        first = await it.acquire_surely(MIDNIGHT, "ann", 1, boards=BOTH, ttl=60)
        second = await it.acquire_surely(TEN, "ann", 1, boards=[BoardKey(2, BOARD.day)], ttl=30)
        await it.acquire_surely(ELEVEN, "bob", 1)
        found = await it.store.find_holds("ann")
        assert sorted(found, key=lambda hold: hold.claim) == sorted(
            (first, second), key=lambda hold: hold.claim
        )
        it.clock.advance(30)
        assert await it.store.find_holds("ann") == [first]
        await it.release(MIDNIGHT, "ann", 2, boards=BOTH)
        assert await it.store.find_holds("ann") == []
        assert await it.store.find_holds("nobody") == []

    # --- expiry and versions

    async def test_a_hold_ends_at_its_deadline(self, it: StoreUnderTest) -> None:
        await it.acquire_surely(TEN, "ann", 1, ttl=120)
        it.clock.advance(119.999999)
        assert await it.on_board() == {"ann": TEN}
        it.clock.advance(0.000001)
        assert await it.on_board() == {}

    @pytest.mark.parametrize(
        "operation",
        [
            "read",
            "read_versions",
            "hold",
            "acquire",
            "extend",
            "release",
            "record_commit",
            "note_ledger_version",
            "find_holds",
        ],
    )
    async def test_every_operation_first_drops_what_expired(
        self, it: StoreUnderTest, operation: str
    ) -> None:
        await it.acquire_surely(TEN, "ann", 1, ttl=10)
        before = await it.version()
        await it.announced()
        it.clock.advance(10)
        store = it.store
        match operation:
            case "read":
                await store.read(BOARD)
            case "read_versions":
                await store.read_versions([BOARD])
            case "hold":
                assert isinstance(await it.hold(TEN, "bob", 1), Hold)
            case "acquire":
                assert isinstance(await it.acquire(TEN, "bob"), Hold)
            case "extend":
                assert await it.extend(TEN, "ann", 10) is None
            case "release":
                assert await it.release(TEN, "ann") is False
            case "record_commit":
                await store.record_commit(BOARD, 1)
            case "note_ledger_version":
                await store.note_ledger_version(BOARD, 1)
            case "find_holds":
                assert await store.find_holds("ann") == []
        assert set(await it.announced()) == {BOARD}
        assert (await it.part()).version > before
        assert "ann" not in await it.on_board()
        assert await it.announced() == []

    async def test_every_change_has_a_version_of_its_own(self, it: StoreUnderTest) -> None:
        seen = [await it.version()]
        for seq, wanted in zip(range(1, 50), itertools.cycle([TEN, ELEVEN]), strict=False):
            await it.acquire_surely(wanted, "ann", seq)
            seen.append(await it.version())
            await it.store.record_commit(BOARD, 0)
            seen.append(await it.version())
        assert seen == sorted(set(seen))

    async def test_a_version_is_not_behind_the_clock(self, it: StoreUnderTest) -> None:
        await it.acquire_surely(TEN, "ann", 1)
        first = await it.version()
        assert first >= microseconds(it.clock.now())
        it.clock.advance(1)
        await it.acquire_surely(ELEVEN, "ann", 2)
        assert await it.version() >= max(first + 1, microseconds(it.clock.now()))

    async def test_a_clock_set_back_does_not_lower_a_version(self, it: StoreUnderTest) -> None:
        await it.acquire_surely(TEN, "ann", 1)
        before = await it.version()
        it.clock.advance(-3600)
        await it.acquire_surely(ELEVEN, "ann", 2)
        assert await it.version() > before
