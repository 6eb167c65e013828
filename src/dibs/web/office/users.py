"""The users of the office: owners add, change and disable them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from fastapi import APIRouter
from starlette.requests import Request

from dibs.desk.office import users
from dibs.desk.office.links import link_address
from dibs.email_address import mailbox
from dibs.errors import NotFound
from dibs.ledger.users import NewUser
from dibs.web.field_types import AddressId, Email, Id, Model, ShortText
from dibs.web.office.answers import InvitationOut, UserOut
from dibs.web.office.session import PREFIX
from dibs.web.problems import DOCUMENTED
from dibs.web.schemas import rfc3339

if TYPE_CHECKING:
    from dibs.desk import Desk
    from dibs.desk.office.invitations import Invitation
    from dibs.ledger.users import User
    from dibs.web.office.guard import Guard

Role = Literal["owner", "manager", "staff"]


class UserIn(Model):
    """A new user. `resource_id` is the resource whose calendar is theirs; staff need one."""

    name: ShortText
    email: Email
    role: Role
    resource_id: Id | None = None


class UserChangeIn(Model):
    """A change of a user. A field that isn't sent stays as it is."""

    name: ShortText | None = None
    role: Role | None = None
    resource_id: Id | None = None


def routes(desk: Desk, guard: Guard, public_url: str) -> APIRouter:
    api = APIRouter(prefix=f"{PREFIX}/users", tags=["office"], responses=DOCUMENTED)
    topic = _Users(desk, guard, public_url)
    api.get("")(topic.read)
    api.post("", status_code=201)(topic.add)
    api.patch("/{user_id}")(topic.change)
    api.post("/{user_id}/disable")(topic.disable)
    api.post("/{user_id}/enable")(topic.enable)
    api.post("/{user_id}/reset")(topic.reset)
    return api


class _Users:
    def __init__(self, desk: Desk, guard: Guard, public_url: str) -> None:
        self._database = desk.context.ledger.database
        self._invitations = desk.office.invitations
        self._guard = guard
        self._public_url = public_url

    async def read(self, request: Request) -> list[UserOut]:
        """Return all users, including disabled users."""
        await self._guard.require(request, "users")
        return [_show(each) for each in await users.list_users(self._database)]

    async def add(self, request: Request, wanted: UserIn) -> InvitationOut:
        """Add a user. `link` is only in this answer: with it the user chooses a password.
        `is_mailed` says whether the link is also sent to them."""
        principal = await self._guard.require(request, "users")
        email = mailbox(wanted.email)
        new = NewUser(email, wanted.name, wanted.role, wanted.resource_id)
        return self._show_invitation(await self._invitations.invite(new, principal.author))

    async def change(self, request: Request, user_id: AddressId, wanted: UserChangeIn) -> UserOut:
        """Change the name, role or resource of a user. It applies from their next request on."""
        principal = await self._guard.require(request, "users")
        before = await self._find(user_id)
        has_resource = "resource_id" in wanted.model_fields_set
        user = await users.change_user(
            self._database,
            user_id,
            principal.author,
            name=wanted.name or before.name,
            role=wanted.role or before.role,
            resource_id=wanted.resource_id if has_resource else before.resource_id,
        )
        return _show(user)

    async def disable(self, request: Request, user_id: AddressId) -> UserOut:
        """Disable a user: they can't sign in any more, and are signed out everywhere."""
        principal = await self._guard.require(request, "users")
        return _show(await users.disable_user(self._database, user_id, principal.author))

    async def enable(self, request: Request, user_id: AddressId) -> UserOut:
        """Let a disabled user sign in again."""
        principal = await self._guard.require(request, "users")
        return _show(await users.enable_user(self._database, user_id, principal.author))

    async def reset(self, request: Request, user_id: AddressId) -> InvitationOut:
        """Make a link with which a user chooses a new password. Their old password, their second
        factor, their passkeys and their sessions end at once. `is_mailed` says whether the link is
        also sent to them. Users can't do this to themselves."""
        principal = await self._guard.require(request, "users")
        return self._show_invitation(await self._invitations.reset(user_id, principal.author))

    def _show_invitation(self, invitation: Invitation) -> InvitationOut:
        return {
            "user": _show(invitation.user),
            "link": link_address(self._public_url, invitation.token),
            "is_mailed": invitation.is_mailed,
        }

    async def _find(self, user_id: int) -> User:
        everybody = await users.list_users(self._database)
        found = next((each for each in everybody if each.id == user_id), None)
        if found is None:
            raise NotFound
        return found


def _show(user: User) -> UserOut:
    return {
        "id": user.id,
        "name": user.name,
        "email": user.email,
        "role": user.role,
        "resource_id": user.resource_id,
        "has_password": user.password is not None,
        "has_second_factor": user.totp is not None,
        "created_at": rfc3339(user.created_at),
        "disabled_at": rfc3339(user.disabled_at) if user.disabled_at else None,
    }
