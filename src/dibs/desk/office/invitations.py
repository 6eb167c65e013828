"""Owners invite users, or let them choose a new password. Both work by a link, which is also mailed
if there is a mail server."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dibs.desk.office import users
from dibs.desk.office.users import NewLink
from dibs.ledger import catalog_rows
from dibs.notify.link_letters import new_order

if TYPE_CHECKING:
    from dibs.desk.context import DeskContext
    from dibs.ledger.journal import Author
    from dibs.ledger.users import NewUser, User
    from dibs.notify.codes import Codes
    from dibs.notify.link_letters import LinkKind


@dataclass(frozen=True)
class Invitation:
    """A user, and the token of their link. `is_mailed`: a letter with the link is on its way."""

    user: User
    token: str
    is_mailed: bool


class Invitations:
    def __init__(self, context: DeskContext, codes: Codes | None) -> None:
        self._database = context.ledger.database
        self._lifetime = context.settings.user_link_lifetime
        self._codes = codes

    async def invite(self, new: NewUser, author: Author) -> Invitation:
        """Add a user who has no password yet. Raises EmailTaken, Invalid."""
        link = await self._new_link("invited")
        user, token = await users.add_user(self._database, new, author, self._lifetime, link)
        return self._finish_invitation(user, token, link)

    async def reset(self, user_id: int, author: Author) -> Invitation:
        """End a user's password, second factor, passkeys and sessions, and make a link for a new
        password. Raises NotFound, Forbidden, LastOwner."""
        link = await self._new_link("reset")
        token = await users.reset_user(self._database, user_id, author, self._lifetime, link)
        everybody = await users.list_users(self._database)
        user = next(each for each in everybody if each.id == user_id)
        return self._finish_invitation(user, token, link)

    async def _new_link(self, kind: LinkKind) -> NewLink | None:
        """Return a link that is also mailed, or None if there is no mail server."""
        if self._codes is None:
            return None
        known = await self._database.read(catalog_rows.read)
        name, language = ("Dibs", "en")
        if known is not None:
            name, language = known.business.name, known.business.language
        order = new_order(kind, name, language)
        return NewLink(self._codes.hashes.link_token(order.salt), order)

    def _finish_invitation(self, user: User, token: str, link: NewLink | None) -> Invitation:
        if link is not None and self._codes is not None:
            self._codes.mail_worker.wake()
        return Invitation(user, token, link is not None)
