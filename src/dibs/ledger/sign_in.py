"""Sign-in codes and sessions, as they are stored: hashed, and no longer than they are valid."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, delete, insert, or_, select, text, update

from dibs.ledger.column_types import Instant
from dibs.ledger.tables import last_use, sessions, sign_in_codes

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection

    from dibs.ledger.database import Transaction


MAX_TRIES = 5

#: SQLite and PostgreSQL both read this. An older code never takes the place of a newer one, and a
#: code that is set again keeps the tries that were made.
SET_CODE = text(
    """
    INSERT INTO sign_in_codes (email, browser, code, tries, expires_at)
    VALUES (:email, :browser, :code, 0, :expires_at)
    ON CONFLICT (email, browser) DO UPDATE
    SET code = excluded.code, tries = 0, expires_at = excluded.expires_at
    WHERE sign_in_codes.code <> excluded.code AND sign_in_codes.expires_at <= excluded.expires_at
    """
).bindparams(bindparam("expires_at", type_=Instant))


@dataclass(frozen=True)
class CodeKey:
    """The key of a sign-in code. Each browser that asks for a code gets its own one with its own
    tries, so nobody else can use the tries up. `browser` is a hash, or empty for a client without a
    secret."""

    email: str
    browser: str = ""


@dataclass(frozen=True)
class Session:
    email: str
    expires_at: datetime
    used_at: datetime


def set_code(tx: Transaction, key: CodeKey, hashed: str, expires_at: datetime) -> bool:
    """Make this the only code of its key, and delete expired codes.

    Returns False if there is a newer code, or if this one has been used or tried too often.
    """
    tx.connection.execute(delete(sign_in_codes).where(sign_in_codes.c.expires_at <= tx.now))
    values = {"code": hashed, "expires_at": expires_at}
    tx.connection.execute(SET_CODE, asdict(key) | values)
    found = tx.connection.execute(
        select(sign_in_codes.c.email).where(
            *_is_of(key),
            sign_in_codes.c.code == hashed,
            sign_in_codes.c.tries < MAX_TRIES,
        )
    )
    return found.first() is not None


def try_code(tx: Transaction, key: CodeKey) -> str | None:
    """Count a try, and return the hash to compare with. Returns None if there is no code left to
    try."""
    counted = tx.connection.execute(
        update(sign_in_codes)
        .where(
            *_is_of(key),
            sign_in_codes.c.tries < MAX_TRIES,
            sign_in_codes.c.expires_at > tx.now,
        )
        .values(tries=sign_in_codes.c.tries + 1)
        .returning(sign_in_codes.c.code)
    )
    found: str | None = counted.scalar_one_or_none()
    return found


def has_code(tx: Transaction, key: CodeKey) -> bool:
    """Tell whether there is a code that has not expired, even if it was used or tried too often."""
    found = tx.connection.execute(
        select(sign_in_codes.c.email).where(*_is_of(key), sign_in_codes.c.expires_at > tx.now)
    )
    return found.first() is not None


def use_code(tx: Transaction, key: CodeKey) -> None:
    """Use up a code, because it is good once. Its row stays until it expires, so that its message
    can't bring the code back."""
    tx.connection.execute(update(sign_in_codes).where(*_is_of(key)).values(tries=MAX_TRIES))


def _is_of(key: CodeKey) -> tuple[ColumnElement[bool], ...]:
    return sign_in_codes.c.email == key.email, sign_in_codes.c.browser == key.browser


def open_session(
    tx: Transaction, token: str, email: str, expires_at: datetime, idle: timedelta
) -> None:
    """Store a session by the hash of its token, and delete those that are over."""
    is_over = or_(sessions.c.expires_at <= tx.now, last_use <= tx.now - idle)
    tx.connection.execute(delete(sessions).where(is_over))
    tx.connection.execute(
        insert(sessions).values(token=token, email=email, created_at=tx.now, expires_at=expires_at)
    )


def session(connection: Connection, token: str, now: datetime, idle: timedelta) -> Session | None:
    """Return the session, or None if it is over or has not been used for as long as `idle`."""
    row = (
        connection.execute(
            select(sessions.c.email, sessions.c.expires_at, last_use.label("used_at")).where(
                sessions.c.token == token, sessions.c.expires_at > now, last_use > now - idle
            )
        )
    ).first()
    return Session(row.email, row.expires_at, row.used_at) if row else None


def note_use(tx: Transaction, token: str) -> None:
    """Remember that a session is used now."""
    tx.connection.execute(update(sessions).where(sessions.c.token == token).values(used_at=tx.now))


def close_session(tx: Transaction, token: str) -> None:
    tx.connection.execute(delete(sessions).where(sessions.c.token == token))


def close_all_sessions(tx: Transaction, token: str) -> None:
    """Close this session and all others of its e-mail address."""
    email = select(sessions.c.email).where(sessions.c.token == token).scalar_subquery()
    tx.connection.execute(delete(sessions).where(sessions.c.email == email))
