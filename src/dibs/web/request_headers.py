"""What requests of the native API carry in headers: the visitor's secret, the manage token, and the
idempotency key."""

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
    from collections.abc import Awaitable, Callable

    from dibs.desk.tokens import ManageTokens
    from dibs.web.middleware.rate_limit import Throttle

MAX_KEY_LENGTH = 200
#: Without a visitor's secret the key alone opens the answer: nobody may guess it.
MIN_ANONYMOUS_KEY = 20


# Not async, these two would each cross to a thread and back for every request.
async def visitor_of(authorization: Annotated[str | None, Header()] = None) -> str | None:
    """The visitor's secret, if one was sent."""
    return bearer(authorization)


VisitorSecret = Annotated[str | None, Depends(visitor_of)]


async def manage_token_of(authorization: Annotated[str | None, Header()] = None) -> str:
    """The manage token. A missing and a wrong one answer alike."""
    try:
        token = bearer(authorization)
    except Invalid:
        token = None
    if token is None:
        raise NotFound
    return token


ManageToken = Annotated[str, Depends(manage_token_of)]
IdempotencyKey = Annotated[str | None, Header(max_length=MAX_KEY_LENGTH, min_length=1)]


async def repeatable(request: Request, key: str | None, scope: str | None) -> Repeatable | None:
    """What makes this request the same when it comes again; None if it has no key.

    Without a scope the key is one of its own. Raises Invalid if it is so short that it can be
    guessed.
    """
    if key is None:
        return None
    if scope is None and len(key) < MIN_ANONYMOUS_KEY:
        raise Invalid(FieldError("idempotency-key", "too_short", MIN_ANONYMOUS_KEY))
    asked = b"\0".join(
        (request.method.encode(), request.url.path.encode(), _canonical(await request.body()))
    )
    fingerprint = hashlib.sha256(asked).hexdigest()
    if scope is None:
        return Repeatable(visitor_key(f"key {key}"), "", fingerprint)
    return Repeatable(visitor_key(scope), key, fingerprint)


def _canonical(body: bytes) -> bytes:
    """The same request may come with its fields in another order."""
    try:
        return orjson.dumps(orjson.loads(body), option=orjson.OPT_SORT_KEYS)
    except orjson.JSONDecodeError:
        return body


def secret_for(tokens: ManageTokens, secret: str | None, request: Repeatable | None) -> str:
    """The secret of who claims a time: the visitor's; else one that is made of the request, so
    that the same request finds the same visitor again; else a new one."""
    if secret is not None:
        return secret
    if request is not None:
        return tokens.unnamed_secret(f"{request.scope} {request.key} {request.fingerprint}")
    return new_token()


def counting_claims(throttle: Throttle) -> Callable[..., Awaitable[None]]:
    """A dependency of whatever claims a time; looking and prolonging are not counted."""

    async def count_claim(request: Request, secret: VisitorSecret) -> None:
        await throttle.count_write(request, visitor_key(secret) if secret else None)

    return count_claim
