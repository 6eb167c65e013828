"""Signing in: a one-time code by e-mail, and the session it opens."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from dibs.desk.known_browsers import SIGNED_IN, KnownBrowsers
from dibs.email_address import mailbox, mailbox_in_full
from dibs.errors import CodeExpired, MailUnavailable, Unavailable, WrongCode
from dibs.ledger import outbox, sign_in
from dibs.ledger.code_counts import Limit, count_code
from dibs.ledger.database import retry_on_conflict
from dibs.ledger.sign_in import CodeKey
from dibs.notify.codes import TOPIC, key_of, order

if TYPE_CHECKING:
    from dibs.desk.context import DeskContext
    from dibs.errors import DibsError
    from dibs.ledger.database import Transaction
    from dibs.ledger.sign_in import Session
    from dibs.notify.codes import CodeHash, Codes
    from dibs.setting_types import Rate

log = structlog.get_logger()

#: How long the outbox remembers to whom codes were sent.
REMEMBERED = timedelta(days=1)
#: How often it is written down at most that a session is used.
NOTE_INTERVAL = timedelta(minutes=5)


@dataclass(frozen=True)
class Asker:
    """Who asks for a code: where from, the secret of their browser, and the marks that it shows."""

    address: str = ""
    browser: str = ""
    marks: str = ""


#: This process itself, or a test.
NOBODY = Asker()


class SignIn:
    def __init__(self, context: DeskContext, codes: Codes | None) -> None:
        """Without `codes` there is no way to send one, so nobody can sign in."""
        self._context = context
        self._codes = codes
        self.known_browsers = KnownBrowsers(context.tokens)

    async def send_code(self, email: str, asker: Asker = NOBODY) -> None:
        """Have a code sent to an address, whoever it belongs to; it is on its way later.

        It is good for who shows the same secret of a browser, if one was given.

        Raises MailUnavailable, NotFound while no business is set up, TooManyRequests, Unavailable.
        """
        if self._codes is None:
            raise MailUnavailable
        catalog = await self._context.ledger.known_catalog()
        key = CodeKey(mailbox(email), _browser(asker.browser))
        limits = self._limits(self._codes.hashes, email, asker)
        await self._order(order(key, catalog.business.name), limits)
        log.info("sign-in code asked for")
        self._codes.mail_worker.wake()

    @retry_on_conflict
    async def _order(self, letter: dict[str, str], limits: list[Limit]) -> None:
        await self._context.ledger.database.write(_order_code, letter, limits)

    def _limits(self, hashes: CodeHash, email: str, asker: Asker) -> list[Limit]:
        """What a code counts for. A browser that has signed in with the mailbox counts for itself
        alone; all others also count together with those that are known as little."""
        settings = self._context.settings
        if settings.limits != "on":
            return []
        box = mailbox_in_full(email)
        mark = self.known_browsers.mark_of(asker.marks, email)
        kind = mark.kind if mark else "unknown"
        own = mark.name if mark else asker.address
        counted: list[tuple[str, Rate, tuple[str, ...]]] = [
            ("limit_codes", settings.limit_codes, (box, kind, own))
        ]
        if kind != SIGNED_IN:
            counted += [
                ("limit_codes_mailbox", settings.limit_codes_mailbox, (box, kind)),
                ("limit_codes_address", settings.limit_codes_address, (asker.address, kind)),
            ]
        return [
            Limit(hashes.asked_by(name, *who), rate.count, rate.period, (name, str(rate)))
            for name, rate, who in counted
        ]

    async def verify(self, email: str, code: str, browser: str = "") -> str:
        """The token of a new session for the one who knows the address's code.

        The address is the same in all of it: the letter's, the code's and the session's.
        Raises WrongCode (also while the code is still to be made), CodeExpired (also after too many
        tries, or use), Unavailable.
        """
        if self._codes is None:
            raise CodeExpired
        email = mailbox(email)
        key = CodeKey(email, _browser(browser))
        hashed = self._codes.hashes.of(key, code)
        token = secrets.token_hex(32)

        def use_code(tx: Transaction) -> type[DibsError] | None:
            wanted = sign_in.try_code(tx, key)
            if wanted is None:
                return WrongCode if _is_coming(tx, key) else CodeExpired
            if not hmac.compare_digest(wanted, hashed):
                return WrongCode
            sign_in.use_code(tx, key)
            ends = tx.now + self._context.settings.session_time
            sign_in.open_session(tx, _hash(token), email, ends, self._idle)
            return None

        # It is raised only now, because a try counts also when it fails.
        refusal = await self._context.ledger.database.write(use_code)
        if refusal is not None:
            log.info("sign-in failed", code=refusal.code)
            raise refusal
        return token

    async def session(self, token: str) -> Session | None:
        """Whose session this is; None if it is over or never was. Raises Unavailable.

        To ask is to use it. It is read as well when that can't be written down.
        """
        now = self._context.clock.now()
        database = self._context.ledger.database
        found = await database.read(sign_in.session, _hash(token), now, self._idle)
        if found is not None and now - found.used_at >= min(NOTE_INTERVAL, self._idle / 10):
            with suppress(Unavailable):
                await database.write(sign_in.note_use, _hash(token))
        return found

    @property
    def _idle(self) -> timedelta:
        return self._context.settings.session_idle

    async def end(self, token: str, *, everywhere: bool = False) -> None:
        """End a session, if there is one; `everywhere` all of its address. Raises Unavailable."""
        close = sign_in.close_all_sessions if everywhere else sign_in.close_session
        await self._context.ledger.database.write(close, _hash(token))


def _order_code(tx: Transaction, letter: dict[str, str], limits: list[Limit]) -> None:
    count_code(tx, limits)
    outbox.forget(tx, TOPIC, tx.now - REMEMBERED)
    outbox.put(tx, TOPIC, letter)


def _is_coming(tx: Transaction, key: CodeKey) -> bool:
    """Whether the letter that brings the address's first code is still to be written."""
    if sign_in.has_code(tx, key):
        return False
    return any(key_of(payload) == key for payload in outbox.waiting(tx.connection, TOPIC))


def _browser(secret: str) -> str:
    """What is kept of a browser's secret."""
    return hashlib.sha256(b"browser:" + secret.encode()).hexdigest()[:32] if secret else ""


def _hash(token: str) -> str:
    return hashlib.sha256(b"session:" + token.encode()).hexdigest()
