"""Keeps letters instead of sending them, so that somebody who tries Dibs can read them."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from email.message import EmailMessage

    from dibs.notify.mail import Message

#: How many letters are kept in the memory of the process: the newest ones.
MAX_KEPT = 200


@dataclass(frozen=True)
class KeptLetter:
    """A letter, as a mail server would get it. Numbers begin with 1 at each start of Dibs."""

    number: int
    to: str
    email: EmailMessage


class LocalOutbox:
    """Takes the place of a mail server."""

    def __init__(self) -> None:
        self._kept: deque[KeptLetter] = deque(maxlen=MAX_KEPT)
        self._count = 0

    async def send(self, message: Message) -> None:
        self._count += 1
        self._kept.append(KeptLetter(self._count, message.to, message.email))

    @property
    def letters(self) -> list[KeptLetter]:
        """The kept letters, the newest first."""
        return list(reversed(self._kept))

    def find(self, number: int) -> KeptLetter | None:
        return next((each for each in self._kept if each.number == number), None)
