"""Who may do what in the office, in one table of roles and scopes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

from dibs.errors import Forbidden
from dibs.ledger.journal import Author

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dibs.ledger.api_keys import ApiKey
    from dibs.ledger.users import Role, User

Scope = Literal[
    "calendar:read",
    "bookings:read",
    "bookings:write",
    "customers:read",
    "customers:write",
    "catalog:read",
    "catalog:write",
    "letters",
    "reports:read",
    "audit:read",
    "settings",
    "users",
    "keys",
]
SCOPES: tuple[Scope, ...] = get_args(Scope)
#: The scopes that decide who may do what. No API key has them, so that no key can give itself
#: more rights.
FOR_PEOPLE_ONLY: frozenset[Scope] = frozenset({"users", "keys"})
KEY_SCOPES: tuple[Scope, ...] = tuple(each for each in SCOPES if each not in FOR_PEOPLE_ONLY)
#: Staff see and change their own calendar only: see `Principal.resource_id`.
ROLE_SCOPES: Mapping[Role, frozenset[Scope]] = {
    "owner": frozenset(SCOPES),
    "manager": frozenset(SCOPES) - FOR_PEOPLE_ONLY,
    "staff": frozenset({"calendar:read", "bookings:read", "bookings:write", "customers:read"}),
}


@dataclass(frozen=True)
class Principal:
    """Who sends a request: a user or an API key. `resource_id` is the only resource whose data they
    may see and change; None means all resources. `session_id` is the session of a user's
    browser."""

    name: str
    scopes: frozenset[Scope]
    user_id: int | None = None
    key_id: int | None = None
    role: Role | None = None
    resource_id: int | None = None
    session_id: int | None = None
    address: str = ""

    @property
    def author(self) -> Author:
        """This principal as the author of changes, for the audit."""
        kind: Literal["user", "key"] = "key" if self.user_id is None else "user"
        return Author(kind, self.user_id, self.key_id, self.address or None)

    def check(self, scope: Scope) -> None:
        """Raise Forbidden unless the principal has this scope."""
        if scope not in self.scopes:
            raise Forbidden


def principal_of_user(user: User, session_id: int, address: str) -> Principal:
    own = user.resource_id if user.role == "staff" else None
    return Principal(
        name=user.name,
        scopes=ROLE_SCOPES[user.role],
        user_id=user.id,
        role=user.role,
        resource_id=own,
        session_id=session_id,
        address=address,
    )


def principal_of_key(key: ApiKey, address: str) -> Principal:
    scopes = frozenset(each for each in KEY_SCOPES if each in key.scopes)
    return Principal(name=key.name, scopes=scopes, key_id=key.id, address=address)
