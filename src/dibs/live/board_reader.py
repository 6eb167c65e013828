"""Reads a board from the hold store and the ledger: rules 2 and 3 of the hub."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dibs.errors import HoldsUnavailable, LedgerUnavailable, NotFound

if TYPE_CHECKING:
    from dibs.clock import Clock
    from dibs.holds.store import HoldStore
    from dibs.ledger.ledger import Ledger
    from dibs.live.board_entry import BoardEntry

REFRESH_TIMEOUT = 1.0
MAX_TRIES = 3


class BoardReader:
    """Reads both halves of a board. It writes into the board's entry what was read and which source
    is away."""

    def __init__(self, ledger: Ledger, holds: HoldStore, clock: Clock) -> None:
        self._ledger = ledger
        self._holds = holds
        self._clock = clock

    async def read_both(self, entry: BoardEntry) -> float:
        """Read both halves, and read them again if that took too long. Returns when the last try
        began."""
        for _ in range(MAX_TRIES):
            started = self._clock.monotonic()
            is_whole = await self._fetch(entry)
            too_long = self._clock.monotonic() - started > REFRESH_TIMEOUT
            if entry.is_away or (is_whole and not too_long):
                break
            entry.want_ledger |= too_long
        return started

    async def _fetch(self, entry: BoardEntry) -> bool:
        """Read the halves that must be read. Returns False if the ledger was ahead of the holds
        (rule 3)."""
        is_whole = True
        want_ledger, entry.want_ledger = entry.want_ledger, False
        was_away = entry.holds_away
        prolonged_before = dict(entry.new_deadlines)
        read_at = self._clock.monotonic()
        try:
            holds = await self._holds.read(entry.key, entry.holds.version if entry.holds else 0)
            entry.holds_away = False
        except HoldsUnavailable:
            holds = None
            entry.holds_away = True
        known = entry.ledger
        if (
            want_ledger
            or known is None
            or entry.ledger_away_since is not None
            or (
                holds is not None
                and (
                    was_away
                    or holds.lost
                    or holds.ledger_version is None
                    or holds.ledger_version > known.version
                )
            )
        ):
            await self._fetch_ledger(entry)
            known = entry.ledger
            is_whole = (
                holds is None or known is None or (holds.ledger_version or 0) >= known.version
            )
        if holds is not None:
            # The holds are set right after the ledger's half, without an await between the two,
            # because a comparison may publish both halves at any await.
            entry.holds = holds
            entry.holds_read_at = read_at
            # Deadlines that were set after the read began may not be in what was read.
            entry.new_deadlines = dict(entry.new_deadlines.items() - prolonged_before.items())
        if not is_whole and known is not None:
            await self._note_ledger_version(entry, known.version)
        return is_whole

    async def _fetch_ledger(self, entry: BoardEntry) -> None:
        read_at = self._clock.monotonic()
        try:
            entry.ledger = await self._ledger.read_board(entry.key)
            entry.ledger_read_at = entry.ledger_compared_at = read_at
            entry.ledger_away_since = None
            entry.gone = False
        except NotFound:
            entry.gone = True
        except LedgerUnavailable:
            if entry.ledger_away_since is None:
                # The ledger counts as away since this read began to wait for it.
                entry.ledger_away_since = read_at

    async def _note_ledger_version(self, entry: BoardEntry, version: int) -> None:
        try:
            await self._holds.note_ledger_version(entry.key, version)
        except HoldsUnavailable:
            entry.holds_away = True
