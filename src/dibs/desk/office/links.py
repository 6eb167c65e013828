"""Links with which users choose a password: the owner link, and the links with which owners invite
others or let them choose a new password."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dibs.desk.office.errors import LinkExpired
from dibs.desk.office.passwords import check_password
from dibs.email_address import mailbox
from dibs.errors import FieldError, Invalid
from dibs.ledger import user_links, user_sessions, users
from dibs.ledger.database import retry_on_conflict
from dibs.ledger.journal import Author, record_change
from dibs.ledger.users import NewUser
from dibs.notify.link_letters import link_address as link_address

if TYPE_CHECKING:
    from datetime import timedelta

    from dibs.desk.context import DeskContext
    from dibs.desk.office.accounts import Accounts, Client
    from dibs.ledger.database import Database, Transaction
    from dibs.ledger.user_links import UserLink
    from dibs.ledger.users import User


@dataclass(frozen=True)
class FirstOwner:
    """The name and e-mail address of the first owner. Other links belong to a user, so these are
    known."""

    name: str
    email: str


@retry_on_conflict
async def make_owner_link(database: Database, lifetime: timedelta) -> str | None:
    """Make a link for the first owner, and return its token, or None if there is a user already.
    Each start of a node makes such a link. All of them end when there is a first user."""
    token = new_link_token()

    def make(tx: Transaction) -> bool:
        if users.has_users(tx.connection):
            return False
        user_links.insert_link(tx, hash_of(token), None, tx.now + lifetime)
        return True

    return token if await database.write(make) else None


class Links:
    """Reads links and uses them."""

    def __init__(self, context: DeskContext, accounts: Accounts) -> None:
        self._context = context
        self._accounts = accounts
        self._database = context.ledger.database

    async def read(self, token: str) -> UserLink:
        """Return what a link is for. Raises LinkExpired."""
        now = self._context.clock.now()
        found = await self._database.read(user_links.find_link, hash_of(token), now)
        if found is None:
            raise LinkExpired
        return found

    async def use(
        self, token: str, password: str, newcomer: FirstOwner | None, client: Client
    ) -> tuple[User, str | None]:
        """Give the user of a link the password, and sign them in. Returns the user, and the token
        of the session.

        All former sessions end. A user with a second factor gets no session, because the link is
        only one factor. Raises LinkExpired, Invalid.
        """
        link = await self.read(token)
        if link.user is None and newcomer is None:
            raise Invalid(FieldError("name", "required"), FieldError("email", "required"))
        if link.user is not None:
            check_password(password, link.user.name, link.user.email)
        elif newcomer is not None:
            check_password(password, newcomer.name, newcomer.email)
        hashed = await self._accounts.passwords.hash(password)
        session = secrets.token_urlsafe(32)
        user = await self._use(token, hashed, session, newcomer, client)
        return user, session if user.totp is None else None

    @retry_on_conflict
    async def _use(
        self, token: str, hashed: str, session: str, newcomer: FirstOwner | None, client: Client
    ) -> User:
        def use(tx: Transaction) -> User:
            users.lock_users(tx)
            link = user_links.find_link(tx.connection, hash_of(token), tx.now)
            if link is None or not user_links.use_link(tx, hash_of(token)):
                raise LinkExpired
            number = self._save(tx, link, hashed, newcomer, client)
            user = users.find_user(tx.connection, number)
            if user is None:
                raise LinkExpired
            if user.totp is None:
                self._accounts.open_session(tx, user, session, client)
            return user

        return await self._database.write(use)

    def _save(
        self,
        tx: Transaction,
        link: UserLink,
        hashed: str,
        newcomer: FirstOwner | None,
        client: Client,
    ) -> int:
        """Store the password of the link's user, or make the first owner. Returns the user's id."""
        address = client.address or None
        if link.user is not None:
            number = link.user.id
            users.update_user(tx, number, password=hashed)
            user_sessions.close_sessions_of(tx, number)
            author = Author("user", number, address=address)
            record_change(tx, author, "user.password_changed", {"user": number})
        elif newcomer is not None:
            new = NewUser(mailbox(newcomer.email), newcomer.name, "owner", password=hashed)
            number = users.insert_user(tx, new)
            author = Author("user", number, address=address)
            record_change(tx, author, "user.created", {"user": number, "role": "owner"})
        else:
            raise LinkExpired
        return number


def new_link_token() -> str:
    return secrets.token_urlsafe(32)


def hash_of(token: str) -> str:
    """Return the hash of a link's token, which is all that is kept of it."""
    return hashlib.sha256(b"user link:" + token.encode()).hexdigest()
