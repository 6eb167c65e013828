"""Links with which users choose a password, each good once. Their secrets are stored hashed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select

from dibs.ledger.user_tables import user_links, users
from dibs.ledger.users import User, has_users, user_of

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from dibs.ledger.database import Transaction


@dataclass(frozen=True)
class UserLink:
    """A link that is good. If `user` is None it makes the first owner."""

    user: User | None


def insert_link(tx: Transaction, token: str, user_id: int | None, expires_at: datetime) -> None:
    """Store a link by the hash of its token. Expired links are deleted, and so are former links of
    the same user."""
    tx.connection.execute(delete(user_links).where(user_links.c.expires_at <= tx.now))
    if user_id is not None:
        remove_links_of(tx, user_id)
    row = {"token": token, "user_id": user_id, "created_at": tx.now, "expires_at": expires_at}
    tx.connection.execute(insert(user_links).values(row))


def find_link(connection: Connection, token: str, now: datetime) -> UserLink | None:
    """Return the link with this hash. Returns None if it has expired, if its user is disabled, or
    if it would make the first owner although there are users already."""
    is_good = (user_links.c.token == token, user_links.c.expires_at > now)
    row = connection.execute(select(user_links.c.user_id).where(*is_good)).first()
    if row is None:
        return None
    if row.user_id is None:
        return None if has_users(connection) else UserLink(None)
    is_able = (users.c.id == row.user_id, users.c.disabled_at.is_(None))
    user = connection.execute(select(users).where(*is_able)).first()
    return UserLink(user_of(user)) if user is not None else None


def use_link(tx: Transaction, token: str) -> bool:
    """Use up a link. Returns False if somebody else was quicker."""
    gone = tx.connection.execute(delete(user_links).where(user_links.c.token == token))
    return gone.rowcount == 1


def remove_links_of(tx: Transaction, user_id: int) -> None:
    tx.connection.execute(delete(user_links).where(user_links.c.user_id == user_id))
