"""Users sign in with passkeys, without a password or a code that a forged page could take.

A passkey is good for one host, that of the public address. Its authenticator signs a challenge from
Dibs, which is good once and for five minutes.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import structlog

from dibs.desk.office.errors import NoPasskeysHere, PasskeyTaken, WrongPasskey
from dibs.errors import NotFound, TransactionLost
from dibs.ledger import passkeys, users
from dibs.ledger.code_counts import forget_counts
from dibs.ledger.database import retry_on_conflict
from dibs.ledger.journal import record_change

if TYPE_CHECKING:
    from dibs.desk.context import DeskContext
    from dibs.desk.office.accounts import Accounts, Client
    from dibs.desk.office.permissions import Principal
    from dibs.desk.office.webauthn_checks import NewPasskey, Site
    from dibs.ledger.database import Transaction
    from dibs.ledger.passkeys import Passkey
    from dibs.ledger.users import User

log = structlog.get_logger()

CHALLENGE_LIFETIME = timedelta(minutes=5)
MAX_PASSKEYS = 20
Credential = dict[str, Any]


class Passkeys:
    def __init__(self, context: DeskContext, accounts: Accounts) -> None:
        self._context = context
        self._accounts = accounts
        self._database = context.ledger.database

    async def begin_adding(
        self, principal: Principal, password: str, client: Client, origin: str
    ) -> dict[str, Any]:
        """Return what the browser of a user needs to make a passkey. Raises WrongPassword,
        TooManyRequests, NoPasskeysHere, PasskeyTaken (the user has too many)."""
        from dibs.desk.office.webauthn_checks import registration_options

        site = site_of(origin)
        user = await self._accounts.check_own_password(principal, password, client)
        known = await self.list_passkeys(user.id)
        if len(known) >= MAX_PASSKEYS:
            raise PasskeyTaken(f"You have {MAX_PASSKEYS} passkeys already; remove one first.")
        challenge = await self._make_challenge(user.id)
        credentials = [each.credential for each in known]
        return registration_options(
            site, challenge, handle_of(user.id), user.email, user.name, credentials
        )

    async def add(
        self, principal: Principal, credential: Credential, name: str, origin: str
    ) -> int:
        """Store the passkey that a browser has made, and return its id. Raises WrongPasskey,
        PasskeyTaken, NoPasskeysHere."""
        from dibs.desk.office.webauthn_checks import challenge_in, check_registration

        user_id = principal.user_id or 0
        challenge = challenge_in(credential)
        await self._use_challenge(challenge, user_id)
        new = check_registration(site_of(origin), credential, challenge)
        try:
            return await self._database.write(self._add, principal, user_id, new, name)
        except TransactionLost as error:
            raise PasskeyTaken from error

    def _add(
        self, tx: Transaction, principal: Principal, user_id: int, new: NewPasskey, name: str
    ) -> int:
        if passkeys.find_by_credential(tx.connection, new.credential) is not None:
            raise PasskeyTaken
        number = passkeys.insert_passkey(
            tx, user_id, new.credential, new.public_key, new.sign_count, name
        )
        details = {"user": user_id, "passkey": name}
        record_change(tx, principal.author, "user.passkey_added", details)
        return number

    async def list_passkeys(self, user_id: int) -> list[Passkey]:
        return await self._database.read(passkeys.passkeys_of, user_id)

    async def rename(self, principal: Principal, passkey_id: int, name: str) -> None:
        """Rename a passkey. Raises NotFound if this user has no such passkey."""
        user_id = principal.user_id or 0

        def rename(tx: Transaction) -> None:
            before = passkeys.rename_passkey(tx, user_id, passkey_id, name)
            if before is None:
                raise NotFound
            if before != name:
                details = {"user": user_id, "passkey": [before, name]}
                record_change(tx, principal.author, "user.passkey_renamed", details)

        await self._database.write(rename)

    async def remove(self, principal: Principal, passkey_id: int) -> None:
        """Remove a passkey, which can't sign in any more. Raises NotFound if this user has no such
        passkey."""
        user_id = principal.user_id or 0

        def remove(tx: Transaction) -> None:
            name = passkeys.delete_passkey(tx, user_id, passkey_id)
            if name is None:
                raise NotFound
            details = {"user": user_id, "passkey": name}
            record_change(tx, principal.author, "user.passkey_removed", details)

        await self._database.write(remove)

    async def begin_sign_in(self, origin: str) -> dict[str, Any]:
        """Return what a browser needs to sign in with a passkey. Raises NoPasskeysHere,
        Unavailable."""
        from dibs.desk.office.webauthn_checks import authentication_options

        site = site_of(origin)
        return authentication_options(site, await self._make_challenge(None))

    async def sign_in(self, credential: Credential, client: Client, origin: str) -> str:
        """Sign a user in, and return the token of the new session. An attempt counts like one with
        a password.

        Raises WrongPasskey (also for disabled users), TooManyRequests, NoPasskeysHere, Unavailable.
        """
        from dibs.desk.office.webauthn_checks import challenge_in, check_authentication

        site, challenge = site_of(origin), challenge_in(credential)
        found = await self._database.read(_find_with_user, str(credential.get("id", "")))
        limits = self._accounts.limits_of(found[1].email if found else "", client)
        await self._accounts.count_attempt(limits)
        await self._use_challenge(challenge, None)
        if found is None:
            raise WrongPasskey
        passkey, user = found
        handle = handle_of(user.id)
        try:
            count = check_authentication(site, credential, challenge, passkey, handle)
        except WrongPasskey:
            log.info("sign-in to the office failed", passkey=passkey.id)
            raise
        token = secrets.token_urlsafe(32)

        def open_session(tx: Transaction) -> None:
            now = users.find_user(tx.connection, user.id)
            if now is None or now.disabled_at is not None:
                raise WrongPasskey
            if not passkeys.note_use(tx, passkey, count):
                raise WrongPasskey
            forget_counts(tx, limits[:1])
            self._accounts.open_session(tx, now, token, client)

        await self._database.write(open_session)
        return token

    async def _make_challenge(self, user_id: int | None) -> bytes:
        challenge = secrets.token_bytes(32)

        def keep(tx: Transaction) -> None:
            ends = tx.now + CHALLENGE_LIFETIME
            passkeys.insert_challenge(tx, hash_of(challenge), user_id, ends)

        await self._database.write(keep)
        return challenge

    @retry_on_conflict
    async def _use_challenge(self, challenge: bytes, user_id: int | None) -> None:
        """Use up a challenge. This is done before the passkey is checked, so that no challenge can
        be tried twice. Raises WrongPasskey."""
        used = await self._database.write(passkeys.use_challenge, hash_of(challenge), user_id)
        if not used:
            raise WrongPasskey


def site_of(origin: str) -> Site:
    """Return the site of our own pages. Raises NoPasskeysHere if the address has no name or is not
    safe: browsers want a name and https, or `localhost`."""
    from dibs.desk.office.webauthn_checks import Site

    parts = urlsplit(origin)
    name = parts.hostname or ""
    if not name or _is_number(name) or (parts.scheme != "https" and name != "localhost"):
        raise NoPasskeysHere
    return Site(name, origin)


def handle_of(user_id: int) -> bytes:
    """Return the name by which an authenticator knows a user. It says nothing about the person."""
    return f"dibs user {user_id}".encode()


def hash_of(challenge: bytes) -> str:
    return hashlib.sha256(b"passkey challenge:" + challenge).hexdigest()


def _is_number(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _find_with_user(connection: Any, credential: str) -> tuple[Passkey, User] | None:
    passkey = passkeys.find_by_credential(connection, credential)
    user = users.find_user(connection, passkey.user_id) if passkey else None
    return (passkey, user) if passkey and user else None
