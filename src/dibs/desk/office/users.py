"""Owners add users, change what they may do, disable them and let them choose a new password."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dibs.desk.office.errors import EmailTaken, LastOwner
from dibs.desk.office.links import hash_of, new_link_token
from dibs.email_address import mailbox
from dibs.errors import FieldError, Forbidden, Invalid, NotFound
from dibs.ledger import passkeys, user_links, user_sessions, users
from dibs.ledger.database import retry_on_conflict
from dibs.ledger.journal import Author, record_change
from dibs.notify.link_letters import put_order

if TYPE_CHECKING:
    from datetime import timedelta

    from dibs.ledger.database import Database, Transaction
    from dibs.ledger.users import NewUser, Role, User
    from dibs.notify.link_letters import LinkOrder

AT_COMMAND_LINE = Author("owner")


@dataclass(frozen=True)
class NewLink:
    """A link that is to be made. `order` is the letter with which it is sent to its user, if
    any."""

    token: str
    order: LinkOrder | None = None

    def insert(self, tx: Transaction, user_id: int, email: str, lifetime: timedelta) -> None:
        user_links.insert_link(tx, hash_of(self.token), user_id, tx.now + lifetime)
        if self.order is not None:
            put_order(tx, self.order, hash_of(self.token), email)


async def list_users(database: Database) -> list[User]:
    return await database.read(users.all_users)


async def find_by_email(database: Database, email: str) -> User:
    """Return the user with this e-mail address. Raises NotFound."""
    found = await database.read(users.find_by_email, mailbox(email.strip()))
    if found is None:
        raise NotFound(f"There is no user {email}.")
    return found


@retry_on_conflict
async def add_user(
    database: Database,
    new: NewUser,
    author: Author,
    lifetime: timedelta,
    link: NewLink | None = None,
) -> tuple[User, str]:
    """Add a user who has no password yet. Returns the user, and the token of the link with which
    they choose a password. Without `link`, a new one is made.

    Raises EmailTaken, Invalid.
    """
    link = link or NewLink(new_link_token())

    def add(tx: Transaction) -> User:
        users.lock_users(tx)
        _check_resource(tx, new.role, new.resource_id)
        if users.find_by_email(tx.connection, new.email) is not None:
            raise EmailTaken
        number = users.insert_user(tx, new)
        link.insert(tx, number, new.email, lifetime)
        said = {"user": number, "role": new.role, "resource": new.resource_id}
        record_change(tx, author, "user.created", said)
        return _find(tx, number)

    return await database.write(add), link.token


@retry_on_conflict
async def change_user(
    database: Database,
    user_id: int,
    author: Author,
    *,
    name: str,
    role: Role,
    resource_id: int | None,
) -> User:
    """Change what a user is called and what they may do. It takes effect from their next request
    on.

    Raises NotFound, LastOwner, Invalid.
    """

    def change(tx: Transaction) -> User:
        users.lock_users(tx)
        before = _find(tx, user_id)
        # A user whose resource is retired stays a user, and can get another name or role.
        is_kept = resource_id is not None and resource_id == before.resource_id
        if not is_kept:
            _check_resource(tx, role, resource_id)
        if before.role == "owner" and role != "owner":
            _check_other_owner(tx, before)
        wanted: dict[str, Any] = {"name": name, "role": role, "resource_id": resource_id}
        changed = {
            field: [getattr(before, field), value]
            for field, value in wanted.items()
            if getattr(before, field) != value
        }
        if changed:
            users.update_user(tx, user_id, **wanted)
            record_change(tx, author, "user.changed", {"user": user_id, **changed})
        return _find(tx, user_id)

    return await database.write(change)


@retry_on_conflict
async def disable_user(database: Database, user_id: int, author: Author) -> User:
    """Disable a user: they can't sign in any more, and their sessions and links end. Raises
    NotFound, LastOwner."""

    def disable(tx: Transaction) -> User:
        users.lock_users(tx)
        before = _find(tx, user_id)
        if before.disabled_at is None:
            if before.role == "owner":
                _check_other_owner(tx, before)
            users.update_user(tx, user_id, disabled_at=tx.now)
            user_sessions.close_sessions_of(tx, user_id)
            user_links.remove_links_of(tx, user_id)
            record_change(tx, author, "user.disabled", {"user": user_id})
        return _find(tx, user_id)

    return await database.write(disable)


@retry_on_conflict
async def enable_user(database: Database, user_id: int, author: Author) -> User:
    """Let a disabled user sign in again, with the password they had. Raises NotFound."""

    def enable(tx: Transaction) -> User:
        before = _find(tx, user_id)
        if before.disabled_at is not None:
            users.update_user(tx, user_id, disabled_at=None)
            record_change(tx, author, "user.enabled", {"user": user_id})
        return _find(tx, user_id)

    return await database.write(enable)


@retry_on_conflict
async def reset_user(
    database: Database,
    user_id: int,
    author: Author,
    lifetime: timedelta,
    link: NewLink | None = None,
) -> str:
    """Reset a user, and return the token of the link with which they choose a new password. The old
    password, the second factor, all passkeys and all sessions end at once. A disabled user is
    enabled.

    Raises NotFound. When owners do this in the office, it also raises Forbidden (for themselves:
    who changes their own password has to know it) and LastOwner (if two owners reset each other,
    one of them can still sign in).
    """
    link = link or NewLink(new_link_token())

    def reset(tx: Transaction) -> None:
        users.lock_users(tx)
        user = _find(tx, user_id)
        is_in_office = author.actor == "user"
        if is_in_office and user.id == author.user_id:
            raise Forbidden("Change your own password under Account.")
        if is_in_office and user.role == "owner":
            _check_other_owner(tx, user)
        users.update_user(tx, user_id, password=None, totp=None, disabled_at=None)
        users.replace_recovery_codes(tx, user_id, ())
        passkeys.delete_passkeys_of(tx, user_id)
        user_sessions.close_sessions_of(tx, user_id)
        link.insert(tx, user_id, user.email, lifetime)
        record_change(tx, author, "user.reset", {"user": user_id})

    await database.write(reset)
    return link.token


def _find(tx: Transaction, user_id: int) -> User:
    found = users.find_user(tx.connection, user_id)
    if found is None:
        raise NotFound("There is no such user.")
    return found


def _check_other_owner(tx: Transaction, user: User) -> None:
    if not users.has_other_owner(tx.connection, user.id):
        raise LastOwner


def _check_resource(tx: Transaction, role: Role, resource_id: int | None) -> None:
    """Raise Invalid if staff have no resource, or if there is no such resource."""
    if role == "staff" and resource_id is None:
        raise Invalid(FieldError("resource_id", "required"), detail="Say whose calendar is theirs.")
    if resource_id is not None and not users.is_offered(tx.connection, resource_id):
        raise Invalid(
            FieldError("resource_id", "unknown"), detail=f"There is no resource {resource_id}."
        )
