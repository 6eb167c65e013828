"""API keys: the secrets with which programs use the API of the office."""

from __future__ import annotations

import hashlib
import secrets
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

from dibs.desk.office.permissions import Principal, Scope, principal_of_key
from dibs.errors import FieldError, Invalid, NotFound, Unavailable
from dibs.ledger import api_keys
from dibs.ledger.database import retry_on_conflict
from dibs.ledger.journal import record_change

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from dibs.desk.context import DeskContext
    from dibs.ledger.api_keys import ApiKey
    from dibs.ledger.database import Transaction

#: By this, programs that search for secrets in files know a key of Dibs.
PREFIX = "dibs_key_"
#: The least time between two writes of when a key was last used.
NOTE_INTERVAL = timedelta(minutes=5)


class Keys:
    """Makes, checks and revokes API keys."""

    def __init__(self, context: DeskContext) -> None:
        self._context = context
        self._database = context.ledger.database

    async def find_principal(self, token: str, address: str) -> Principal | None:
        """Return who uses this key, or None if it is no key, or if it has expired or is revoked.
        Raises Unavailable."""
        now = self._context.clock.now()
        key = await self._database.read(api_keys.find_key, hash_of(token), now)
        if key is None:
            return None
        if key.used_at is None or now - key.used_at >= NOTE_INTERVAL:
            with suppress(Unavailable):
                await self._database.write(api_keys.note_use, key.id)
        return principal_of_key(key, address)

    async def list_keys(self) -> list[ApiKey]:
        return await self._database.read(api_keys.all_keys)

    @retry_on_conflict
    async def make_key(
        self,
        principal: Principal,
        name: str,
        scopes: Collection[Scope],
        expires_at: datetime | None,
    ) -> tuple[ApiKey, str]:
        """Make a key with these scopes, and return it with its text, which is stored nowhere.
        Raises Invalid."""
        if expires_at is not None and expires_at <= self._context.clock.now():
            raise Invalid(
                FieldError("expires_at", "out_of_range"), detail="This moment is past already."
            )
        token = PREFIX + secrets.token_urlsafe(32)
        author = principal.author
        if author.user_id is None:
            raise NotFound
        made_by = author.user_id
        sorted_scopes = tuple(sorted(set(scopes)))

        def make(tx: Transaction) -> ApiKey:
            key = api_keys.insert_key(tx, hash_of(token), name, sorted_scopes, made_by, expires_at)
            said = {"key": key.id, "name": name, "scopes": " ".join(sorted_scopes)}
            record_change(tx, author, "key.created", said)
            return key

        return await self._database.write(make), token

    @retry_on_conflict
    async def revoke_key(self, principal: Principal, key_id: int) -> None:
        """Revoke a key, which no longer works. Raises NotFound."""

        def revoke(tx: Transaction) -> None:
            if not api_keys.revoke_key(tx, key_id):
                raise NotFound
            record_change(tx, principal.author, "key.revoked", {"key": key_id})

        await self._database.write(revoke)


def hash_of(token: str) -> str:
    """Return the hash of a key, which is all that is kept of it."""
    return hashlib.sha256(b"api key:" + token.encode()).hexdigest()
