"""The little that plain ASGI needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import Scope, Send

#: Set in the scope of a request that may look, but not claim: it comes from another site's page.
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


async def nothing() -> dict[str, str]:
    """What there is to receive for an answer that reads no request."""
    return {"type": "http.disconnect"}


def quoted(tag: str) -> bytes:
    """The tag as an ETag."""
    return f'"{tag}"'.encode()


def matches(if_none_match: bytes | None, etags: tuple[bytes, ...]) -> bool:
    """Whether the client has one of these."""
    if if_none_match is None:
        return False
    sent = (tag.strip().removeprefix(b"W/") for tag in if_none_match.split(b","))
    return any(tag in (*etags, b"*") for tag in sent)
