"""Signs users in to the office, and keeps the sessions of their browsers."""

from __future__ import annotations

import hashlib
import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from dibs.desk.known_browsers import SIGNED_IN, KnownBrowsers
from dibs.desk.office.errors import SecondFactorNeeded, WrongPassword, WrongSecondFactor
from dibs.desk.office.passwords import Passwords, check_password
from dibs.desk.office.permissions import Principal, principal_of_user
from dibs.desk.office.second_factor import (
    decrypt_secret,
    hash_of_recovery_code,
    is_app_code,
    step_of,
)
from dibs.email_address import mailbox
from dibs.errors import FieldError, Invalid, NotFound, Unavailable
from dibs.ledger import user_sessions, users
from dibs.ledger.code_counts import Limit, count_code, forget_counts
from dibs.ledger.database import retry_on_conflict
from dibs.ledger.journal import Author, record_change
from dibs.plain_text import tidy_code

if TYPE_CHECKING:
    from dibs.desk.context import DeskContext
    from dibs.ledger.database import Transaction
    from dibs.ledger.user_sessions import UserSession
    from dibs.ledger.users import User
    from dibs.setting_types import Rate

log = structlog.get_logger()

#: The least time between two writes of when a session was last used.
NOTE_INTERVAL = timedelta(minutes=5)


@dataclass(frozen=True)
class Client:
    """The browser that sends a request: its network address, what it says of itself in few words,
    and the marks of the users who have signed in with it."""

    address: str = ""
    browser: str = ""
    marks: str = ""


