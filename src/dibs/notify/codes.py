"""The sign-in code: made while its letter is written, so that only its hash is ever stored."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dibs.ledger import sign_in
from dibs.notify.mail import Undeliverable, write_letter
from dibs.notify.post import Post

if TYPE_CHECKING:
    from datetime import timedelta

    from dibs.ledger.database import Database
    from dibs.ledger.outbox import Entry
    from dibs.notify.mail import Letter, Mailer

TOPIC = "sign_in.code"

TEXT = """\
Your sign-in code is {code}. It is good for {minutes} minutes, once.

If you did not ask for it, somebody typed your address by mistake: do nothing, and tell nobody
the code.

{business}
"""


class CodeHash:
    """A code has six digits: without the key its hash would give it away."""

    def __init__(self, secret_key: str) -> None:
        self._key = secret_key.encode()

    def of(self, email: str, code: str) -> str:
        said = f"code:{email}:{code}".encode()
        return hmac.digest(self._key, said, hashlib.sha256).hex()


class CodeLetter:
    """Writes the letter; a later one for the same address makes the earlier code useless."""

    def __init__(
        self, database: Database, hashes: CodeHash, sender: str, good_for: timedelta
    ) -> None:
        self._database = database
        self._hashes = hashes
        self._sender = sender
        self._good_for = good_for

    async def write(self, entry: Entry) -> Letter:
        email = entry.payload["email"]
        if self._database.clock.now() >= entry.created_at + self._good_for:
            raise Undeliverable("too late")
        code = new_code()
        async with self._database.write() as tx:
            await sign_in.set_code(tx, email, self._hashes.of(email, code), tx.now + self._good_for)
        business = entry.payload["business"]
        minutes = max(1, int(self._good_for.total_seconds()) // 60)
        text = TEXT.format(code=code, minutes=minutes, business=business)
        return write_letter(self._sender, email, f"{business}: your sign-in code", text)


@dataclass(frozen=True)
class Codes:
    """What signing in needs of the post."""

    hashes: CodeHash
    post: Post


def codes_by_mail(
    database: Database, mailer: Mailer, secret_key: str, sender: str, good_for: timedelta
) -> Codes:
    """A post that sends sign-in codes."""
    hashes = CodeHash(secret_key)
    letter = CodeLetter(database, hashes, sender, good_for)
    return Codes(hashes, Post(database, mailer, {TOPIC: letter}))


def new_code() -> str:
    """Six digits, the first of which isn't 0: a client may take it for a number."""
    return str(100_000 + secrets.randbelow(900_000))
