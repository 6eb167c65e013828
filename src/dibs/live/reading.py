"""Reading a board from the hold store and the ledger: rules 2 and 3 of the hub."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dibs.errors import HoldsUnavailable, LedgerUnavailable, NotFound

if TYPE_CHECKING:
    from dibs.clock import Clock
    from dibs.holds.store import HoldStore
    from dibs.ledger.ledger import Ledger
    from dibs.live.watched import Watched

LONGEST_FLIGHT = 1.0
MOST_TRIES = 3


class Reading:
    """What is read, and what is away, is written into the watched board."""

    def __init__(self, ledger: Ledger, holds: HoldStore, clock: Clock) -> None:
        self._ledger = ledger
        self._holds = holds
        self._clock = clock

    async def both(self, watched: Watched) -> float:
        """Fetch both parts, again while it takes too long; returns when the last try began."""
        for _ in range(MOST_TRIES):
            started = self._clock.monotonic()
            is_whole = await self._fetch(watched)
            too_long = self._clock.monotonic() - started > LONGEST_FLIGHT
            if watched.is_away or (is_whole and not too_long):
                break
            watched.want_ledger |= too_long
        return started

    async def _fetch(self, watched: Watched) -> bool:
        """Read what must be read. False: the ledger was ahead of the holds (rule 3)."""
        is_whole = True
        want_ledger, watched.want_ledger = watched.want_ledger, False
        was_away = watched.holds_away
        prolonged_before = dict(watched.prolonged)
        read_at = self._clock.monotonic()
        try:
            holds = await self._holds.read(
                watched.key, watched.holds.version if watched.holds else 0
            )
            watched.holds_away = False
        except HoldsUnavailable:
            holds = None
            watched.holds_away = True
        known = watched.ledger
        if (
            want_ledger
            or known is None
            or watched.ledger_away_since is not None
            or (
                holds is not None
                and (was_away or holds.lost or holds.ledger is None or holds.ledger > known.version)
            )
        ):
            await self._fetch_ledger(watched)
            known = watched.ledger
            if holds is not None and known is not None and (holds.ledger or 0) < known.version:
                await self._note(watched, known.version)
                is_whole = False
        if holds is not None:
            watched.holds = holds
            watched.holds_read_at = read_at
            # What was set since then this read may not have brought.
            watched.prolonged = dict(watched.prolonged.items() - prolonged_before.items())
        return is_whole

    async def _fetch_ledger(self, watched: Watched) -> None:
        read_at = self._clock.monotonic()
        try:
            watched.ledger = await self._ledger.board(watched.key)
            watched.ledger_read_at = watched.ledger_compared_at = read_at
            watched.ledger_away_since = None
            watched.gone = False
        except NotFound:
            watched.gone = True
        except LedgerUnavailable:
            if watched.ledger_away_since is None:
                # Who answers nothing has been away for as long as we have waited.
                watched.ledger_away_since = read_at

    async def _note(self, watched: Watched, version: int) -> None:
        try:
            await self._holds.note(watched.key, version)
        except HoldsUnavailable:
            watched.holds_away = True
