"""The passkeys of users, and the challenges that their authenticators sign."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, delete, insert, select, update

from dibs.ledger.user_tables import passkey_challenges, passkeys

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

    from dibs.ledger.database import Transaction


@dataclass(frozen=True)
class Passkey:
    """A passkey of a user. `credential` and `public_key` are in base64url."""

    id: int
    user_id: int
    credential: str
    public_key: str
    sign_count: int
    name: str
    created_at: datetime
    used_at: datetime | None


def insert_challenge(
    tx: Transaction, challenge: str, user_id: int | None, expires_at: datetime
) -> None:
    """Store a challenge by its hash, and delete expired ones. `user_id` is the user who is adding a
    passkey, or None if somebody is signing in."""
    over = passkey_challenges.c.expires_at <= tx.now
    tx.connection.execute(delete(passkey_challenges).where(over))
    row = {"challenge": challenge, "user_id": user_id, "expires_at": expires_at}
    tx.connection.execute(insert(passkey_challenges).values(row))


def use_challenge(tx: Transaction, challenge: str, user_id: int | None) -> bool:
    """Use up a challenge. Returns False if it has expired, was used before, or was made for
    something else."""
    of_whom = passkey_challenges.c.user_id
    is_it = and_(
        passkey_challenges.c.challenge == challenge,
        passkey_challenges.c.expires_at > tx.now,
        of_whom.is_(None) if user_id is None else of_whom == user_id,
    )
    return tx.connection.execute(delete(passkey_challenges).where(is_it)).rowcount == 1


def insert_passkey(
    tx: Transaction, user_id: int, credential: str, public_key: str, sign_count: int, name: str
) -> int:
    """Store a new passkey. Returns its id."""
    row = {
        "user_id": user_id,
        "credential": credential,
        "public_key": public_key,
        "sign_count": sign_count,
        "name": name,
        "created_at": tx.now,
    }
    made = tx.connection.execute(insert(passkeys).values(row).returning(passkeys.c.id))
    number: int = made.scalar_one()
    return number


def find_by_credential(connection: Connection, credential: str) -> Passkey | None:
    found = select(passkeys).where(passkeys.c.credential == credential)
    row = connection.execute(found).first()
    return _passkey(row) if row is not None else None


def passkeys_of(connection: Connection, user_id: int) -> list[Passkey]:
    """Return the passkeys of a user, the oldest first."""
    found = select(passkeys).where(passkeys.c.user_id == user_id).order_by(passkeys.c.id)
    return [_passkey(row) for row in connection.execute(found)]


def note_use(tx: Transaction, passkey: Passkey, sign_count: int) -> bool:
    """Note that a passkey was used. Returns False if the passkey is gone, or if its counter has
    gone on meanwhile. Then this use is an old one, or that of a copy."""
    counter = passkeys.c.sign_count
    has_gone_on = counter < sign_count if sign_count else counter == 0
    change = update(passkeys).where(passkeys.c.id == passkey.id, has_gone_on)
    used = change.values(sign_count=sign_count, used_at=tx.now)
    return tx.connection.execute(used).rowcount == 1


def rename_passkey(tx: Transaction, user_id: int, passkey_id: int, name: str) -> str | None:
    """Rename a passkey. Returns its old name, or None if this user has no such passkey."""
    is_it = and_(passkeys.c.id == passkey_id, passkeys.c.user_id == user_id)
    before: str | None = tx.connection.scalar(select(passkeys.c.name).where(is_it))
    if before is not None:
        tx.connection.execute(update(passkeys).where(is_it).values(name=name))
    return before


def delete_passkey(tx: Transaction, user_id: int, passkey_id: int) -> str | None:
    """Delete a passkey. Returns its name, or None if this user has no such passkey."""
    is_it = and_(passkeys.c.id == passkey_id, passkeys.c.user_id == user_id)
    gone = delete(passkeys).where(is_it).returning(passkeys.c.name)
    name: str | None = tx.connection.execute(gone).scalar_one_or_none()
    return name


def delete_passkeys_of(tx: Transaction, user_id: int) -> None:
    tx.connection.execute(delete(passkeys).where(passkeys.c.user_id == user_id))


def _passkey(row: Row[*tuple[Any, ...]]) -> Passkey:
    return Passkey(
        row.id,
        row.user_id,
        row.credential,
        row.public_key,
        row.sign_count,
        row.name,
        row.created_at,
        row.used_at,
    )
