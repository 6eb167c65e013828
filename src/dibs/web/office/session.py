"""Users sign in to the office and out of it, and choose a password with a link."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import Field
from starlette.requests import Request

from dibs.desk.administration import is_empty
from dibs.desk.office.links import FirstOwner
from dibs.desk.office.passwords import MAX_LENGTH
from dibs.errors import NotFound
from dibs.web.field_types import MAX_NAME_LENGTH, Email, Model, ShortText
from dibs.web.office.answers import LinkOut, PasskeyOptionsOut, SessionOut, SignedInOut
from dibs.web.office.guard import KNOWN_COOKIE, SESSION_COOKIE, Guard
from dibs.web.problems import DOCUMENTED

if TYPE_CHECKING:
    from dibs.desk import Desk
    from dibs.desk.office.permissions import Principal
    from dibs.ledger.users import User

#: Seconds for which a browser keeps its marks: a year.
KNOWN_FOR = 365 * 24 * 3600
PREFIX = "/api/v1/admin"

#: Any password can be tried to sign in. The desk checks whether a new password is good enough.
Password = Annotated[str, Field(min_length=1, max_length=MAX_LENGTH)]
SecondFactor = Annotated[str, Field(min_length=1, max_length=40)]
LinkToken = Annotated[str, Field(min_length=16, max_length=100, pattern=r"^[A-Za-z0-9_-]+$")]
Yes = Annotated[bool, Query()]


class SignInIn(Model):
    email: Annotated[str, Field(min_length=1, max_length=MAX_NAME_LENGTH + 100)]
    password: Password
    second_factor: SecondFactor | None = None


#: What a browser says about a passkey, as JSON: `PublicKeyCredential.toJSON()`.
Credential = Annotated[dict[str, Any], Field(min_length=1, max_length=20)]


class PasskeySignInIn(Model):
    credential: Credential


class LinkIn(Model):
    token: LinkToken


class LinkUseIn(Model):
    """A new password. `name` and `email` are those of the first owner; other links belong to a user
    already."""

    token: LinkToken
    password: Password
    name: ShortText | None = None
    email: Email | None = None


def routes(desk: Desk, guard: Guard) -> APIRouter:
    api = APIRouter(prefix=PREFIX, tags=["office"], responses=DOCUMENTED)
    sessions = _Sessions(desk, guard)
    api.get("/session")(sessions.read)
    api.post("/session", status_code=201)(sessions.sign_in)
    api.delete("/session", status_code=204)(sessions.sign_out)
    api.post("/session/passkey/begin")(sessions.begin_passkey)
    api.post("/session/passkey", status_code=201)(sessions.sign_in_with_passkey)
    api.post("/links/read")(sessions.read_link)
    api.post("/links/use", status_code=201)(sessions.use_link)
    return api


class _Sessions:
    def __init__(self, desk: Desk, guard: Guard) -> None:
        self._desk = desk
        self._guard = guard
        self._accounts = desk.office.accounts

    async def read(self, request: Request) -> SessionOut:
        """Return who is signed in; `user` is null if nobody is. `is_set_up` says whether there is
        any user yet. `has_business` says whether there is a catalog yet, which only users are
        told."""
        found = await self._guard.find_user(request)
        if found is not None:
            return await self._show(*found)
        is_set_up = await self._accounts.is_set_up()
        return {"user": None, "is_set_up": is_set_up, "has_business": None}

    async def sign_in(self, request: Request, response: Response, wanted: SignInIn) -> SessionOut:
        """Sign in with an e-mail address and a password, and a code if the user has a second
        factor."""
        self._guard.check_origin(request)
        await self._guard.count_write(request)
        token = await self._accounts.sign_in(
            wanted.email.strip(),
            wanted.password,
            wanted.second_factor,
            self._guard.client(request),
        )
        return await self._begin(request, response, token)

    async def begin_passkey(self, request: Request) -> PasskeyOptionsOut:
        """Return what `navigator.credentials.get` needs to sign in with a passkey."""
        self._guard.check_origin(request)
        await self._guard.count_write(request)
        origin = self._guard.origin(request)
        return {"options": await self._desk.office.passkeys.begin_sign_in(origin)}

    async def sign_in_with_passkey(
        self, request: Request, response: Response, wanted: PasskeySignInIn
    ) -> SessionOut:
        """Sign in with what the browser's passkey has signed. No other factor is needed."""
        self._guard.check_origin(request)
        await self._guard.count_write(request)
        token = await self._desk.office.passkeys.sign_in(
            wanted.credential, self._guard.client(request), self._guard.origin(request)
        )
        return await self._begin(request, response, token)

    async def sign_out(self, request: Request, response: Response, everywhere: Yes = False) -> None:
        """Sign out. With `everywhere`, the user is signed out in all browsers."""
        self._guard.check_origin(request)
        await self._guard.count_write(request)
        token = request.cookies.get(SESSION_COOKIE)
        if token:
            await self._accounts.sign_out(token, everywhere=everywhere)
        response.delete_cookie(SESSION_COOKIE, httponly=True, samesite="strict")

    async def read_link(self, request: Request, wanted: LinkIn) -> LinkOut:
        """Return the user that a link is for, or null for the owner link, which makes the first
        owner."""
        await self._guard.count_write(request)
        link = await self._desk.office.links.read(wanted.token)
        user = link.user
        return {"user": {"name": user.name, "email": user.email} if user else None}

    async def use_link(self, request: Request, response: Response, wanted: LinkUseIn) -> SessionOut:
        """Choose a password with a link, and sign in. A user with a second factor has to sign in
        afterwards."""
        self._guard.check_origin(request)
        await self._guard.count_write(request)
        newcomer = FirstOwner(wanted.name, wanted.email) if wanted.name and wanted.email else None
        _, token = await self._desk.office.links.use(
            wanted.token, wanted.password, newcomer, self._guard.client(request)
        )
        if token is None:
            return {"user": None, "is_set_up": True, "has_business": None}
        return await self._begin(request, response, token)

    async def _begin(self, request: Request, response: Response, token: str) -> SessionOut:
        """Give the browser the secret of its new session, and end its old session. So if somebody
        else has put a secret into the browser, this is never the secret of a signed-in user."""
        former = request.cookies.get(SESSION_COOKIE)
        if former:
            await self._accounts.sign_out(former)
        found = await self._accounts.find_principal(token, "")
        if found is None:
            raise NotFound
        keep_session(self._desk, request, response, token, found[1])
        return await self._show(*found)

    async def _show(self, principal: Principal, user: User) -> SessionOut:
        has_business = not await is_empty(self._desk.context.ledger.database)
        return {
            "user": show_principal(principal, user),
            "is_set_up": True,
            "has_business": has_business,
        }


def keep_session(desk: Desk, request: Request, response: Response, token: str, user: User) -> None:
    """Make the browser keep the secret of a session, and the mark that this user has signed in with
    this browser. Scripts and other sites can't read them."""
    seconds = int(desk.context.settings.office_session_lifetime.total_seconds())
    response.set_cookie(SESSION_COOKIE, token, seconds, httponly=True, samesite="strict")
    marks = desk.office.accounts.add_mark(request.cookies.get(KNOWN_COOKIE, ""), user.email)
    response.set_cookie(KNOWN_COOKIE, marks, KNOWN_FOR, httponly=True, samesite="strict")


def show_principal(principal: Principal, user: User) -> SignedInOut:
    return {
        "id": user.id,
        "name": user.name,
        "email": user.email,
        "role": user.role,
        "resource_id": user.resource_id,
        "scopes": sorted(principal.scopes),
    }
