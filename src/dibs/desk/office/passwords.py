"""Decides which passwords are good enough, and hashes them with argon2."""

from __future__ import annotations

import asyncio
import unicodedata
from typing import TYPE_CHECKING, TypeVar

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from dibs.errors import FieldError, Invalid

if TYPE_CHECKING:
    from collections.abc import Callable

Result = TypeVar("Result")

HASHER = Argon2Hasher()
MIN_LENGTH = 10
MAX_LENGTH = 200
#: How many hashes are made at once. Each takes 64 MiB of memory, and a processor for a part of a
#: second.
MAX_AT_ONCE = 2
#: A password with fewer different characters is easy to guess.
MIN_DIFFERENT = 5
#: Passwords that are long enough, but are among the first that attackers try.
COMMON = frozenset(
    {
        *("0123456789", "123456789a", "1234567890", "12345678910", "1q2w3e4r5t", "1qaz2wsx3edc"),
        *("abcdefghij", "administrator", "changeme123", "iloveyou123", "letmein123"),
        *("passwort123", "passwort1234", "password123", "password1234"),
        *("qwertyuiop", "qwertzuiop", "welcome123", "welcome1234"),
    }
)


def check_password(password: str, *words: str) -> None:
    """Raise Invalid if a password is too easy to guess. `words` are the name and the e-mail address
    of its user."""
    if len(password) < MIN_LENGTH:
        raise Invalid(
            FieldError("password", "too_short", MIN_LENGTH),
            detail=f"The password needs {MIN_LENGTH} characters at least.",
        )
    if len(password) > MAX_LENGTH:
        raise Invalid(
            FieldError("password", "too_long", MAX_LENGTH),
            detail=f"The password may have {MAX_LENGTH} characters at most.",
        )
    plain = password.casefold()
    easy = {each.casefold() for each in words}
    if len(set(plain)) < MIN_DIFFERENT or plain in COMMON or plain in easy:
        raise Invalid(
            FieldError("password", "too_simple"),
            detail="This password is guessed soon. Several words that don't belong together make"
            " a good one.",
        )


class Passwords:
    """Makes and checks hashes in threads, a few at once."""

    def __init__(self) -> None:
        self._hasher = PasswordHash((HASHER,))
        self._turns = asyncio.Semaphore(MAX_AT_ONCE)
        self._unknown = ""

    async def hash(self, password: str) -> str:
        return await self._run(lambda: self._hasher.hash(_same_everywhere(password)))

    async def verify(self, password: str, known: str | None) -> bool:
        """Tell whether this is the password with the hash `known`. Without a hash the answer is no,
        after the same time."""
        if not self._unknown:
            self._unknown = await self.hash("the password of nobody")
        typed = _same_everywhere(password)
        fits = await self._run(lambda: self._hasher.verify(typed, known or self._unknown))
        return fits and known is not None

    async def _run(self, work: Callable[[], Result]) -> Result:
        async with self._turns:
            return await asyncio.to_thread(work)


def _same_everywhere(password: str) -> str:
    """Return a password in one form, because keyboards write some letters in two ways."""
    return unicodedata.normalize("NFC", password)
