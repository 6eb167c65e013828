"""People who sign in by codes, and a mail server that the test can stop."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from typing import Any

from sqlalchemy import Row, Select, select

from dibs.desk import Desk
from dibs.ledger.database import Database
from dibs.ledger.tables import deliveries, sessions
from dibs.letters.letter import Letter, WrittenLetter
from dibs.letters.writer import LetterWriter
from dibs.notify.codes import LETTER, CodeMessageWriter, Codes
from dibs.notify.mail import Message, Undeliverable
from dibs.notify.mail_worker import MailWorker
from dibs.notify.post import codes_by
from tests.support.dibs_in_process import SECRET
from tests.support.hand_clock import HandClock
from tests.support.mail import text_of

ADDRESS = "ann@example.com"


@dataclass
class MailServer:
    """A mail server that takes messages, unless it is closed, hangs or refuses them for good.

    Its answer may be lost, as when the worker dies between sending a message and recording it.
    """

    messages: list[EmailMessage] = field(default_factory=list)
    closed: bool = False
    hangs: bool = False
    hangs_for: set[str] = field(default_factory=set)
    refuses: bool = False
    refuses_with: Undeliverable | None = None
    refused: set[str] = field(default_factory=set)
    forgets_to_answer: bool = False
    attempts: int = 0

    async def send(self, message: Message) -> None:
        self.attempts += 1
        if self.closed:
            raise ConnectionRefusedError
        if self.refuses_with is not None:
            raise self.refuses_with
        if self.refuses or message.to in self.refused:
            raise Undeliverable("refused with 550")
        if self.hangs or message.to in self.hangs_for:
            await asyncio.Event().wait()
        self.messages.append(message.email)
        if self.forgets_to_answer:
            raise ConnectionResetError

    @property
    def code(self) -> str:
        found = re.search(r"\b\d{6}\b", text_of(self.messages[-1]))
        assert found is not None
        return found[0]


@dataclass
class Scene:
    clock: HandClock
    mail_server: MailServer
    codes: Codes
    database: Database
    desk: Desk

    async def ask(self) -> None:
        await self.desk.sign_in.send_code(ADDRESS)
        await self.codes.mail_worker.deliver_due()

    async def try_again(self) -> None:
        self.clock.advance(60)
        await self.codes.mail_worker.deliver_due()

    async def deliveries(self) -> list[tuple[str, datetime | None]]:
        """Return the state of each delivery, and when it will be tried."""
        rows = await self.rows(select(deliveries.c.state, deliveries.c.due_at))
        return [(row.state, row.due_at) for row in rows]

    async def uses(self) -> list[datetime | None]:
        """Return when each session was last used, as stored; sessions that were never used come
        first."""
        rows = await self.rows(select(sessions.c.used_at))
        return sorted((row.used_at for row in rows), key=str, reverse=True)

    async def rows(self, statement: Select[*tuple[Any, ...]]) -> Sequence[Row[*tuple[Any, ...]]]:
        return await self.database.read(lambda connection: connection.execute(statement).all())

    def another_worker(self) -> Codes:
        return codes_of(self.desk, self.mail_server)

    def impatient_worker(self) -> MailWorker:
        lifetime = self.desk.context.settings.code_lifetime
        writer = CodeMessageWriter(
            self.database, self.codes.hashes, PlainLetters(), "dibs@x.example", lifetime
        )
        return MailWorker(
            self.database, self.mail_server, {LETTER: writer}, send_timeout=0.1, jitter=lambda: 0
        )


class PlainLetters(LetterWriter):
    """Writes letters that a test can read: the subject is the kind of the letter."""

    def write(self, letter: Letter) -> WrittenLetter:
        text = f"{letter.appointment.starts_at.isoformat()} {letter.appointment.sequence}"
        return WrittenLetter(letter.kind, text, f"<p>{text}</p>", None, "REQUEST")


def codes_of(desk: Desk, mail_server: MailServer, secret: str = SECRET) -> Codes:
    """Return a worker that sends codes and letters by this mail server. Its pauses between tries
    have no random part."""
    context = desk.context
    settings = context.settings.model_copy(update={"mail_from": "dibs@x.example"})
    url = "https://booking.example"
    sign = context.tokens.token_of
    codes = codes_by(mail_server, PlainLetters(), context.ledger, settings, secret, sign, url)
    codes.mail_worker._jitter = lambda: 0
    return codes
