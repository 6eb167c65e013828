"""Users add a second factor to their account, and take it away again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from dibs.desk.office.errors import LinkExpired, WrongSecondFactor
from dibs.desk.office.second_factor import (
    encrypt_secret,
    hash_of_recovery_code,
    is_app_code,
    new_recovery_codes,
    new_secret,
    picture,
    read_setup,
    secret_text,
    setup_address,
    setup_of,
    step_of,
)
from dibs.errors import Conflict, NotFound
from dibs.ledger import catalog_rows, users
from dibs.ledger.journal import record_change
from dibs.plain_text import tidy_code

if TYPE_CHECKING:
    from dibs.desk.context import DeskContext
    from dibs.desk.office.accounts import Accounts, Client
    from dibs.desk.office.permissions import Principal
    from dibs.ledger.database import Transaction
    from dibs.ledger.users import User

#: How long somebody may take to add the secret to an app.
SETUP_LIFETIME = timedelta(minutes=15)


@dataclass(frozen=True)
class Setup:
    """What an app needs: the address in the picture, or the secret to type. `setup` is the
    encrypted secret, which is to be sent back with the first code."""

    setup: str
    secret: str
    address: str
    picture: str


class SecondFactors:
    def __init__(self, context: DeskContext, accounts: Accounts) -> None:
        self._context = context
        self._accounts = accounts
        self._database = context.ledger.database

    async def begin(self, principal: Principal, password: str, client: Client) -> Setup:
        """Return a new secret. Nothing is stored until a first code shows that an app has it.
        Raises WrongPassword, TooManyRequests."""
        user = await self._accounts.check_own_password(principal, password, client)
        known = await self._database.read(catalog_rows.read)
        secret = new_secret()
        address = setup_address(secret, user.email, known.business.name if known else "Dibs")
        return Setup(
            setup=setup_of(self._context.tokens, user.id, secret),
            secret=secret_text(secret),
            address=address,
            picture=picture(address),
        )

    async def finish(self, principal: Principal, setup: str, code: str) -> list[str]:
        """Turn the second factor on. Returns recovery codes, which are shown only this once.

        Raises LinkExpired (the setup is too old, or another user's), WrongSecondFactor.
        """
        secret = read_setup(self._context.tokens, principal.user_id, setup, SETUP_LIFETIME)
        if secret is None:
            raise LinkExpired("This took too long. Begin again.")
        typed = tidy_code(code)
        codes = new_recovery_codes()

        def turn_on(tx: Transaction) -> None:
            user = self._find(tx, principal)
            step = step_of(secret, typed, tx.now) if is_app_code(typed) else None
            if step is None:
                raise WrongSecondFactor
            stored = encrypt_secret(self._context.tokens, secret)
            users.update_user(tx, user.id, totp=stored, totp_used=step)
            users.replace_recovery_codes(tx, user.id, map(hash_of_recovery_code, codes))
            record_change(tx, principal.author, "user.second_factor_on", {"user": user.id})

        await self._database.write(turn_on)
        return codes

    async def remove(self, principal: Principal, password: str, client: Client) -> None:
        """Turn the second factor off. Raises WrongPassword, TooManyRequests."""
        await self._accounts.check_own_password(principal, password, client)

        def turn_off(tx: Transaction) -> None:
            user = self._find(tx, principal)
            users.update_user(tx, user.id, totp=None, totp_used=None)
            users.replace_recovery_codes(tx, user.id, ())
            if user.totp is not None:
                record_change(tx, principal.author, "user.second_factor_off", {"user": user.id})

        await self._database.write(turn_off)

    async def renew_recovery_codes(
        self, principal: Principal, password: str, client: Client
    ) -> list[str]:
        """Return new recovery codes. The former ones are no longer good. Raises WrongPassword,
        TooManyRequests, Conflict (there is no second factor)."""
        await self._accounts.check_own_password(principal, password, client)
        codes = new_recovery_codes()

        def renew(tx: Transaction) -> None:
            user = self._find(tx, principal)
            if user.totp is None:
                raise Conflict("There is no second factor.")
            users.replace_recovery_codes(tx, user.id, map(hash_of_recovery_code, codes))
            record_change(tx, principal.author, "user.recovery_codes", {"user": user.id})

        await self._database.write(renew)
        return codes

    async def count_recovery_codes(self, user_id: int) -> int:
        """Return how many recovery codes a user has left."""
        return await self._database.read_one(users.count_recovery_codes, user_id)

    def _find(self, tx: Transaction, principal: Principal) -> User:
        user = users.find_user(tx.connection, principal.user_id or 0)
        if user is None:
            raise NotFound
        return user
