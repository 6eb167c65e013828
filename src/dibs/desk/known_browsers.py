"""Browsers that have signed in or booked with a mailbox: each keeps a mark, which names nobody.

The codes that such a browser asks for are counted apart, so that strangers can't use up their
number. A booking proves less than a sign-in, because anybody can book with any address.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from dibs.email_address import mailbox_in_full

if TYPE_CHECKING:
    from dibs.desk.tokens import ManageTokens

#: For how many mailboxes one browser keeps marks; the newest marks stay.
MAX_MARKS = 5
PURPOSE = "known browser"
SIGNED_IN: Literal["s"] = "s"
BOOKED: Literal["b"] = "b"
MARK = re.compile(r"([sb])([A-Za-z0-9_-]{16})([A-Za-z0-9_-]{32})", re.ASCII)


@dataclass(frozen=True)
class Mark:
    """What a browser has done with a mailbox (`kind`), with a random name and a signature."""

    kind: str
    name: str
    signature: str

    def __str__(self) -> str:
        return self.kind + self.name + self.signature


class KnownBrowsers:
    def __init__(self, tokens: ManageTokens, purpose: str = PURPOSE) -> None:
        """Marks that were signed for another purpose don't fit."""
        self._tokens = tokens
        self._purpose = purpose

    def mark_of(self, marks: str, email: str) -> Mark | None:
        """Return the mark for the mailbox among the marks that a browser sends, or None."""
        return next((each for each in _read(marks) if self._fits(each, email)), None)

    def add_mark(self, marks: str, email: str, kind: Literal["s", "b"]) -> str:
        """Return the new marks of a browser that has just booked or signed in with a mailbox."""
        known = self.mark_of(marks, email)
        others = [each for each in _read(marks) if not self._fits(each, email)]
        if known is None or (kind == SIGNED_IN and known.kind != SIGNED_IN):
            name = secrets.token_urlsafe(12)
            known = Mark(
                kind, name, self._tokens.sign(self._purpose, _signed_text(kind, name, email))
            )
        return ".".join(map(str, [known, *others][:MAX_MARKS]))

    def _fits(self, mark: Mark, email: str) -> bool:
        return self._tokens.is_signed(
            mark.signature, self._purpose, _signed_text(mark.kind, mark.name, email)
        )


def _read(marks: str) -> list[Mark]:
    """Return the texts that have the form of marks. Their signatures are not checked here."""
    found = map(MARK.fullmatch, marks.split(".", MAX_MARKS)[:MAX_MARKS])
    return [Mark(*match.groups()) for match in found if match]


def _signed_text(kind: str, name: str, email: str) -> str:
    return f"{kind}{name}:{mailbox_in_full(email)}"
