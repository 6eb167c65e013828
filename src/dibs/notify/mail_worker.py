"""Delivering the outbox: each entry is written as a letter and sent, again if that can help."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

import structlog

from dibs.errors import Unavailable
from dibs.known_state import KnownState
from dibs.ledger import outbox
from dibs.notify.mail import SEND_SECONDS, NoLetterCanBeSent, Undeliverable, reason_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dibs.ledger.database import Database
    from dibs.ledger.outbox import Entry
    from dibs.notify.mail import Letter, Mailer

log = structlog.get_logger()

#: How often we look by ourselves: at what failed, and at what another process left behind.
LOOK_INTERVAL = 1.0
AT_ONCE = 10
#: So many of them may be letters that failed before: the rest is for new ones.
AGAIN_AT_ONCE = 5
#: Longer than a delivery takes: nobody else tries meanwhile.
LEASE = timedelta(seconds=4 * SEND_SECONDS)
MAX_DELAY = timedelta(minutes=1)


class Writer(Protocol):
    async def write(self, entry: Entry) -> Letter:
        """The letter for an entry. Raises Undeliverable, also if it is of no use any more."""
        ...


class MailWorker:
    def __init__(
        self,
        database: Database,
        mailer: Mailer,
        writers: Mapping[str, Writer],
        patience: float = SEND_SECONDS,
    ) -> None:
        """`writers` are by topic; entries of other topics are left alone.

        `patience` is how many seconds a letter may take to send, in all.
        """
        self._database = database
        self._mailer = mailer
        self._writers = writers
        self._patience = patience
        self.sending = KnownState("mail can't be sent", "mail can be sent again")
        self._woken = asyncio.Event()
        self._under_way: dict[asyncio.Task[None], Entry] = {}

    def wake(self) -> None:
        """Something new has been put in."""
        self._woken.set()

    async def run(self) -> None:
        """Deliver until cancelled, whatever the database and the mail server are up to.

        A server that hangs holds up its own letter alone, and is left when our patience is over.
        """
        try:
            while True:
                with suppress(Unavailable):  # The database has said so.
                    await self._begin()
                with suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_INTERVAL):
                        await self._woken.wait()
                self._woken.clear()
        finally:
            for delivery in self._under_way:
                delivery.cancel()
            await asyncio.gather(*self._under_way, return_exceptions=True)

    async def deliver_due(self) -> None:
        """Try once what is due, as much as goes at once. Raises Unavailable."""
        await self._begin()
        await asyncio.gather(*self._under_way)

    async def _begin(self) -> None:
        room = AT_ONCE - len(self._under_way)
        now = self._database.clock.now()
        async with self._database.read() as connection:
            entries = await outbox.due(connection, now, self._writers.keys(), room)
        for entry in entries:
            if entry.attempts > 0 and self._again >= AGAIN_AT_ONCE:
                break
            delivery = asyncio.create_task(self._deliver(entry))
            self._under_way[delivery] = entry
            delivery.add_done_callback(self._under_way.pop)

    @property
    def _again(self) -> int:
        """How many letters under way failed before."""
        return sum(entry.attempts > 0 for entry in self._under_way.values())

    async def _deliver(self, entry: Entry) -> None:
        try:
            await self._try(entry)
        except Unavailable:
            pass  # The database has said so; the entry falls due again.
        except Exception:
            log.exception("an entry of the outbox can't be handled", entry=entry.id)

    async def _try(self, entry: Entry) -> None:
        async with self._database.write() as tx:
            if not await outbox.take(tx, entry, LEASE):
                return
        try:
            letter = await self._writers[entry.topic].write(entry)
            async with asyncio.timeout(self._patience):
                await self._mailer.send(letter)
        except Undeliverable as reason:
            if isinstance(reason, NoLetterCanBeSent):
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
            # Whatever the mail server is up to: later is another chance. Its words name people.
            delay = min(timedelta(seconds=2**entry.attempts), MAX_DELAY)
            why = reason_of(error)
            self.sending.failed(why)
            log.warning("not delivered", topic=entry.topic, entry=entry.id, reason=why)
            async with self._database.write() as tx:
                await outbox.postpone(tx, entry, delay)
            return
        else:
            self.sending.worked()
            delivered = True
        async with self._database.write() as tx:
            await outbox.finish(tx, entry, delivered=delivered)
