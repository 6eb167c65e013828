"""Signs customers in: sends one-time codes by e-mail, and keeps the sessions that they open."""

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
from dibs.notify.codes import TOPIC, key_of, order, put_order
from dibs.plain_text import tidy_code

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
#: The least time between two writes of when a session was last used.
NOTE_INTERVAL = timedelta(minutes=5)


@dataclass(frozen=True)
class CodeRequester:
    """Who asks for a code: the network address, the secret of the browser, and the marks that the
    browser sends."""

    address: str = ""
    browser: str = ""
    marks: str = ""


#: For this process itself, and for tests.
NO_BROWSER = CodeRequester()


class SignIn:
    """Sends codes, opens sessions and ends them."""

    def __init__(self, context: DeskContext, codes: Codes | None) -> None:
        """Without `codes` there is no way to send one, so nobody can sign in."""
        self._context = context
        self._codes = codes
        self.known_browsers = KnownBrowsers(context.tokens)

    @property
    def can_send_codes(self) -> bool:
        """Whether there is a way to send codes."""
        return self._codes is not None

    async def send_code(
        self, email: str, requester: CodeRequester = NO_BROWSER, language: str | None = None
    ) -> None:
        """Order a code for an e-mail address. A worker sends it later, in a letter of that
        language, or else of the business's.

        If the requester has a browser's secret, the code is only valid together with that secret.

        Raises MailUnavailable, NotFound while no business is set up, TooManyRequests, Unavailable.
        """
        if self._codes is None:
            raise MailUnavailable
        catalog = await self._context.ledger.known_catalog()
        key = CodeKey(mailbox(email), _browser(requester.browser))
        limits = self._limits(self._codes.hashes, email, requester)
        spoken = language or catalog.business.language
        name = catalog.translate_into(spoken).business.name
        await self._order(order(key, name, spoken), limits)
        log.info("sign-in code asked for")
        self._codes.mail_worker.wake()

    @retry_on_conflict
    async def _order(self, message: dict[str, str], limits: list[Limit]) -> None:
        await self._context.ledger.database.write(_order_code, message, limits)

    def _limits(self, hashes: CodeHash, email: str, requester: CodeRequester) -> list[Limit]:
        """Return the limits under which a code counts.

        The codes of a browser that has signed in with the mailbox are counted for this browser
        alone. Those of all other browsers are also counted together with the codes of browsers of
        the same kind (booked with the mailbox, or unknown).
        """
        settings = self._context.settings
        if settings.limits != "on":
            return []
        box = mailbox_in_full(email)
        mark = self.known_browsers.mark_of(requester.marks, email)
        kind = mark.kind if mark else "unknown"
        own = mark.name if mark else requester.address
        counted: list[tuple[str, Rate, tuple[str, ...]]] = [
            (
                "max_code_rate_per_ip_and_mailbox",
                settings.max_code_rate_per_ip_and_mailbox,
                (box, kind, own),
            )
        ]
        if kind != SIGNED_IN:
            counted += [
                ("max_code_rate_per_mailbox", settings.max_code_rate_per_mailbox, (box, kind)),
                ("max_code_rate_per_ip", settings.max_code_rate_per_ip, (requester.address, kind)),
            ]
        return [
            Limit(hashes.hash_requester(name, *who), rate.count, rate.period, (name, str(rate)))
            for name, rate, who in counted
        ]

    async def verify(self, email: str, code: str, browser: str = "") -> str:
        """Return the token of a new session, if the code is right.

        The mail, the code and the session have the same form of the e-mail address. Raises
        WrongCode (also while the code is still to be made), CodeExpired (also after too many tries,
        or if the code was used), Unavailable.
        """
        if self._codes is None:
            raise CodeExpired
        email = mailbox(email)
        key = CodeKey(email, _browser(browser))
        hashed = self._codes.hashes.hash_code(key, tidy_code(code))
        token = secrets.token_hex(32)

        def use_code(tx: Transaction) -> type[DibsError] | None:
            wanted = sign_in.try_code(tx, key)
            if wanted is None:
                return WrongCode if _is_coming(tx, key) else CodeExpired
            if not hmac.compare_digest(wanted, hashed):
                return WrongCode
            sign_in.use_code(tx, key)
            ends = tx.now + self._context.settings.session_lifetime
            sign_in.open_session(tx, _hash(token), email, ends, self._idle)
            return None

        # It is raised only after the transaction, because a failed try has to be counted.
        refusal = await self._context.ledger.database.write(use_code)
        if refusal is not None:
            log.info("sign-in failed", code=refusal.code)
            raise refusal
        return token

    async def session(self, token: str) -> Session | None:
        """Return the session of a token, or None if it has ended or never existed. Raises
        Unavailable.

        Reading a session counts as using it. If that use can't be written down, the session is
        returned all the same.
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
        return self._context.settings.session_idle_timeout

    async def end(self, token: str, *, everywhere: bool = False) -> None:
        """End a session, if there is one. With `everywhere`, end all sessions of its e-mail
        address. Raises Unavailable."""
        close = sign_in.close_all_sessions if everywhere else sign_in.close_session
        await self._context.ledger.database.write(close, _hash(token))


def _order_code(tx: Transaction, message: dict[str, str], limits: list[Limit]) -> None:
    count_code(tx, limits)
    outbox.forget(tx, TOPIC, tx.now - REMEMBERED)
    put_order(tx, message)


def _is_coming(tx: Transaction, key: CodeKey) -> bool:
    """Tell whether the message with the first code of this e-mail address is still to be
    written."""
    if sign_in.has_code(tx, key):
        return False
    return any(key_of(payload) == key for payload in outbox.list_waiting(tx.connection, TOPIC))


def _browser(secret: str) -> str:
    """Return the hash of a browser's secret, which is what the database keeps."""
    return hashlib.sha256(b"browser:" + secret.encode()).hexdigest()[:32] if secret else ""


def _hash(token: str) -> str:
    return hashlib.sha256(b"session:" + token.encode()).hexdigest()
