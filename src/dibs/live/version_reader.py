"""Asks both sources for the versions of many boards at once: rule 4 of the hub."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dibs.errors import HoldsUnavailable, LedgerUnavailable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dibs.availability.boards import BoardKey
    from dibs.holds.store import HoldStore
    from dibs.ledger.boards import ChangeReport
    from dibs.ledger.ledger import Ledger
    from dibs.live.board_entry import BoardEntry


class VersionReader:
    """Reads versions. An answer of None means that the source is away."""

    def __init__(self, ledger: Ledger, holds: HoldStore) -> None:
        self._ledger = ledger
        self._holds = holds
        self._changes: int | None = None

    async def poll_changes(self, entries: Sequence[BoardEntry]) -> ChangeReport | None:
        """Return the change report of the ledger. It has the versions of all boards, unless nothing
        has changed since the last report and that report covered each of them."""
        covered = all(each.is_covered for each in entries)
        keys = [each.key for each in entries]
        try:
            report = await self._ledger.poll_changes(keys, self._changes if covered else None)
        except LedgerUnavailable:
            self._changes = None
            return None
        self._changes = report.changes
        for each in entries:
            each.is_covered = True
        return report

    def forget_changes(self) -> None:
        """Make sure that the next report has the versions of all boards."""
        self._changes = None

    async def read_hold_versions(self, keys: Sequence[BoardKey]) -> list[int] | None:
        """Return the versions of the holds. This also makes the hold store end overdue holds on
        these boards."""
        try:
            return await self._holds.read_versions(keys) if keys else []
        except HoldsUnavailable:
            return None
