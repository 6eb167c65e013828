"""Sign-in codes, which are made while their message is written. Only a code's hash is stored.

A code is computed from the secret key and the salt of its outbox entry. So a message that has to be
sent again, because nobody knows whether it went out the first time, has the same code. The tries
that were used up stay used up.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dibs.ledger import sign_in
from dibs.ledger.sign_in import CodeKey
from dibs.notify.mail import Undeliverable, write_message
from dibs.notify.mail_worker import MailWorker

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import timedelta

    from dibs.ledger.database import Database
    from dibs.ledger.outbox import Entry
    from dibs.notify.mail import Mailer, Message

TOPIC = "sign_in.code"

TEXT = """\
Your sign-in code is {code}. It is good once, for {minutes} minutes from when it was asked for.

If you did not ask for it, somebody typed your address by mistake: do nothing, and tell nobody
the code.

{business}
"""


def order(key: CodeKey, business: str) -> dict[str, str]:
    """The outbox entry of a new code, which is good only in the browser that asked for it."""
    return {
        "email": key.email,
        "business": business,
        "browser": key.browser,
        "salt": secrets.token_hex(16),
    }


def key_of(payload: Mapping[str, str]) -> CodeKey:
    """The key of the code that an outbox entry orders."""
    return CodeKey(payload["email"], payload.get("browser", ""))


class CodeHash:
    """Hashes codes with the secret key. A code has only six digits, so without a key anybody who
    sees its hash could find it by trying all of them."""

    def __init__(self, secret_key: str) -> None:
        self._key = secret_key.encode()

    def of(self, key: CodeKey, code: str) -> str:
        return self._mac(f"code:{key.email}:{key.browser}:{code}")

    def asked_by(self, *parts: str) -> str:
        """The name under which codes are counted. It doesn't tell which address it is made of."""
        return self._mac(":".join(("asked by", *parts)))

    def new(self, salt: str) -> str:
        """A code of six digits. The first isn't 0, because a client may read it as a number."""
        mac = hmac.digest(self._key, b"new code:" + salt.encode(), hashlib.sha256)
        return str(100_000 + int.from_bytes(mac) % 900_000)

    def _mac(self, said: str) -> str:
        return hmac.digest(self._key, said.encode(), hashlib.sha256).hex()


class CodeMessageWriter:
    """Writes the message with a code. A later message to the same address replaces the code."""

    def __init__(
        self, database: Database, hashes: CodeHash, sender: str, good_for: timedelta
    ) -> None:
        self._database = database
        self._hashes = hashes
        self._sender = sender
        self._good_for = good_for

    async def write(self, entry: Entry) -> Message:
        email, business = entry.payload["email"], entry.payload["business"]
        key = key_of(entry.payload)
        expires_at = entry.created_at + self._good_for
        if self._database.clock.now() >= expires_at:
            raise Undeliverable("too late")
        code = self._hashes.new(entry.payload["salt"])
        minutes = max(1, int(self._good_for.total_seconds()) // 60)
        text = TEXT.format(code=code, minutes=minutes, business=business)
        message = write_message(self._sender, email, f"{business}: your sign-in code", text)
        hashed = self._hashes.of(key, code)
        if not await self._database.write(sign_in.set_code, key, hashed, expires_at):
            raise Undeliverable("there is a newer code, or this one is used up")
        return message


@dataclass(frozen=True)
class Codes:
    """What signing in needs to send codes and to compare them."""

    hashes: CodeHash
    mail_worker: MailWorker


def codes_by_mail(
    database: Database, mailer: Mailer, secret_key: str, sender: str, good_for: timedelta
) -> Codes:
    """Sign-in codes that are sent by e-mail."""
    hashes = CodeHash(secret_key)
    writer = CodeMessageWriter(database, hashes, sender, good_for)
    return Codes(hashes, MailWorker(database, mailer, {TOPIC: writer}))
