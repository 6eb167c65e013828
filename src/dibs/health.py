"""The state of the parts of Dibs, kept up to date by trials in the background.

Most of it is learned from the requests themselves. Besides, parts that work are tried now and then,
and parts that fail once a second. So a request for the state is answered at once, even if a part
does not answer.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Literal

from dibs.errors import HoldsUnavailable, LedgerUnavailable, NotFound

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dibs.background_task import BackgroundTask
    from dibs.holds.store import HoldStore
    from dibs.ledger.ledger import Ledger
    from dibs.notify.mail_worker import MailWorker

    LedgerState = Literal["ok", "empty", "unwritable", "unavailable"]
    HoldsState = Literal["ok", "unwritable", "unavailable"]
    MailState = Literal["ok", "failing", "off"]

#: Seconds between two checks whether a part has to be tried.
LOOK_INTERVAL = 1.0
#: Seconds between two trials of a part that works.
DATABASE_TRIAL_INTERVAL = 30.0
HOLDS_TRIAL_INTERVAL = 5.0
#: Seconds without an answer after which the database counts as unavailable. It is asked about once
#: a second.
SILENCE_TIMEOUT = 3.5


class Health:
    """The state of the database, the hold store, mail and the background tasks. `run` is itself one
    of the `tasks`."""

    def __init__(self, ledger: Ledger, holds: HoldStore, post: MailWorker | None) -> None:
        self._ledger = ledger
        self._holds = holds
        self._post = post
        self._is_running = False
        self._tried_database_at = self._tried_holds_at = float("-inf")
        self.tasks: Sequence[BackgroundTask] = ()

    async def run(self) -> None:
        """Check once a second which parts have to be tried, for as long as the process lives."""
        self._is_running = True
        while True:
            await asyncio.sleep(LOOK_INTERVAL)
            await self.try_parts()

    async def try_parts(self) -> None:
        """Try the parts that are not known to work, and those that were not tried for some time. A
        failure is noted by the part itself."""
        await asyncio.gather(self._try_database(), self._try_holds())

    async def _try_database(self) -> None:
        database = self._ledger.database
        if not self._ledger.is_known or not database.reading.is_stable:
            with suppress(NotFound, LedgerUnavailable):
                await self._ledger.catalog()
        due = time.monotonic() - self._tried_database_at > DATABASE_TRIAL_INTERVAL
        if due or not database.writing.is_stable:
            self._tried_database_at = time.monotonic()
            with suppress(LedgerUnavailable):
                await database.try_to_write()

    async def _try_holds(self) -> None:
        due = time.monotonic() - self._tried_holds_at > HOLDS_TRIAL_INTERVAL
        if due or not self._holds.is_stable:
            self._tried_holds_at = time.monotonic()
            with suppress(HoldsUnavailable):
                await self._holds.try_to_write()

    @property
    def ledger(self) -> LedgerState:
        database = self._ledger.database
        is_silent = self._is_running and time.monotonic() - database.read_at > SILENCE_TIMEOUT
        if database.reading.is_failing or is_silent:
            return "unavailable"
        if database.writing.is_failing:
            return "unwritable"
        return "ok" if self._ledger.is_known else "empty"

    @property
    def holds(self) -> HoldsState:
        if self._holds.is_unwritable:
            return "unwritable"
        return "unavailable" if self._holds.is_away else "ok"

    @property
    def mail(self) -> MailState:
        if self._post is None:
            return "off"
        return "failing" if self._post.sending.is_failing else "ok"

    @property
    def failing_tasks(self) -> list[str]:
        return [task.name for task in self.tasks if task.is_failing]

    @property
    def can_book(self) -> bool:
        return self.ledger in ("ok", "empty")

    def report(self) -> dict[str, Any]:
        """Return the state of each part, and the state of the whole as `status`."""
        failing = self.failing_tasks
        parts: dict[str, Any] = {
            "ledger": self.ledger,
            "holds": self.holds,
            "mail": self.mail,
            "tasks": "failing" if failing else "ok",
        }
        is_whole = parts["holds"] == "ok" and parts["mail"] != "failing" and not failing
        status = ("ok" if is_whole else "degraded") if self.can_book else "unavailable"
        more = {"failing_tasks": failing} if failing else {}
        return {"status": status, **parts, **more}
