"""Delivering the outbox: each entry is written as a letter and sent, again if that can help."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

import structlog

from dibs.ledger import outbox
from dibs.notify.mail import SEND_SECONDS, Undeliverable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dibs.ledger.database import Database
    from dibs.ledger.outbox import Entry
    from dibs.notify.mail import Letter, Mailer

log = structlog.get_logger()

#: How often we look by ourselves: at what failed, and at what another process left behind.
LOOK_EVERY = 1.0
AT_ONCE = 10
#: So many of them may be letters that failed before: the rest is for new ones.
AGAIN_AT_ONCE = 5
#: Longer than a delivery takes: nobody else tries meanwhile.
LEASE = timedelta(seconds=4 * SEND_SECONDS)
LONGEST_DELAY = timedelta(minutes=1)


class Writer(Protocol):
    async def write(self, entry: Entry) -> Letter:
        """The letter for an entry. Raises Undeliverable, also if it is of no use any more."""
        ...


class Post:
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
        self._woken = asyncio.Event()
        self._under_way: dict[asyncio.Task[None], Entry] = {}

    def wake(self) -> None:
        """Something new has been put in."""
        self._woken.set()

    async def run(self) -> None:
        """Deliver until cancelled, whatever goes wrong.

        A server that hangs holds up its own letter alone, and is left when our patience is over.
        """
        try:
            while True:
                try:
                    await self._begin()
                except Exception as error:
                    log.warning("the outbox can't be read", error=type(error).__name__)
                with suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_EVERY):
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
        except Exception as error:
            kind = type(error).__name__
            log.warning(
                "the outbox can't be written; it falls due again", entry=entry.id, error=kind
            )

    async def _try(self, entry: Entry) -> None:
        async with self._database.write() as tx:
            if not await outbox.take(tx, entry, LEASE):
                return
        try:
            letter = await self._writers[entry.topic].write(entry)
            async with asyncio.timeout(self._patience):
                await self._mailer.send(letter)
        except Undeliverable as reason:
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
            delay = min(timedelta(seconds=2**entry.attempts), LONGEST_DELAY)
            log.warning(
                "not delivered", topic=entry.topic, entry=entry.id, error=type(error).__name__
            )
            async with self._database.write() as tx:
                await outbox.postpone(tx, entry, delay)
            return
        else:
            delivered = True
        async with self._database.write() as tx:
            await outbox.finish(tx, entry, delivered=delivered)
