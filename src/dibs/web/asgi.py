"""Functions for routes in plain ASGI."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import Scope, Send

#: Set in the scope of a request that may read but not claim, because a page of another site sends
#: it.
MAY_ONLY_LOOK = "dibs.may_only_look"


def header(scope: Scope, wanted: bytes) -> bytes | None:
    for name, value in scope["headers"]:
        if name == wanted:
            found: bytes = value
            return found
    return None


async def send_whole(
    send: Send, status: int, headers: list[tuple[bytes, bytes]], body: bytes
) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def receive_nothing() -> dict[str, str]:
    """Act as the `receive` of an answer that doesn't read the request."""
    return {"type": "http.disconnect"}


def quote_etag(name: str) -> bytes:
    """Return the value of an ETag header."""
    return f'"{name}"'.encode()


def matches(if_none_match: bytes | None, etags: tuple[bytes, ...]) -> bool:
    """Tell whether If-None-Match names one of these ETags."""
    if if_none_match is None:
        return False
    sent = (each.strip().removeprefix(b"W/") for each in if_none_match.split(b","))
    return any(each in (*etags, b"*") for each in sent)
