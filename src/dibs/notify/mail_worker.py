"""The mail worker: finds which letters are needed, writes those that are due, and sends them.

What can't be sent is tried again later, unless the mail server refuses it for good.
"""

from __future__ import annotations

import asyncio
import math
import random
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

import structlog

from dibs import metrics
from dibs.errors import Unavailable
from dibs.known_state import KnownState
from dibs.ledger import deliveries
from dibs.notify.mail import (
    SEND_TIMEOUT,
    NoLongerTrue,
    NoMessageCanBeSent,
    Undeliverable,
    reason_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from dibs.ledger.database import Database
    from dibs.ledger.deliveries import Delivery, State
    from dibs.notify.letter_planner import LetterPlanner
    from dibs.notify.mail import Mailer, Message

log = structlog.get_logger()

#: Seconds after which the worker looks without being woken: there may be new events, a letter that
#: failed may be due again, or another process may have died before it sent one.
READ_INTERVAL = 1.0
#: How many messages are sent at the same time at most.
MAX_DELIVERIES = 10
#: How many of these may be messages that failed before. The other places are kept for new messages.
MAX_RETRIES = 5
#: How long no other worker tries the same message. This is longer than any delivery takes.
LEASE = timedelta(seconds=4 * SEND_TIMEOUT)
#: The longest pauses between two tries, and how long a letter is tried in all. A sign-in code is
#: tried more often, because it is good for some minutes only.
MAX_CODE_DELAY = timedelta(minutes=1)
MAX_DELAY = timedelta(minutes=15)
MAX_AGE = timedelta(days=1)


class Writer(Protocol):
    async def write(self, delivery: Delivery) -> Message:
        """Return the message for a delivery. Raises Undeliverable, also if the message is of no use
        any more."""
        ...


class _Unwritten(Exception):
    """The letter can't be written, because of a fault in Dibs or in a template."""


class MailWorker:
    """Sends the letters of one database. Each node has one; they share the work."""

    def __init__(
        self,
        database: Database,
        mailer: Mailer,
        writers: Mapping[str, Writer],
        planner: LetterPlanner | None = None,
        send_timeout: float = SEND_TIMEOUT,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        """`writers` has the writer of each kind of letter; all other letters are left alone.

        `send_timeout` is how many seconds it may take in all to send a message. `jitter` returns
        numbers from 0 to 1, which make pauses longer by up to a quarter. So letters that failed
        together are not all tried again together.
        """
        self._database = database
        self.mailer = mailer
        self._writers = writers
        self._planner = planner
        self._send_timeout = send_timeout
        self._jitter = jitter
        self.sending = KnownState("mail can't be sent", "mail can be sent again")
        self._woken = asyncio.Event()
        self._retried_at = -math.inf
        self._under_way: dict[asyncio.Task[None], Delivery] = {}

    def wake(self) -> None:
        """Look for letters now, because there is something new."""
        self._woken.set()

    async def run(self) -> None:
        """Deliver until cancelled, also while the database or the mail server fails.

        A mail server that hangs delays only the messages that are being sent, each until its
        time-out.
        """
        try:
            while True:
                with suppress(Unavailable):  # The database has logged it.
                    await self._begin(self._allowed_retries())
                with suppress(TimeoutError):
                    async with asyncio.timeout(READ_INTERVAL):
                        await self._woken.wait()
                self._woken.clear()
        finally:
            for delivery in self._under_way:
                delivery.cancel()
            await asyncio.gather(*self._under_way, return_exceptions=True)

    async def deliver_due(self) -> None:
        """Try the due letters once, but only as many as can be sent at the same time, and wait for
        them. Raises Unavailable."""
        await self._begin(MAX_RETRIES - self._retries)
        await asyncio.gather(*self._under_way)

    def _allowed_retries(self) -> int:
        """Return how many messages that failed before may be tried now. While mail can't be sent,
        they are tried only once in each READ_INTERVAL: each try writes the letter anew, and that
        makes requests slower."""
        is_early = self._database.clock.monotonic() - self._retried_at < READ_INTERVAL
        return 0 if self.sending.is_failing and is_early else MAX_RETRIES - self._retries

    async def _begin(self, again: int) -> None:
        if self._planner is not None:
            await self._planner.plan()
        free = MAX_DELIVERIES - len(self._under_way)
        now = self._database.clock.now()
        if free <= 0 or not await self._database.read(deliveries.has_due, now):
            return
        claimed = await self._database.write(
            deliveries.claim, self._writers.keys(), free, again, LEASE
        )
        if any(delivery.attempts > 0 for delivery in claimed):
            self._retried_at = self._database.clock.monotonic()
        for delivery in claimed:
            task = asyncio.create_task(self._deliver(delivery))
            self._under_way[task] = delivery
            task.add_done_callback(self._finish)

    def _finish(self, task: asyncio.Task[None]) -> None:
        del self._under_way[task]
        self.wake()

    @property
    def _retries(self) -> int:
        """How many of the messages that are being sent failed before."""
        return sum(delivery.attempts > 0 for delivery in self._under_way.values())

    async def _deliver(self, delivery: Delivery) -> None:
        try:
            await self._try(delivery)
        except Unavailable:
            pass  # The database has logged it, and the letter falls due again.
        except Exception:
            log.exception("a letter can't be handled", delivery=delivery.id)

    async def _try(self, delivery: Delivery) -> None:
        try:
            message = await self._write(delivery)
            async with asyncio.timeout(self._send_timeout):
                await self.mailer.send(message)
        except NoLongerTrue as reason:
            await self._end(delivery, "dropped", str(reason))
        except NoMessageCanBeSent as reason:
            self.sending.note_failure(str(reason))
            if delivery.booking_id is None:
                await self._end(delivery, "refused", str(reason))
            else:
                # The owner has a day to mend the settings.
                await self._postpone(delivery, str(reason))
        except Undeliverable as reason:
            await self._end(delivery, "refused", str(reason))
        except Unavailable:
            raise
        except _Unwritten as error:
            await self._postpone(delivery, str(error))
        except Exception as error:
            # After any other error of the mail server, the same message may succeed later.
            why = reason_of(error)
            self.sending.note_failure(why)
            await self._postpone(delivery, why)
        else:
            self.sending.note_success()
            await self._end(delivery, "sent")

    async def _write(self, delivery: Delivery) -> Message:
        """Return the message. Raises _Unwritten for an error in Dibs or in a template, which says
        nothing about the mail server."""
        try:
            return await self._writers[delivery.letter].write(delivery)
        except (Undeliverable, Unavailable):
            raise
        except Exception as error:
            log.exception("a letter can't be written", delivery=delivery.id)
            raise _Unwritten(f"it can't be written: {type(error).__name__}") from error

    async def _postpone(self, delivery: Delivery, why: str) -> None:
        if self._database.clock.now() - _first_due(delivery) >= MAX_AGE:
            await self._end(delivery, "given_up", why)
            return
        log.warning("not delivered", letter=delivery.letter, delivery=delivery.id, reason=why)
        longest = MAX_CODE_DELAY if delivery.booking_id is None else MAX_DELAY
        delay = min(timedelta(seconds=2 ** min(delivery.attempts, 20)), longest)
        delay *= 1 + self._jitter() / 4
        await self._database.write(deliveries.postpone, delivery, delay, why)

    async def _end(self, delivery: Delivery, state: State, reason: str | None = None) -> None:
        if reason is not None:
            say = log.info if state == "dropped" else log.warning
            say(
                "letter given up",
                letter=delivery.letter,
                delivery=delivery.id,
                state=state,
                attempts=delivery.attempts + 1,
                reason=reason,
            )
        metrics.count_letter(delivery.letter, state)
        await self._database.write(deliveries.finish, delivery, state, reason)


def _first_due(delivery: Delivery) -> datetime:
    """Return when the letter was first to be sent. A reminder is written down long before that."""
    if delivery.lead and delivery.starts_at is not None:
        return delivery.starts_at - timedelta(minutes=delivery.lead)
    return delivery.created_at
