"""Reads what requests of the native API have in headers: the visitor's secret, the manage token,
and the idempotency key."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Annotated

import orjson
from fastapi import Depends, Header
from starlette.requests import Request

from dibs.desk.tokens import new_token, visitor_key
from dibs.errors import FieldError, Invalid, NotFound
from dibs.ledger.idempotency import Request as Repeatable
from dibs.web.field_types import bearer

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection

    from dibs.desk.tokens import ManageTokens
    from dibs.web.middleware.rate_limit import Throttle

MAX_KEY_LENGTH = 200
#: Without a visitor's secret the key alone opens the stored answer, so it must be hard to guess.
MIN_ANONYMOUS_KEY = 20


# They are async because FastAPI runs other dependencies in a thread, which takes longer.
async def visitor_of(authorization: Annotated[str | None, Header()] = None) -> str | None:
    """Return the visitor's secret, or None if none was sent."""
    return bearer(authorization)


VisitorSecret = Annotated[str | None, Depends(visitor_of)]


async def manage_token_of(authorization: Annotated[str | None, Header()] = None) -> str:
    """Return the manage token. Raises NotFound without one, so that the answer is the same as with
    a wrong one."""
    try:
        token = bearer(authorization)
    except Invalid:
        token = None
    if token is None:
        raise NotFound
    return token


ManageToken = Annotated[str, Depends(manage_token_of)]
IdempotencyKey = Annotated[str | None, Header(max_length=MAX_KEY_LENGTH, min_length=1)]


async def repeatable(
    request: Request, key: str | None, scope: str | None, without: Collection[str] = ()
) -> Repeatable | None:
    """Return what identifies this request when it is sent again, or None if it has no idempotency
    key. The fields `without` don't count: they may have other values.

    `scope` says whose key it is. Without it the key is its own scope, and must be long, so that
    nobody can guess it. Raises Invalid if such a key is too short.
    """
    if key is None:
        return None
    if scope is None and len(key) < MIN_ANONYMOUS_KEY:
        raise Invalid(FieldError("idempotency-key", "too_short", MIN_ANONYMOUS_KEY))
    asked = b"\0".join(
        (
            request.method.encode(),
            request.url.path.encode(),
            _canonical(await request.body(), without),
        )
    )
    fingerprint = hashlib.sha256(asked).hexdigest()
    if scope is None:
        return Repeatable(visitor_key(f"key {key}"), "", fingerprint)
    return Repeatable(visitor_key(scope), key, fingerprint)


def _canonical(body: bytes, without: Collection[str]) -> bytes:
    """Return the body without the fields `without`, and with the others in a fixed order, because a
    repeated request may have them in another order."""
    try:
        asked = orjson.loads(body)
    except orjson.JSONDecodeError:
        return body
    if isinstance(asked, dict):
        asked = {name: value for name, value in asked.items() if name not in without}
    return orjson.dumps(asked, option=orjson.OPT_SORT_KEYS)


def secret_for(tokens: ManageTokens, secret: str | None, request: Repeatable | None) -> str:
    """Return the secret of the visitor who claims a time.

    This is the secret that was sent. If none was sent, the secret is made from the repeatable
    request, so that the same request finds the same visitor again. Without such a request, it is a
    new one.
    """
    if secret is not None:
        return secret
    if request is not None:
        return tokens.unnamed_secret(f"{request.scope} {request.key} {request.fingerprint}")
    return new_token()


def claim_counter(throttle: Throttle) -> Callable[..., Awaitable[None]]:
    """Return a dependency that counts requests, for routes that claim a time. Reading and
    prolonging are not counted."""

    async def count_claim(request: Request, secret: VisitorSecret) -> None:
        await throttle.count_write(request, visitor_key(secret) if secret else None)

    return count_claim
