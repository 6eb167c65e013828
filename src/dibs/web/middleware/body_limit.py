"""Refuses bodies that are too large, while they arrive."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dibs.errors import FieldError
from dibs.web.asgi import header
from dibs.web.errors import TooLarge, TooManyBodies

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from dibs.web.error_responses import ErrorResponses

MAX_BODY = 2 * 1024 * 1024
#: Bytes of each body that are not counted, so that small bodies are never refused because of large
#: ones.
ORDINARY_BODY = 16 * 1024
#: Bytes that all larger bodies together may have in memory while they arrive.
MAX_UNFINISHED = 32 * 1024 * 1024
#: Paths whose routes read larger bodies themselves, after they have checked who sends them.
READ_BY_ROUTE = frozenset({"/api/v1/admin/pictures"})


class BodyLimit:
    """Reads the whole body of each request, with any method, before it passes the request on."""

    def __init__(self, app: ASGIApp, error_responses: ErrorResponses) -> None:
        self._app = app
        self._error_responses = error_responses
        self._unfinished = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not _has_body(scope) or scope["path"] in READ_BY_ROUTE:
            await self._app(scope, receive, send)
            return
        try:
            body = await self._read(receive)
        except (TooLarge, TooManyBodies) as error:
            refusal = self._error_responses(scope, error)
            # The rest of the body will not be read.
            refusal.headers["Connection"] = "close"
            await refusal(scope, receive, send)
            return
        if body is None:
            return
        whole: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

        async def replay() -> Message:
            return whole.pop() if whole else await receive()

        await self._app(scope, replay, send)

    async def _read(self, receive: Receive) -> bytes | None:
        """Read the whole body. Returns None if its sender has gone. Raises TooLarge,
        TooManyBodies."""
        body = bytearray()
        counted = 0
        try:
            while True:
                message = await receive()
                if message["type"] != "http.request":
                    return None
                body += message.get("body", b"")
                if len(body) > MAX_BODY:
                    raise TooLarge(FieldError("body", "too_large"))
                if not message.get("more_body", False):
                    return bytes(body)
                more = max(0, len(body) - ORDINARY_BODY) - counted
                counted += more
                self._unfinished += more
                if more and self._unfinished > MAX_UNFINISHED:
                    raise TooManyBodies
        finally:
            self._unfinished -= counted


def _has_body(scope: Scope) -> bool:
    """Tell whether the request has a body. HTTP allows a body with every method."""
    if scope["method"] not in ("GET", "HEAD"):
        return True
    length = header(scope, b"content-length")
    return length not in (None, b"0") or header(scope, b"transfer-encoding") is not None
