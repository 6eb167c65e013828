"""Owners make API keys for programs, and revoke them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from fastapi import APIRouter
from pydantic import Field
from starlette.requests import Request

from dibs.desk.office.permissions import KEY_SCOPES
from dibs.web.field_types import AddressId, Instant, Model, ShortText
from dibs.web.office.answers import KeyOut, NewKeyOut
from dibs.web.office.session import PREFIX
from dibs.web.problems import DOCUMENTED
from dibs.web.schemas import rfc3339

if TYPE_CHECKING:
    from datetime import datetime

    from dibs.desk import Desk
    from dibs.ledger.api_keys import ApiKey
    from dibs.web.office.guard import Guard

#: The scopes that an API key can have. Only people have the other scopes, `users` and `keys`.
KeyScope = Literal[
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
]


class KeyIn(Model):
    """A new API key. If `expires_at` is null, the key is valid until it is revoked."""

    name: ShortText
    scopes: Annotated[list[KeyScope], Field(min_length=1, max_length=len(KEY_SCOPES))]
    expires_at: Instant | None = None


def routes(desk: Desk, guard: Guard) -> APIRouter:
    api = APIRouter(prefix=f"{PREFIX}/keys", tags=["office"], responses=DOCUMENTED)
    topic = _Keys(desk, guard)
    api.get("")(topic.read)
    api.post("", status_code=201)(topic.make)
    api.delete("/{key_id}", status_code=204)(topic.revoke)
    return api


class _Keys:
    def __init__(self, desk: Desk, guard: Guard) -> None:
        self._keys = desk.office.keys
        self._guard = guard

    async def read(self, request: Request) -> list[KeyOut]:
        """Return all keys, including expired and revoked ones. The secrets of keys are not stored,
        so they are not shown again."""
        await self._guard.require(request, "keys")
        return [_show(each) for each in await self._keys.list_keys()]

    async def make(self, request: Request, wanted: KeyIn) -> NewKeyOut:
        """Make a key. `token` is only in this answer. Programs send it as `Authorization:
        Bearer`."""
        principal = await self._guard.require(request, "keys")
        key, token = await self._keys.make_key(
            principal, wanted.name, wanted.scopes, wanted.expires_at
        )
        return {"key": _show(key), "token": token}

    async def revoke(self, request: Request, key_id: AddressId) -> None:
        """Revoke a key. It stops working at once."""
        principal = await self._guard.require(request, "keys")
        await self._keys.revoke_key(principal, key_id)


def _show(key: ApiKey) -> KeyOut:
    return {
        "id": key.id,
        "name": key.name,
        "scopes": list(key.scopes),
        "created_at": rfc3339(key.created_at),
        "expires_at": _rfc3339_or_none(key.expires_at),
        "used_at": _rfc3339_or_none(key.used_at),
        "revoked_at": _rfc3339_or_none(key.revoked_at),
    }


def _rfc3339_or_none(instant: datetime | None) -> str | None:
    return rfc3339(instant) if instant else None
