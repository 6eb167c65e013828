"""The mail worker: writes a message for each entry of the outbox and sends it.

What can't be sent is tried again later, unless the mail server refuses it for good.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

import structlog

from dibs.errors import Unavailable
from dibs.known_state import KnownState
from dibs.ledger import outbox
from dibs.notify.mail import SEND_TIMEOUT, NoMessageCanBeSent, Undeliverable, reason_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dibs.ledger.database import Database
    from dibs.ledger.outbox import Entry
    from dibs.notify.mail import Mailer, Message

log = structlog.get_logger()

#: Seconds after which the worker reads the outbox without being woken: a message that failed may be
#: due again, or another process may have died before it sent one.
READ_INTERVAL = 1.0
#: So many messages are sent at the same time.
MAX_DELIVERIES = 10
#: So many of these may be messages that failed before. The rest is kept for new ones.
MAX_RETRIES = 5
#: For so long no other worker tries the same message. It is longer than any delivery takes.
LEASE = timedelta(seconds=4 * SEND_TIMEOUT)
MAX_DELAY = timedelta(minutes=1)


class Writer(Protocol):
    async def write(self, entry: Entry) -> Message:
        """The message for an entry. Raises Undeliverable, also if it is of no use any more."""
        ...


class MailWorker:
    """Sends the messages of one database's outbox. Each node has one; they share the work."""

    def __init__(
        self,
        database: Database,
        mailer: Mailer,
        writers: Mapping[str, Writer],
        send_timeout: float = SEND_TIMEOUT,
    ) -> None:
        """`writers` are by topic; entries of other topics are left alone.

        `send_timeout` is how many seconds it may take in all to send a message.
        """
        self._database = database
        self._mailer = mailer
        self._writers = writers
        self._send_timeout = send_timeout
        self.sending = KnownState("mail can't be sent", "mail can be sent again")
        self._woken = asyncio.Event()
        self._under_way: dict[asyncio.Task[None], Entry] = {}

    def wake(self) -> None:
        """Read the outbox now, because something new is in it."""
        self._woken.set()

    async def run(self) -> None:
        """Deliver until cancelled, also while the database or the mail server fails.

        A mail server that hangs delays only its own messages, and each of them until its time-out.
        """
        try:
            while True:
                with suppress(Unavailable):  # The database has logged it.
                    await self._begin()
                with suppress(TimeoutError):
                    async with asyncio.timeout(READ_INTERVAL):
                        await self._woken.wait()
                self._woken.clear()
        finally:
            for delivery in self._under_way:
                delivery.cancel()
            await asyncio.gather(*self._under_way, return_exceptions=True)

    async def deliver_due(self) -> None:
        """Try the due messages once, as many as are sent at the same time. Raises Unavailable."""
        await self._begin()
        await asyncio.gather(*self._under_way)

    async def _begin(self) -> None:
        free = MAX_DELIVERIES - len(self._under_way)
        now = self._database.clock.now()
        entries = await self._database.read(outbox.due, now, self._writers.keys(), free)
        for entry in entries:
            if entry.attempts > 0 and self._retries >= MAX_RETRIES:
                break
            delivery = asyncio.create_task(self._deliver(entry))
            self._under_way[delivery] = entry
            delivery.add_done_callback(self._under_way.pop)

    @property
    def _retries(self) -> int:
        """How many of the messages that are being sent failed before."""
        return sum(entry.attempts > 0 for entry in self._under_way.values())

    async def _deliver(self, entry: Entry) -> None:
        try:
            await self._try(entry)
        except Unavailable:
            pass  # The database has logged it, and the entry falls due again.
        except Exception:
            log.exception("an entry of the outbox can't be handled", entry=entry.id)

    async def _try(self, entry: Entry) -> None:
        if not await self._database.write(outbox.take, entry, LEASE):
            return
        try:
            message = await self._writers[entry.topic].write(entry)
            async with asyncio.timeout(self._send_timeout):
                await self._mailer.send(message)
        except Undeliverable as reason:
            if isinstance(reason, NoMessageCanBeSent):
                self.sending.failed(str(reason))
            log.warning(
                "given up",
                topic=entry.topic,
                entry=entry.id,
                attempts=entry.attempts + 1,
                reason=str(reason),
            )
            delivered = False
        except Exception as error:
            # Any other error of the mail server: the same may succeed later.
            delay = min(timedelta(seconds=2**entry.attempts), MAX_DELAY)
            why = reason_of(error)
            self.sending.failed(why)
            log.warning("not delivered", topic=entry.topic, entry=entry.id, reason=why)
            await self._database.write(outbox.postpone, entry, delay)
            return
        else:
            self.sending.worked()
            delivered = True
        await self._database.write(outbox.finish, entry, delivered=delivered)