class Accounts:
    """Signs users in and out."""

    def __init__(self, context: DeskContext) -> None:
        self._context = context
        self._database = context.ledger.database
        self.passwords = Passwords()
        self.known_browsers = KnownBrowsers(context.tokens, "office browser")

    async def is_set_up(self) -> bool:
        """Tell whether there is any user."""
        return await self._database.read_one(users.has_users)

    async def sign_in(
        self, email: str, password: str, second_factor: str | None, client: Client
    ) -> str:
        """Sign a user in, and return the token of the new session.

        Every attempt is counted before the password is checked. Raises WrongPassword (also for
        unknown and disabled users, after the same work), SecondFactorNeeded, WrongSecondFactor,
        TooManyRequests, Unavailable.
        """
        email = mailbox(email)
        limits = self.limits_of(email, client)
        await self.count_attempt(limits)
        user = await self._database.read(users.find_by_email, email)
        is_able = user is not None and user.disabled_at is None
        known = user.password if user is not None and is_able else None
        if not await self.passwords.verify(password, known) or user is None:
            log.info("sign-in to the office failed")
            raise WrongPassword
        return await self._open(user, second_factor, client, limits)

    @retry_on_conflict
    async def count_attempt(self, limits: list[Limit]) -> None:
        """Count an attempt to sign in. Raises TooManyRequests, Unavailable."""
        if limits:
            await self._database.write(count_code, limits)

    def limits_of(self, email: str, client: Client) -> list[Limit]:
        """Return the limits under which an attempt counts. The attempts of a browser that has
        signed in as this user are counted apart, so that strangers can't lock the user out of
        it."""
        settings = self._context.settings
        if settings.limits != "on":
            return []
        mark = self.known_browsers.mark_of(client.marks, email)
        own = mark.name if mark else client.address
        counted: list[tuple[str, Rate, tuple[str, ...]]] = [
            (
                "max_password_rate_per_ip_and_user",
                settings.max_password_rate_per_ip_and_user,
                (email, own),
            )
        ]
        if mark is None:
            counted += [
                ("max_password_rate_per_user", settings.max_password_rate_per_user, (email,)),
                ("max_password_rate_per_ip", settings.max_password_rate_per_ip, (client.address,)),
            ]
        sign = self._context.tokens.sign
        return [
            Limit(sign(name, "\0".join(who)), rate.count, rate.period, (name, str(rate)))
            for name, rate, who in counted
        ]

    @retry_on_conflict
    async def _open(
        self, user: User, second_factor: str | None, client: Client, limits: list[Limit]
    ) -> str:
        token = secrets.token_urlsafe(32)

        def open_session(tx: Transaction) -> bool:
            now = users.find_user(tx.connection, user.id)
            if now is None or (now.password, now.disabled_at) != (user.password, None):
                raise WrongPassword
            if not self._is_second_factor_right(tx, now, second_factor):
                return False
            forget_counts(tx, limits[:1])
            self.open_session(tx, now, token, client)
            return True

        if not await self._database.write(open_session):
            log.info("sign-in to the office failed")
            raise WrongSecondFactor
        return token

    def open_session(self, tx: Transaction, user: User, token: str, client: Client) -> None:
        """Store the session of a browser that has signed in, and record it in the audit."""
        settings = self._context.settings
        user_sessions.forget_old_sessions(tx, settings.office_session_idle_timeout)
        ends_at = tx.now + settings.office_session_lifetime
        user_sessions.open_session(
            tx, user.id, hash_of(token), ends_at, client.address, client.browser
        )
        author = Author("user", user.id, address=client.address or None)
        record_change(tx, author, "user.signed_in", {"browser": client.browser})

    def _is_second_factor_right(self, tx: Transaction, user: User, code: str | None) -> bool:
        """Tell whether the second factor is right or not needed. Raises SecondFactorNeeded if there
        is no code."""
        if user.totp is None:
            return True
        if code is None:
            raise SecondFactorNeeded
        return self.use_second_factor(tx, user, code)

    def use_second_factor(self, tx: Transaction, user: User, code: str) -> bool:
        """Use up a code of the app, or a recovery code. Returns False if the code isn't good."""
        typed = tidy_code(code)
        if not is_app_code(typed):
            return users.use_recovery_code(tx, user.id, hash_of_recovery_code(typed))
        secret = decrypt_secret(self._context.tokens, user.totp) if user.totp else None
        step = step_of(secret, typed, tx.now) if secret else None
        return step is not None and users.use_totp_step(tx, user.id, step)

    def add_mark(self, marks: str, email: str) -> str:
        """Return the new marks of a browser that has just signed in."""
        return self.known_browsers.add_mark(marks, mailbox(email), SIGNED_IN)

    async def find_principal(self, token: str, address: str) -> tuple[Principal, User] | None:
        """Return who is signed in with this token, or None if the session is over or the user is
        disabled.

        Reading a session counts as using it. Raises Unavailable.
        """
        now, idle = self._context.clock.now(), self._idle
        found = await self._database.read(user_sessions.find_session, hash_of(token), now, idle)
        if found is None:
            return None
        session, user = found
        if now - session.used_at >= min(NOTE_INTERVAL, idle / 10):
            with suppress(Unavailable):
                await self._database.write(user_sessions.note_use, session.id)
        return principal_of_user(user, session.id, address), user

    @property
    def _idle(self) -> timedelta:
        return self._context.settings.office_session_idle_timeout

    async def sign_out(self, token: str, *, everywhere: bool = False) -> None:
        """End a session, if there is one. With `everywhere`, end all sessions of its user. Raises
        Unavailable."""

        def close(tx: Transaction) -> None:
            found = user_sessions.find_session(tx.connection, hash_of(token), tx.now, self._idle)
            if found is not None and everywhere:
                user_sessions.close_sessions_of(tx, found[0].user_id)
            user_sessions.close_session(tx, hash_of(token))

        await self._database.write(close)

    async def list_sessions(self, user_id: int) -> list[UserSession]:
        now = self._context.clock.now()
        return await self._database.read(user_sessions.sessions_of, user_id, now, self._idle)

    async def end_session(self, user_id: int, session_id: int) -> None:
        """End one of a user's own sessions. Raises NotFound."""
        if not await self._database.write(user_sessions.close_session_of, user_id, session_id):
            raise NotFound

    async def rename(self, principal: Principal, name: str) -> None:
        """Change the user's own name."""
        user_id = _user_id_of(principal)

        def change(tx: Transaction) -> None:
            before = users.find_user(tx.connection, user_id)
            if before is not None and before.name != name:
                users.update_user(tx, user_id, name=name)
                changed = {"user": user_id, "name": [before.name, name]}
                record_change(tx, principal.author, "user.changed", changed)

        await self._database.write(change)

    async def change_password(
        self, principal: Principal, current: str, wanted: str, client: Client
    ) -> str:
        """Change the user's own password. All sessions end. Returns the token of a new one.

        Raises WrongPassword, Invalid, TooManyRequests.
        """
        user = await self.check_own_password(principal, current, client)
        check_password(wanted, user.name, user.email)
        if wanted == current:
            raise Invalid(
                FieldError("password", "unchanged"), detail="This is the password that you have."
            )
        hashed, token = await self.passwords.hash(wanted), secrets.token_urlsafe(32)

        def change(tx: Transaction) -> None:
            users.update_user(tx, user.id, password=hashed)
            user_sessions.close_sessions_of(tx, user.id)
            record_change(tx, principal.author, "user.password_changed", {"user": user.id})
            self.open_session(tx, user, token, client)

        await self._database.write(change)
        return token

    async def check_own_password(self, principal: Principal, password: str, client: Client) -> User:
        """Check the password of a user who is signed in, to know that it is still the same person.
        It counts like an attempt to sign in. Raises WrongPassword, TooManyRequests."""
        user = await self._database.read(users.find_user, _user_id_of(principal))
        if user is None:
            raise NotFound
        limits = self.limits_of(user.email, client)
        await self.count_attempt(limits)
        if not await self.passwords.verify(password, user.password):
            raise WrongPassword("This is not your password.")
        await self._database.write(forget_counts, limits[:1])
        return user


def hash_of(token: str) -> str:
    """Return the hash of a session's token, which is all that is kept of it."""
    return hashlib.sha256(b"office:" + token.encode()).hexdigest()


def _user_id_of(principal: Principal) -> int:
    if principal.user_id is None:
        raise NotFound
    return principal.user_id
