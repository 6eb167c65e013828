"""What every database under the ledger promises about the versions of boards."""

from __future__ import annotations

from datetime import timedelta

from dibs.availability.boards import BoardKey
from dibs.ledger import boards
from dibs.ledger.boards import ChangeReport
from tests.contract.ledger.ground import DAY, Ground, at, book, place
from tests.support.open_transaction import open_transaction
from tests.support.recorded_statements import statements


class VersionsContract:
    async def test_a_boards_version_is_the_sum_of_three_counters(self, ground: Ground) -> None:
        key = BoardKey(1, DAY)
        async with open_transaction(ground.database) as tx:
            await tx.lock_boards([key])
            await tx.lock_boards([BoardKey(2, DAY)])
        ground.plain("UPDATE business SET version = 300")
        ground.plain("UPDATE resources SET version = 20 WHERE id = 1")
        ground.plain("UPDATE boards SET version = 1 WHERE resource_id = 1")
        assert await ground.versions(key, BoardKey(1, DAY + timedelta(days=1))) == [321, 320]
        instant = ground.database.instant()
        found = await ground.database.read(boards.read, key, at("00:00"), at("23:59"), instant)
        assert found is not None
        assert (found.business_version, found.resource_version, found.board_version) == (300, 20, 1)
        assert found.version == 321

    async def test_a_version_and_its_rows_come_from_one_statement(self, ground: Ground) -> None:
        await book(ground, place("10:00"))
        await book(ground, place("14:00"), name="second")
        key, instant = BoardKey(1, DAY), ground.database.instant()
        with statements() as seen:
            found = await ground.database.read(boards.read, key, at("00:00"), at("23:59"), instant)
        assert found is not None
        assert [busy.guarded.start for busy in found.busy] == [at("10:00"), at("14:00")]
        assert len(seen) == 1

    async def test_the_versions_of_many_boards_come_from_one_statement(
        self, ground: Ground
    ) -> None:
        keys = [BoardKey(each, DAY + timedelta(days=n)) for each in (1, 2, 3) for n in range(30)]
        with statements() as seen:
            found = await ground.database.read(boards.versions, [*keys, BoardKey(99, DAY)])
        assert found.keys() == set(keys)
        assert len(seen) == 1

    async def poll_changes(
        self, ground: Ground, *keys: BoardKey, since: int | None = None
    ) -> ChangeReport:
        return await ground.database.read(
            boards.poll_changes, keys, since, ground.database.instant()
        )

    async def test_the_pulse_is_felt_in_one_statement(self, ground: Ground) -> None:
        key = BoardKey(1, DAY)
        with statements() as seen:
            first = await self.poll_changes(ground, key, BoardKey(99, DAY))
        assert len(seen) == 1
        assert first.versions == {key: (await ground.versions(key))[0]}
        for counter in ("business", "resources", "boards"):
            async with open_transaction(ground.database) as tx:
                await tx.lock_boards([key])
            ground.plain(f"UPDATE {counter} SET version = version + 1")
            again = await self.poll_changes(ground, key, since=first.changes)
            assert again.changes > first.changes
            assert again.versions == {key: (await ground.versions(key))[0]}
            first = again

    async def test_a_pulse_without_a_change_brings_no_versions(self, ground: Ground) -> None:
        async with open_transaction(ground.database) as tx:
            await tx.lock_boards([BoardKey(1, DAY)])
        first = await self.poll_changes(ground, BoardKey(1, DAY))
        again = await self.poll_changes(ground, BoardKey(1, DAY), since=first.changes)
        assert (again.changes, again.versions) == (first.changes, None)
        assert (await self.poll_changes(ground)).versions == {}

    async def test_the_pulse_says_that_a_checkout_is_overdue(self, ground: Ground) -> None:
        await book(ground, place("10:00"), pending=True)
        ground.clock.advance(599)
        assert not (await self.poll_changes(ground)).overdue
        ground.clock.advance(1)
        answer = await self.poll_changes(ground)
        assert answer.overdue
        assert answer.now == ground.clock.now()

    async def test_bumping_counts_each_board_once_in_a_transaction(self, ground: Ground) -> None:
        keys = [BoardKey(2, DAY), BoardKey(1, DAY)]
        before = await ground.versions(*keys)
        async with open_transaction(ground.database) as tx:
            await tx.lock_boards(keys)
            await tx.lock_boards(keys)
            told = tx.versions
        assert await ground.versions(*keys) == [version + 1 for version in before]
        assert [told[key] for key in keys] == [version + 1 for version in before]

    async def test_boards_are_bumped_in_sorted_order(self, ground: Ground) -> None:
        days = [DAY + timedelta(days=n) for n in (3, 0, 4, 1, 2)]
        keys = [BoardKey(each, day) for each in (2, 1) for day in days]
        async with open_transaction(ground.database) as tx:
            with statements() as seen:
                await tx.lock_boards(keys)
        assert sum("INSERT INTO boards" in statement for statement in seen) == len(keys)
        rows = ground.plain("SELECT resource_id, CAST(day AS TEXT) FROM boards")
        assert rows == [(key.resource_id, key.day.isoformat()) for key in sorted(keys)]
