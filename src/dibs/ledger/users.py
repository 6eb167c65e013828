"""The users of the office. The desk hashes or encrypts their secrets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import delete, exists, func, insert, select, update

from dibs.ledger.catalog_tables import resources
from dibs.ledger.user_tables import recovery_codes, users

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import ColumnElement, Connection, Row

    from dibs.ledger.database import Transaction

Role = Literal["owner", "manager", "staff"]


@dataclass(frozen=True)
class User:
    """A user of the office. `password` is a hash, `totp` is encrypted; each is None if there is
    none."""

    id: int
    email: str
    name: str
    role: Role
    resource_id: int | None
    password: str | None
    totp: str | None
    created_at: datetime
    disabled_at: datetime | None


@dataclass(frozen=True)
class NewUser:
    email: str
    name: str
    role: Role
    resource_id: int | None = None
    password: str | None = None


def lock_users(tx: Transaction) -> None:
    """Lock the users: transactions that decide something by which users there are take turns."""
    tx.lock_catalog()


def has_users(connection: Connection) -> bool:
    return bool(connection.scalar(select(exists().select_from(users))))


def insert_user(tx: Transaction, new: NewUser) -> int:
    """Add a user. There must be no user with this address yet. Returns the id."""
    row = {
        "email": new.email,
        "name": new.name,
        "role": new.role,
        "resource_id": new.resource_id,
        "password": new.password,
        "created_at": tx.now,
    }
    made = tx.connection.execute(insert(users).values(row).returning(users.c.id))
    number: int = made.scalar_one()
    return number


def find_by_email(connection: Connection, email: str) -> User | None:
    """Return the user with this address, which is in lower case, also if the user is disabled."""
    return _find(connection, users.c.email == email)


def find_user(connection: Connection, user_id: int) -> User | None:
    return _find(connection, users.c.id == user_id)


def all_users(connection: Connection) -> list[User]:
    return [user_of(row) for row in connection.execute(select(users).order_by(users.c.id))]


def has_other_owner(connection: Connection, user_id: int) -> bool:
    """Tell whether somebody else is an owner who is not disabled and has chosen a password."""
    others = exists().where(
        users.c.role == "owner",
        users.c.id != user_id,
        users.c.disabled_at.is_(None),
        users.c.password.is_not(None),
    )
    return bool(connection.scalar(select(others)))


def is_offered(connection: Connection, resource_id: int) -> bool:
    """Tell whether there is such a resource that is not retired."""
    found = select(resources.c.id).where(resources.c.id == resource_id, resources.c.retired == 0)
    return connection.execute(found).first() is not None


def update_user(tx: Transaction, user_id: int, **values: Any) -> None:
    """Change columns of a user."""
    tx.connection.execute(update(users).where(users.c.id == user_id).values(**values))


def use_totp_step(tx: Transaction, user_id: int, step: int) -> bool:
    """Use up a code of the second factor. Returns False if it, or a later one, was used before."""
    is_unused = func.coalesce(users.c.totp_used, -1) < step
    change = update(users).where(users.c.id == user_id, is_unused).values(totp_used=step)
    return tx.connection.execute(change).rowcount == 1


def replace_recovery_codes(tx: Transaction, user_id: int, codes: Iterable[str]) -> None:
    """Make these hashes the recovery codes of a user, and no others."""
    tx.connection.execute(delete(recovery_codes).where(recovery_codes.c.user_id == user_id))
    rows = [{"user_id": user_id, "code": code} for code in codes]
    if rows:
        tx.connection.execute(insert(recovery_codes), rows)


def use_recovery_code(tx: Transaction, user_id: int, code: str) -> bool:
    """Use up a recovery code. Returns False if there is no such code, or if it was used before."""
    is_good = (
        recovery_codes.c.user_id == user_id,
        recovery_codes.c.code == code,
        recovery_codes.c.used_at.is_(None),
    )
    change = update(recovery_codes).where(*is_good).values(used_at=tx.now)
    return tx.connection.execute(change).rowcount == 1


def count_recovery_codes(connection: Connection, user_id: int) -> int:
    """Return how many of a user's recovery codes are still good."""
    is_good = (recovery_codes.c.user_id == user_id, recovery_codes.c.used_at.is_(None))
    return connection.scalar(select(func.count()).where(*is_good)) or 0


def _find(connection: Connection, condition: ColumnElement[bool]) -> User | None:
    row = connection.execute(select(users).where(condition)).first()
    return user_of(row) if row is not None else None


def user_of(row: Row[*tuple[Any, ...]]) -> User:
    """The user of a row that has all columns of users."""
    return User(
        row.id,
        row.email,
        row.name,
        row.role,
        row.resource_id,
        row.password,
        row.totp,
        row.created_at,
        row.disabled_at,
    )
