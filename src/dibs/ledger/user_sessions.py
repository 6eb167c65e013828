"""The sessions of users of the office. The secrets of their browsers are stored hashed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, or_, select, update

from dibs.ledger.user_tables import user_sessions, users
from dibs.ledger.users import User, user_of

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

    from dibs.ledger.database import Transaction


@dataclass(frozen=True)
class UserSession:
    """A session of a user. `browser` is what the browser said of itself at sign-in, in few
    words."""

    id: int
    user_id: int
    created_at: datetime
    expires_at: datetime
    used_at: datetime
    address: str
    browser: str


def open_session(
    tx: Transaction, user_id: int, token: str, expires_at: datetime, address: str, browser: str
) -> None:
    """Remember a session by the hash of its token."""
    row = {
        "token": token,
        "user_id": user_id,
        "created_at": tx.now,
        "expires_at": expires_at,
        "used_at": tx.now,
        "address": address,
        "browser": browser,
    }
    tx.connection.execute(insert(user_sessions).values(row))


def forget_old_sessions(tx: Transaction, idle: timedelta) -> None:
    """Forget the sessions that are over."""
    is_over = or_(user_sessions.c.expires_at <= tx.now, user_sessions.c.used_at <= tx.now - idle)
    tx.connection.execute(delete(user_sessions).where(is_over))


def find_session(
    connection: Connection, token: str, now: datetime, idle: timedelta
) -> tuple[UserSession, User] | None:
    """Return the session of a token and its user, or None if it is over or the user is disabled."""
    is_good = (
        user_sessions.c.token == token,
        user_sessions.c.user_id == users.c.id,
        user_sessions.c.expires_at > now,
        user_sessions.c.used_at > now - idle,
        users.c.disabled_at.is_(None),
    )
    found = connection.execute(select(user_sessions).where(*is_good)).first()
    if found is None:
        return None
    user = connection.execute(select(users).where(users.c.id == found.user_id)).one()
    return _session_of(found), user_of(user)


def sessions_of(
    connection: Connection, user_id: int, now: datetime, idle: timedelta
) -> list[UserSession]:
    """Return the sessions of a user that are good, the one that was used last first."""
    is_good = (
        user_sessions.c.user_id == user_id,
        user_sessions.c.expires_at > now,
        user_sessions.c.used_at > now - idle,
    )
    order = (user_sessions.c.used_at.desc(), user_sessions.c.id.desc())
    rows = connection.execute(select(user_sessions).where(*is_good).order_by(*order))
    return [_session_of(row) for row in rows]


def note_use(tx: Transaction, session_id: int) -> None:
    """Remember that a session is used now."""
    change = update(user_sessions).where(user_sessions.c.id == session_id)
    tx.connection.execute(change.values(used_at=tx.now))


def close_session(tx: Transaction, token: str) -> None:
    tx.connection.execute(delete(user_sessions).where(user_sessions.c.token == token))


def close_session_of(tx: Transaction, user_id: int, session_id: int) -> bool:
    """Close a session. Returns False if this user has no such session."""
    is_it = (user_sessions.c.id == session_id, user_sessions.c.user_id == user_id)
    return tx.connection.execute(delete(user_sessions).where(*is_it)).rowcount == 1


def close_sessions_of(tx: Transaction, user_id: int) -> None:
    """Sign a user out everywhere."""
    tx.connection.execute(delete(user_sessions).where(user_sessions.c.user_id == user_id))


def _session_of(row: Row[*tuple[Any, ...]]) -> UserSession:
    return UserSession(
        row.id,
        row.user_id,
        row.created_at,
        row.expires_at,
        row.used_at,
        row.address,
        row.browser,
    )
