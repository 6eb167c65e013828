"""What users see and change about themselves: name, password, second factor, sessions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Response
from pydantic import Field
from starlette.requests import Request

from dibs.web.field_types import AddressId, Model, ShortText
from dibs.web.office.answers import (
    AccountOut,
    OwnSessionOut,
    PasskeyOptionsOut,
    PasskeyOut,
    RecoveryCodesOut,
    SecondFactorOut,
    SignedInUserOut,
)
from dibs.web.office.session import (
    PREFIX,
    Credential,
    Password,
    SecondFactor,
    keep_session,
    show_principal,
)
from dibs.web.problems import DOCUMENTED
from dibs.web.schemas import rfc3339

if TYPE_CHECKING:
    from dibs.desk import Desk
    from dibs.ledger.passkeys import Passkey
    from dibs.ledger.user_sessions import UserSession
    from dibs.web.office.guard import Guard


class NameIn(Model):
    name: ShortText


class PasswordIn(Model):
    current_password: Password
    password: Password


class ProofIn(Model):
    """The user's password once more, so that nobody can do this at a screen that was left alone."""

    current_password: Password


class PasskeyIn(Model):
    credential: Credential
    name: ShortText


class FirstCodeIn(Model):
    setup: Annotated[str, Field(min_length=1, max_length=1000, pattern=r"^[A-Za-z0-9_=-]+$")]
    code: SecondFactor


def routes(desk: Desk, guard: Guard) -> APIRouter:
    api = APIRouter(prefix=f"{PREFIX}/account", tags=["office"], responses=DOCUMENTED)
    account = _Account(desk, guard)
    api.get("")(account.read)
    api.patch("")(account.rename)
    api.post("/password")(account.change_password)
    api.delete("/sessions/{session_id}", status_code=204)(account.end_session)
    api.post("/second-factor", status_code=201)(account.begin_second_factor)
    api.post("/second-factor/confirm")(account.finish_second_factor)
    api.post("/second-factor/remove", status_code=204)(account.remove_second_factor)
    api.post("/recovery-codes")(account.renew_recovery_codes)
    api.post("/passkeys", status_code=201)(account.begin_passkey)
    api.post("/passkeys/confirm", status_code=201)(account.finish_passkey)
    api.patch("/passkeys/{passkey_id}")(account.rename_passkey)
    api.delete("/passkeys/{passkey_id}", status_code=204)(account.remove_passkey)
    return api


class _Account:
    def __init__(self, desk: Desk, guard: Guard) -> None:
        self._desk = desk
        self._guard = guard
        self._accounts = desk.office.accounts
        self._factors = desk.office.second_factors
        self._passkeys = desk.office.passkeys

    async def read(self, request: Request) -> AccountOut:
        """Return the account of the user who is signed in, with their passkeys and sessions."""
        principal, user = await self._guard.require_user(request)
        sessions = await self._accounts.list_sessions(user.id)
        return {
            "user": show_principal(principal, user),
            "has_second_factor": user.totp is not None,
            "recovery_codes_left": await self._factors.count_recovery_codes(user.id),
            "passkeys": [
                _show_passkey(each) for each in await self._passkeys.list_passkeys(user.id)
            ],
            "sessions": [_show_session(each, principal.session_id) for each in sessions],
        }

    async def rename(self, request: Request, wanted: NameIn) -> AccountOut:
        """Change the user's own name. Only owners can change what a user may do."""
        principal, _ = await self._guard.require_user(request)
        await self._accounts.rename(principal, wanted.name)
        return await self.read(request)

    async def change_password(
        self, request: Request, response: Response, wanted: PasswordIn
    ) -> SignedInUserOut:
        """Change the user's own password. They are signed out in all other browsers."""
        principal, user = await self._guard.require_user(request)
        token = await self._accounts.change_password(
            principal, wanted.current_password, wanted.password, self._guard.client(request)
        )
        keep_session(self._desk, request, response, token, user)
        return {"user": show_principal(principal, user)}

    async def end_session(self, request: Request, session_id: AddressId) -> None:
        """Sign the user out in one of their browsers."""
        _, user = await self._guard.require_user(request)
        await self._accounts.end_session(user.id, session_id)

    async def begin_second_factor(self, request: Request, wanted: ProofIn) -> SecondFactorOut:
        """Return what an authenticator app needs. The second factor is only on after a first code
        was sent."""
        principal, _ = await self._guard.require_user(request)
        setup = await self._factors.begin(
            principal, wanted.current_password, self._guard.client(request)
        )
        return {
            "setup": setup.setup,
            "secret": setup.secret,
            "address": setup.address,
            "picture": setup.picture,
        }

    async def finish_second_factor(self, request: Request, wanted: FirstCodeIn) -> RecoveryCodesOut:
        """Turn the second factor on with a first code. The recovery codes are only in this
        answer."""
        principal, _ = await self._guard.require_user(request)
        await self._guard.count_write(request)
        codes = await self._factors.finish(principal, wanted.setup, wanted.code)
        return {"recovery_codes": codes}

    async def remove_second_factor(self, request: Request, wanted: ProofIn) -> None:
        """Turn the second factor off."""
        principal, _ = await self._guard.require_user(request)
        await self._factors.remove(principal, wanted.current_password, self._guard.client(request))

    async def renew_recovery_codes(self, request: Request, wanted: ProofIn) -> RecoveryCodesOut:
        """Make new recovery codes. The old ones are no longer valid."""
        principal, _ = await self._guard.require_user(request)
        codes = await self._factors.renew_recovery_codes(
            principal, wanted.current_password, self._guard.client(request)
        )
        return {"recovery_codes": codes}

    async def begin_passkey(self, request: Request, wanted: ProofIn) -> PasskeyOptionsOut:
        """Return what `navigator.credentials.create` needs to make a passkey for the user."""
        principal, _ = await self._guard.require_user(request)
        options = await self._passkeys.begin_adding(
            principal,
            wanted.current_password,
            self._guard.client(request),
            self._guard.origin(request),
        )
        return {"options": options}

    async def finish_passkey(self, request: Request, wanted: PasskeyIn) -> AccountOut:
        """Store the passkey that the browser has made. The user can sign in with it from now on."""
        principal, _ = await self._guard.require_user(request)
        await self._guard.count_write(request)
        origin = self._guard.origin(request)
        await self._passkeys.add(principal, wanted.credential, wanted.name, origin)
        return await self.read(request)

    async def rename_passkey(
        self, request: Request, passkey_id: AddressId, wanted: NameIn
    ) -> AccountOut:
        """Give one of the user's own passkeys another name."""
        principal, _ = await self._guard.require_user(request)
        await self._passkeys.rename(principal, passkey_id, wanted.name)
        return await self.read(request)

    async def remove_passkey(self, request: Request, passkey_id: AddressId) -> None:
        """Remove one of the user's own passkeys. It no longer signs them in."""
        principal, _ = await self._guard.require_user(request)
        await self._passkeys.remove(principal, passkey_id)


def _show_passkey(passkey: Passkey) -> PasskeyOut:
    return {
        "id": passkey.id,
        "name": passkey.name,
        "created_at": rfc3339(passkey.created_at),
        "used_at": rfc3339(passkey.used_at) if passkey.used_at else None,
    }


def _show_session(session: UserSession, present: int | None) -> OwnSessionOut:
    return {
        "id": session.id,
        "browser": session.browser,
        "address": session.address,
        "created_at": rfc3339(session.created_at),
        "used_at": rfc3339(session.used_at),
        "expires_at": rfc3339(session.expires_at),
        "is_this": session.id == present,
    }
