"""Sign-in codes, which are made while their message is written. Only a code's hash is stored.

A code is computed from the secret key and the salt of its event. So a message that has to be
sent again, because nobody knows whether it went out the first time, has the same code. The tries
that were used up stay used up.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dibs.ledger import deliveries, outbox, sign_in
from dibs.ledger.deliveries import Draft
from dibs.ledger.sign_in import CodeKey
from dibs.notify.letterhead import named_letterhead
from dibs.notify.mail import Content, Headers, Undeliverable, write_message

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime, timedelta

    from dibs.ledger.database import Database, Transaction
    from dibs.ledger.deliveries import Delivery
    from dibs.letters.letter import Business
    from dibs.letters.writer import LetterWriter
    from dibs.notify.mail import Message
    from dibs.notify.mail_worker import MailWorker

TOPIC = "sign_in.code"
#: The letter that has the code.
LETTER = "code"


def order(key: CodeKey, business: str, language: str) -> dict[str, str]:
    """Return the event that orders a new code. The code is good only in the browser that asked for
    it. `language` is the language of the letter."""
    return {
        "email": key.email,
        "business": business,
        "browser": key.browser,
        "language": language,
        "salt": secrets.token_hex(16),
    }


def put_order(tx: Transaction, order: Mapping[str, str]) -> None:
    """Order the letter with the code, due at once. `order` is the event."""
    event_id = outbox.put(tx, TOPIC, order)
    draft = Draft(LETTER, "customer", order["email"], tx.now)
    deliveries.insert_deliveries(tx, event_id, None, [draft])


def key_of(payload: Mapping[str, str]) -> CodeKey:
    """Return the key of the code that an event orders."""
    return CodeKey(payload["email"], payload.get("browser", ""))


class CodeHash:
    """Hashes codes with the secret key. A code has only six digits, so without a key anybody who
    sees its hash could find the code by trying all codes."""

    def __init__(self, secret_key: str) -> None:
        self._key = secret_key.encode()

    def hash_code(self, key: CodeKey, code: str) -> str:
        return self._mac(f"code:{key.email}:{key.browser}:{code}")

    def hash_requester(self, *parts: str) -> str:
        """Return the name under which requests for codes are counted. The name doesn't reveal the
        address that it is made of."""
        return self._mac(":".join(("asked by", *parts)))

    def new(self, salt: str) -> str:
        """Return a code of six digits. The first digit isn't 0, because a client may read the code
        as a number."""
        mac = hmac.digest(self._key, b"new code:" + salt.encode(), hashlib.sha256)
        return str(100_000 + int.from_bytes(mac) % 900_000)

    def link_token(self, salt: str) -> str:
        """Return the token of a user's link (see `link_letters.py`)."""
        mac = hmac.digest(self._key, b"user link:" + salt.encode(), hashlib.sha256)
        return base64.urlsafe_b64encode(mac).decode().rstrip("=")

    def _mac(self, said: str) -> str:
        return hmac.digest(self._key, said.encode(), hashlib.sha256).hex()


class CodeMessageWriter:
    """Writes the message with a code. A later message for the same address and browser replaces the
    code."""

    def __init__(
        self,
        database: Database,
        hashes: CodeHash,
        writer: LetterWriter,
        sender: str,
        good_for: timedelta,
        public_url: str = "",
    ) -> None:
        self._database = database
        self._hashes = hashes
        self._writer = writer
        self._sender = sender
        self._good_for = good_for
        self._public_url = public_url

    async def write(self, delivery: Delivery) -> Message:
        key = key_of(delivery.payload)
        expires_at = delivery.event_at + self._good_for
        now = self._database.clock.now()
        if now >= expires_at:
            raise Undeliverable("too late")
        code = self._hashes.new(delivery.payload["salt"])
        minutes = max(1, int(self._good_for.total_seconds()) // 60)
        name = delivery.payload["business"]
        business = await named_letterhead(self._database, self._public_url, name)
        message = self._message(delivery, business, code, minutes, now)
        hashed = self._hashes.hash_code(key, code)
        if not await self._database.write(sign_in.set_code, key, hashed, expires_at):
            raise Undeliverable("there is a newer code, or this one is used up")
        return message

    def _message(
        self, delivery: Delivery, business: Business, code: str, minutes: int, now: datetime
    ) -> Message:
        said = delivery.payload
        letter = self._writer.write_code(code, minutes, business, said.get("language", ""))
        content = Content(letter.subject, letter.text, letter.html)
        headers = Headers(sender_name=business.name)
        return write_message(self._sender, said["email"], content, now, headers)


@dataclass(frozen=True)
class Codes:
    """What signing in needs to send codes and to compare them."""

    hashes: CodeHash
    mail_worker: MailWorker
